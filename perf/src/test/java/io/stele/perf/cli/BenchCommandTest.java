package io.stele.perf.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.load.BenchException;
import io.stele.perf.load.FakeStore;
import io.stele.perf.load.TargetFactory;
import io.stele.perf.report.Summary;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TargetFactory targets =
            (name, endpoints, connections, ioThreads) -> new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);

    @TempDir
    private Path directory;

    private int run(String... arguments) {
        Console console = new Console(targets, new PrintWriter(out, true), new PrintWriter(err, true), false);
        return BenchCommand.commandLine(console).execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                              | a command is missing",
                "put --nonsense                | Unknown option: '--nonsense'",
                "push                          | Unmatched argument at index 0: 'push'",
                "put --clients=x               | Invalid value for option '--clients': 'x' is not an int",
                "put --clients=-1              | --clients must be between 0 and 65536, not -1",
                "put --target=redis            | --target must be stele or etcd, not 'redis'",
                "put --endpoints=here          | --endpoints needs HOST:PORT, not 'here'",
                "put --endpoints=a:70000       | --endpoints needs a port from 1 to 65535, not 'a:70000'",
                "put --duration=soon           | 'soon' is not a duration such as 500ms, 10s, 2m or 1h",
                "put --duration=0              | --duration must be above 0",
                "put --value-size=big          | 'big' is not a length such as 256, 3kB, 3KiB or 1MiB",
                "put --value-size=999MiB       | --value-size must be between 0 and 67108864",
                "put --key-size=8              | --key-size 8 is too small",
                "put --read-ratio=0.5          | --read-ratio goes with mixed only",
                "mixed --read-ratio=1.5        | --read-ratio must be between 0 and 1, not 1.5",
                "put --limit=5                 | --limit goes with list only",
                "put --serializable            | --serializable goes with reads only",
                "put --connections=2           | --connections must be between 1 and 1, not 2",
                "put --clients=600 --in-flight=600 | --clients times --in-flight must be between 1 and 65536",
                "put --progress=maybe          | --progress must be auto, always or never, not 'maybe'",
                "suite                         | Missing required option: '--endpoints",
                "suite --endpoints=a:1         | --endpoints needs TARGET=HOST:PORT, not 'a:1'",
                "suite --endpoints=etcd=a:1 --only=put-7 | --only knows put-1, put-256",
                "suite --endpoints=redis=a:1   | --target must be stele or etcd, not 'redis'",
                "suite --endpoints=etcd=a:1 --rounds=0 | --rounds must be 1 or more, not 0",
                "put --disk-dir=/no/such      | --disk-dir is not a directory: /no/such",
                "suite --endpoints=etcd=a:1 --disk-dir=/no/such | --disk-dir is not a directory: /no/such",
                "space                         | Missing required option: '--data-dir=DIR'",
                "space --data-dir=/no/such     | --data-dir is not a directory: /no/such",
                "space --data-dir=/ --keys=15  | --keys must be a multiple of 10, not 15",
                "space --data-dir=/ --target=x | --target must be stele or etcd, not 'x'",
                "space --data-dir=/ --endpoints=x | --endpoints needs HOST:PORT, not 'x'",
                "space --data-dir=/ --put-max=soon | 'soon' is not a duration",
                "disk --size=some              | 'some' is not a length",
                "--compare only-one            | '--compare'",
            })
    void shouldRefuseWrongArgumentsWithOneLineAndExitCodeTwo(String arguments, String complaint) {
        int exitCode = run(arguments == null ? new String[0] : arguments.split(" "));
        assertEquals(2, exitCode);
        assertTrue(err.toString().startsWith("stele-bench"), err.toString());
        assertTrue(err.toString().contains(complaint), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void shouldSayInOneLineThatNobodyAnswers() {
        targets = (name, endpoints, connections, ioThreads) -> {
            throw new BenchException("no etcd answers at " + endpoints.get(0));
        };
        assertEquals(1, run("put", "--target=etcd", "--endpoints=127.0.0.1:1"));
        assertEquals("stele-bench put: no etcd answers at 127.0.0.1:1\n", err.toString());
    }

    @Test
    void shouldRunReportAndCompare() throws Exception {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        Path page = directory.resolve("page");
        assertEquals(0, run("put", "--total=2000", "--warm-up=0", "--clients=4", "--report=" + a), err.toString());
        assertTrue(out.toString().contains("put fake 1.0: 4 clients × 1 in flight, 4 connections"), out.toString());
        assertTrue(out.toString().contains("2,000 operations"), out.toString());
        assertEquals(0, run("get", "--total=1000", "--warm-up=10ms", "--key-space=100", "--report=" + b));
        for (String file : new String[] {"latency.hlog", "summary.json", "index.html"}) {
            assertTrue(Files.size(a.resolve(file)) > 0 && Files.size(b.resolve(file)) > 0, file);
        }
        Summary summary = Summary.read(b);
        assertEquals("range", summary.scenario());
        assertEquals(1000, summary.operations());
        assertEquals(0, summary.empty(), "the key space was loaded first");
        assertEquals("100", summary.options().get("key-space"));
        assertFalse(summary.machine().get("kernel").isEmpty());

        assertEquals(0, run("--compare", a.toString(), b.toString(), "--report=" + page));
        assertTrue(out.toString().contains("They differ in"), out.toString());
        assertTrue(Files.readString(page.resolve("index.html")).contains("<svg"));
        assertEquals("", err.toString());
    }

    @Test
    void shouldSayWhichReportIsMissing() {
        assertEquals(1, run("--compare", directory.resolve("x").toString(), directory.toString()));
        assertTrue(err.toString().contains("no report in " + directory.resolve("x")), err.toString());
        assertEquals(1, err.toString().lines().count());
    }

    @Test
    void shouldRunTheSuiteInTurns() throws Exception {
        int exitCode = run(
                "suite",
                "--endpoints=stele=127.0.0.1:1,etcd=127.0.0.1:2",
                "--rounds=2",
                "--only=put-1,get-256",
                "--duration=50ms",
                "--warm-up=0",
                "--disk-dir=" + directory,
                "--report=" + directory.resolve("suite"));
        assertEquals(0, exitCode, err.toString());
        String turns = out.toString()
                .lines()
                .filter(line -> line.startsWith("round"))
                .map(line -> line.replaceAll(" {2,}", " ").split(" "))
                .map(words -> words[1] + words[2] + words[3])
                .reduce("", (x, y) -> x + " " + y);
        assertEquals(
                " 1put-1stele 1put-1etcd 1get-256stele 1get-256etcd 2put-1stele 2put-1etcd 2get-256stele 2get-256etcd",
                turns);
        assertTrue(Files.exists(directory.resolve("suite/index.html")));
        assertTrue(Files.exists(directory.resolve("suite/put-1-etcd-2/summary.json")));
    }

    @Test
    void shouldShowHelpForEveryCommand() {
        for (String command :
                new String[] {"put", "range", "get", "txn", "delete", "mixed", "list", "suite", "disk", "space"}) {
            assertEquals(0, run(command, "--help"));
        }
        assertTrue(out.toString().contains("--rate"));
        assertEquals("", err.toString());
    }

    private String space(int expectedExitCode, String... more) throws Exception {
        Files.write(directory.resolve("pages"), new byte[1500]);
        Files.write(directory.resolve("wal-1.log"), new byte[9000]);
        List<String> arguments =
                new ArrayList<>(List.of("space", "--keys=100", "--value-size=68", "--data-dir=" + directory));
        arguments.addAll(List.of(more));
        assertEquals(expectedExitCode, run(arguments.toArray(new String[0])), err.toString());
        assertEquals("", err.toString());
        return out.toString();
    }

    @Test
    void shouldTellWhatADirectoryTakesForWhatIsLiveInIt() throws Exception {
        FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
        targets = (name, endpoints, connections, ioThreads) -> store;
        String text = space(1, "--overwrites=2", "--within=0");
        assertTrue(
                text.contains("directory 10.5 kB = 10.50 ×; without two log segments and reserve 1.50 kB = 1.50"),
                text);
        assertTrue(text.contains("1.50 × live bytes still after 0.0 s (wanted: 1.3 within 0 s)"), text);
        assertEquals(10, store.keyCount());
        assertEquals(3, store.compactionCount());
    }

    @Test
    void shouldEndAsSoonAsTheSpaceIsGivenBack() throws Exception {
        assertTrue(space(0, "--ratio=1.6", "--within=1h").contains("1.50 × live bytes after 0.0 s"), out.toString());
    }

    @Test
    void shouldSayInOneLineThatTheDirectoryOfADiskProbeIsMissing() {
        assertEquals(1, run("disk", "--dir=/no/such"));
        assertEquals("stele-bench disk: no such directory to measure the disk in: /no/such\n", err.toString());
    }

    @Test
    void shouldMeasureABareDisk() {
        assertEquals(0, run("disk", "--dir=" + directory, "--size=256", "--duration=10ms"), err.toString());
        assertTrue(out.toString().contains("write + fdatasync of 256 B"), out.toString());
    }
}
