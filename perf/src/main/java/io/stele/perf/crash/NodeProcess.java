package io.stele.perf.crash;

import io.stele.perf.load.BenchException;
import io.stele.perf.process.JvmProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, to be killed. Started with this JVM's class path and flags. */
public final class NodeProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("serving client requests on \\[http://([^]]+)]");
    private static final String READY = "ready to serve client requests";
    private static final int TAIL_LINES = 20;

    private final Process process;
    private final String endpoint;

    private NodeProcess(Process process, String endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Starts a node on a free port and returns when it serves. */
    public static NodeProcess start(Path dataDirectory, Path log, List<String> flags) throws IOException {
        return start(List.of(), dataDirectory, log, "http://127.0.0.1:0", flags);
    }

    /** Starts a node by a command with such a beginning, to listen there, and returns when it serves. */
    static NodeProcess start(List<String> prefix, Path dataDirectory, Path log, String clientUrl, List<String> flags)
            throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("--data-dir", dataDirectory.toString(), "--listen-client-urls", clientUrl));
        arguments.addAll(flags);
        List<String> command = JvmProcess.command(prefix, "io.stele.server.cli.Main", arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new NodeProcess(process, awaitReady(process, log));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Reads the log until the node serves; a thread copies what follows to the file, so that the pipe never fills. */
    private static String awaitReady(Process process, Path log) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        String endpoint = null;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.add(line);
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                endpoint = matcher.group(1);
            }
            if (line.contains(READY)) {
                Thread copier = new Thread(() -> copy(process, reader, log), "node-log");
                copier.setDaemon(true);
                copier.start();
                return endpoint;
            }
        }
        int from = Math.max(0, lines.size() - TAIL_LINES);
        throw new BenchException("the node did not start:\n" + String.join("\n", lines.subList(from, lines.size())));
    }

    private static void copy(Process process, BufferedReader reader, Path log) {
        try (var writer = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                writer.write(line);
                writer.newLine();
                writer.flush();
            }
        } catch (IOException e) {
            if (process.isAlive()) { // else the pipe was closed under us by the kill
                throw new UncheckedIOException("cannot copy the node's log to " + log, e);
            }
        }
    }

    public String endpoint() {
        return endpoint;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops it for a while as a whole (SIGSTOP), or lets it go on (SIGCONT). */
    void pause(boolean on) throws IOException, InterruptedException {
        JvmProcess.pause(process, on);
    }

    /** SIGTERM; returns the exit code. */
    int stop() throws InterruptedException {
        process.toHandle().destroy(); // leaves the pipe open: what the node says in the end is wanted
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new BenchException("the node did not stop within 60 s of SIGTERM");
        }
        return process.exitValue();
    }

    /** Waits for it to end by itself; returns the exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new BenchException("the node was to end by itself, and did not within 60 s");
        }
        return process.exitValue();
    }

    /** SIGKILL; returns when the process is gone, so that its files may go. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
