package io.stele.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A server as a child process, with this JVM's flags and class path; what it says is passed on line by line. */
final class LocalMember {
    private static final Pattern TIMESTAMP =
            Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT(\\d\\d:\\d\\d:\\d\\d)\\S*Z +(INFO +)?");

    private final String name;
    private final Process process;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> silent = new CompletableFuture<>();

    LocalMember(String name, List<String> flags, Consumer<String> log) {
        this.name = name;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib") && !argument.startsWith("-javaagent"))
                .toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(flags);
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(() -> read(log), "log-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Consumer<String> log) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.accept(name + " | " + TIMESTAMP.matcher(line).replaceFirst("$1 "));
                if (line.contains(Main.READY)) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            log.accept(name + " | its output cannot be read: " + e.getMessage());
        } finally {
            ready.complete(false);
            silent.complete(null);
        }
    }

    String name() {
        return name;
    }

    /** Whether it serves; false: it has ended instead. */
    boolean awaitReady() {
        return ready.join();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to stop (SIGTERM). */
    void stop() {
        process.toHandle().destroy(); // not Process.destroy(), which would close the pipe of its last words
    }

    /** Waits for its end, and ends it when that takes too long; returns the exit code. */
    int awaitEnd(long timeoutMs) throws InterruptedException {
        if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        silent.join();
        return process.exitValue();
    }
}
