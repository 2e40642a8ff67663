package io.stele.server.cli;

import io.stele.server.FreePorts;
import io.stele.server.config.ConfigException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of child processes on this machine's loopback interface, for trying things out.
 *
 * <pre>
 *   DIR/local.properties    the ports, taken free ones at the first start: members are known by them from then on
 *   DIR/m1, DIR/m2, ...     data directories
 * </pre>
 */
final class LocalCluster implements AutoCloseable {
    static final int MEMBERS_MAX = 7;

    private static final String PORTS_FILE = "local.properties";
    private static final long STOP_TIMEOUT_MS = 20_000;

    private final Path directory;
    private final int[] clientPorts;
    private final int[] peerPorts;
    private final List<LocalMember> members = new ArrayList<>();
    private final Consumer<String> log;
    private volatile boolean isStopping;

    /** Finds the ports, the same as before where there was a cluster; starts nothing yet. */
    LocalCluster(Path directory, int count, Consumer<String> log) {
        if (count < 1 || count > MEMBERS_MAX) {
            throw new ConfigException("--members: " + count + " is not in 1 .. " + MEMBERS_MAX);
        }
        this.directory = directory;
        this.log = log;
        clientPorts = new int[count];
        peerPorts = new int[count];
        try {
            Path file = directory.resolve(PORTS_FILE);
            if (Files.exists(file)) {
                readPorts(file);
            } else {
                takePorts();
                Files.createDirectories(directory);
                writePorts(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + directory + ": " + e.getMessage(), e);
        }
    }

    private void readPorts(Path file) throws IOException {
        Properties ports = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            ports.load(reader);
        }
        int count = Integer.parseInt(ports.getProperty("members"));
        if (count != clientPorts.length) {
            throw new ConfigException(
                    directory + " holds a cluster of " + count + " members, not " + clientPorts.length);
        }
        for (int i = 0; i < count; i++) {
            clientPorts[i] = Integer.parseInt(ports.getProperty("client." + name(i)));
            peerPorts[i] = Integer.parseInt(ports.getProperty("peer." + name(i)));
        }
    }

    private void writePorts(Path file) throws IOException {
        Properties ports = new Properties();
        ports.setProperty("members", Integer.toString(clientPorts.length));
        for (int i = 0; i < clientPorts.length; i++) {
            ports.setProperty("client." + name(i), Integer.toString(clientPorts[i]));
            ports.setProperty("peer." + name(i), Integer.toString(peerPorts[i]));
        }
        try (Writer writer = Files.newBufferedWriter(file)) {
            ports.store(writer, "ports of a cluster that 'stele local' has started");
        }
    }

    private void takePorts() {
        int[] ports = FreePorts.find(2 * clientPorts.length);
        System.arraycopy(ports, 0, clientPorts, 0, clientPorts.length);
        System.arraycopy(ports, clientPorts.length, peerPorts, 0, peerPorts.length);
    }

    private static String name(int member) {
        return "m" + (member + 1);
    }

    private String peerUrl(int member) {
        return "http://127.0.0.1:" + peerPorts[member];
    }

    /** Starts all members; true when all of them serve. */
    boolean start() {
        String initial = IntStream.range(0, clientPorts.length)
                .mapToObj(i -> name(i) + "=" + peerUrl(i))
                .collect(Collectors.joining(","));
        for (int i = 0; i < clientPorts.length; i++) {
            List<String> flags = new ArrayList<>(List.of(
                    "--name=" + name(i),
                    "--data-dir=" + directory.resolve(name(i)),
                    "--listen-client-urls=http://127.0.0.1:" + clientPorts[i]));
            if (clientPorts.length > 1) {
                flags.add("--listen-peer-urls=" + peerUrl(i));
                flags.add("--initial-advertise-peer-urls=" + peerUrl(i));
                flags.add("--initial-cluster=" + initial);
            }
            members.add(new LocalMember(name(i), flags, log));
        }
        boolean allReady = true;
        for (LocalMember member : members) {
            allReady &= member.awaitReady();
        }
        return allReady;
    }

    /** Where clients find the members, separated by commas. */
    String endpoints() {
        return IntStream.of(clientPorts).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Waits until no member runs any more, and tells of each that ends; false if they were told to. */
    boolean awaitEnd() throws InterruptedException {
        for (LocalMember member : members) {
            int exitCode = member.awaitEnd(Long.MAX_VALUE);
            if (isStopping) {
                return false;
            }
            log.accept(member.name() + " | has ended with exit code " + exitCode);
        }
        return true;
    }

    /** Stops all members: in good order, and by force those that take too long. */
    @Override
    public void close() {
        isStopping = true;
        members.forEach(LocalMember::stop);
        try {
            for (LocalMember member : members) {
                member.awaitEnd(STOP_TIMEOUT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
