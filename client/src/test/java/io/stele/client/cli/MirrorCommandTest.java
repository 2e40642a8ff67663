package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MirrorCommandTest {
    private static final String CANCELED = "the source is no more";

    private final FakeStore source = new FakeStore();
    private final FakeStore destination = new FakeStore();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CliContext.Pause never = ns -> {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    };

    private int run(CliContext.Pause pause, String... arguments) {
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err);
        List<String> words = new ArrayList<>(List.of("make-mirror", "there:1"));
        words.addAll(List.of(arguments));
        Store.Connector stores = (endpoints, dial, command) -> endpoints.contains("there:1") ? destination : source;
        return Cli.run(words, new CliContext(Map.of(), console, stores, pause));
    }

    private static void put(FakeStore store, String key, String value) {
        store.put(new Operation.Put(key, value, 0, false, false, false));
    }

    private String copy() {
        Operation.Range all = new Operation.Range(
                "\0",
                "\0",
                0,
                0,
                Operation.Order.NONE,
                Operation.Target.KEY,
                new Operation.Bounds(0, 0, 0, 0),
                new Operation.Form(false, false, false));
        StringBuilder text = new StringBuilder();
        destination
                .range(all)
                .pairs()
                .forEach(pair ->
                        text.append(pair.key()).append('=').append(pair.value()).append(' '));
        return text.toString().trim();
    }

    /** What the source says when all has been told. */
    private void end() {
        source.watchers = replies ->
                replies.accept(new Reply.Watched(new Reply.Header(0, 0, 0, 0), List.of(), 0, true, CANCELED));
    }

    @Test
    void shouldCopyWhatIsThereUnderTheSameKeys() {
        for (int i = 10; i < 40; i++) {
            put(source, "a/" + i, "v" + i);
        }
        put(source, "b", "other");
        end();
        assertEquals(1, run(never, "--prefix", "a/", "--max-txn-ops", "7"));
        assertEquals("Error: " + CANCELED + "\n", Octets.of(err.toByteArray()));
        assertEquals(30, copy().chars().filter(c -> c == '=').count());
        assertTrue(copy().startsWith("a/10=v10 a/11=v11 "));
        assertEquals(1 + 5, destination.status().header().revision(), "in transactions of seven");
    }

    @Test
    void shouldPutThemWhereTheyAreWanted() {
        put(source, "a/a/x", "1");
        end();
        run(never, "--prefix", "a/", "--dest-prefix", "b/");
        assertEquals("b/a/x=1", copy());
        run(never, "--prefix", "a/", "--no-dest-prefix");
        assertEquals("a/x=1 b/a/x=1", copy());
    }

    @Test
    void shouldGoOnWithARevision() {
        put(source, "k", "not copied");
        put(source, "l", "1");
        put(source, "l", "2");
        source.delete(new Operation.Delete("l", "", false));
        put(source, "m", "3");
        end();
        run(never, "--rev", "3");
        assertEquals("m=3", copy());
        assertEquals(1 + 4, destination.status().header().revision(), "each change is one there, too");
    }

    @Test
    void shouldSayThatHistoryIsGone() {
        put(source, "k", "1");
        put(source, "k", "2");
        put(source, "k", "3");
        source.compact(4, false);
        assertEquals(1, run(never, "--rev", "2"));
        assertEquals("Error: etcdserver: mvcc: required revision has been compacted\n", Octets.of(err.toByteArray()));
    }

    @Test
    void shouldWaitForADestinationThatIsAway() {
        put(source, "k", "1");
        end();
        destination.absentCount = 5;
        AtomicLong waitedNs = new AtomicLong();
        run(ns -> waited(ns, waitedNs), "--no-dest-prefix");
        assertEquals("k=1", copy());
        assertEquals(5 * 500_000_000L, waitedNs.get());
    }

    private void waited(long ns, AtomicLong waitedNs) {
        if (ns < 1_000_000_000L) {
            waitedNs.addAndGet(ns);
        } else {
            never.forNs(ns); // the one that tells of progress
        }
    }

    @Test
    void shouldTellHowManyWereCopied() throws InterruptedException {
        Semaphore told = new Semaphore(0);
        Semaphore time = new Semaphore(0);
        put(source, "a", "1");
        put(source, "b", "2");
        source.watchers = replies -> {
            time.release();
            told.acquireUninterruptibly(2);
            replies.accept(new Reply.Watched(new Reply.Header(0, 0, 0, 0), List.of(), 0, true, CANCELED));
        };
        run(ns -> {
            told.release();
            time.acquireUninterruptibly();
        });
        assertEquals("2\n", Octets.of(out.toByteArray()));
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(128, run(never, "there:2"));
        assertEquals(128, run(never, "--dest-prefix", "x", "--no-dest-prefix"));
        assertEquals(128, run(never, "--max-txn-ops", "0"));
        assertEquals(
                3,
                Octets.of(err.toByteArray())
                        .lines()
                        .filter(line -> line.startsWith("Error: "))
                        .count());
    }
}
