package io.stele.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stele local}: a cluster of real processes on this machine until Ctrl-C. */
@Command(
        name = "local",
        mixinStandardHelpOptions = true,
        description = "Starts a cluster on free ports of this machine and stops it on Ctrl-C.")
final class LocalCommand implements Callable<Integer> {
    @Option(names = "--members", description = "How many members. Default: ${DEFAULT-VALUE}", defaultValue = "3")
    private int members;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = Option.NULL_VALUE,
            description = "Where the members' data go, and stay. Default: a temporary directory, deleted in the end.")
    private Path directory;

    @Option(names = "--keep", description = "Leave the temporary directory behind.", defaultValue = "false")
    private boolean keep;

    @Spec
    private CommandSpec spec;

    /** To be told to stop is what it is there for. */
    private volatile int exitCode;

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean isTemporary = directory == null;
        Path home = isTemporary ? Files.createTempDirectory("stele-local") : directory.toAbsolutePath();
        LocalCluster cluster = new LocalCluster(home, members, this::say);
        Thread hook = new Thread(() -> stop(cluster, isTemporary && !keep ? home : null), "stele-local-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        if (!cluster.start()) {
            say("not all members have started; see above");
            exitCode = Main.FAILED;
            return exitCode; // the hook stops the others
        }
        say("ready: " + members + " members, data in " + home);
        say("endpoints: " + cluster.endpoints());
        say("try: bin/stelectl --endpoints=" + cluster.endpoints() + " endpoint status -w table");
        if (cluster.awaitEnd()) {
            exitCode = Main.FAILED; // they were to run until they are told to stop
        }
        return exitCode;
    }

    private synchronized void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private void stop(LocalCluster cluster, Path toDelete) {
        cluster.close();
        if (toDelete != null) {
            try (Stream<Path> paths = Files.walk(toDelete)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                say("cannot delete " + toDelete + ": " + e.getMessage());
            }
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
