package io.stele.perf.process;

import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other processes of ours: started with this JVM's class path and flags, and made to stand still. */
public final class JvmProcess {
    private static final List<String> SMALL =
            List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-ea:io.stele...");

    private JvmProcess() {}

    /** What starts a main class; the command begins with the prefix, if there is one. */
    public static List<String> command(List<String> prefix, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--add") || argument.startsWith("--enable") || argument.startsWith("-D")) {
                command.add(argument);
            }
        }
        command.addAll(SMALL);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }

    /** Stops it for a while as a whole (SIGSTOP), or lets it go on (SIGCONT). */
    public static void pause(Process process, boolean on) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder("kill", on ? "-STOP" : "-CONT", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new BenchException("kill has failed for process " + process.pid());
        }
    }
}
