package io.stele.compat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The server as this build has made it, in a process with a class path of its own. System property
 * {@code stele.gateway.target}: the directory that holds the gateway's jar and its {@code classpath.txt}.
 */
final class SteleProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("serving client requests on \\[http://([^]]+)]");
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String READY = "ready to serve client requests";

    private final Process process;
    private final String endpoint;

    /** Starts it and returns when it serves. */
    SteleProcess(List<String> flags) {
        List<String> all = new ArrayList<>(List.of("--wal-segment-bytes", "8388608"));
        all.addAll(flags);
        process = run(all);
        endpoint = awaitReady();
    }

    /** Runs a command of the server's that ends by itself; returns its exit code. */
    static int runCommand(String... arguments) {
        Process command = run(List.of(arguments));
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(command.getInputStream(), StandardCharsets.UTF_8))) {
            while (reader.readLine() != null) {
                // its exit code says enough
            }
            return command.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            command.destroyForcibly();
        }
    }

    private static Process run(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + System.getProperty("stele.jvm.flags"));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-ea:io.stele..."));
        command.addAll(List.of("-cp", classPath(), "io.stele.server.cli.Main"));
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath() {
        Path target = Path.of(System.getProperty("stele.gateway.target"));
        try (Stream<Path> files = Files.list(target)) {
            String jars = files.filter(path -> path.getFileName().toString().endsWith(".jar"))
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
            return jars + File.pathSeparator + Files.readString(target.resolve("classpath.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String awaitReady() {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        String address = null;
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    address = matcher.group(1);
                }
                if (line.contains(READY)) {
                    drain(reader);
                    return address;
                }
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("the node did not start:\n" + String.join("\n", lines));
    }

    /** Reads on, so that the pipe never fills. */
    private static void drain(BufferedReader reader) {
        Thread drain = new Thread(
                () -> {
                    try {
                        while (reader.readLine() != null) {
                            // nobody reads it
                        }
                    } catch (IOException e) {
                        return; // the process is gone
                    }
                },
                "node-log");
        drain.setDaemon(true);
        drain.start();
    }

    /** Host and port of its clients. */
    String endpoint() {
        return endpoint;
    }

    /** SIGKILL; returns when the process is gone, and what it could not clear away itself. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
            clearBuffers();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next member that starts would do that; there may be none. */
    private void clearBuffers() throws IOException {
        String suffix = "." + process.pid() + ".lock";
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(SHARED_MEMORY, "stele-*" + suffix)) {
            for (Path lock : locks) {
                String name = lock.getFileName().toString();
                Path buffers = lock.resolveSibling(name.substring(0, name.length() - suffix.length()));
                try (Stream<Path> files = Files.exists(buffers) ? Files.walk(buffers) : Stream.empty()) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
                Files.deleteIfExists(lock);
            }
        } catch (NoSuchFileException e) {
            return; // no such memory on this machine
        }
    }
}
