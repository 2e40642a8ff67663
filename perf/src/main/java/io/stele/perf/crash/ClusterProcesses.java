package io.stele.perf.crash;

import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.server.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The members of one cluster, each a process of its own, on ports of the loopback interface that stay the same. */
final class ClusterProcesses implements AutoCloseable {
    private final Path directory;
    private final MemberHosts hosts;
    private final List<String> flags;
    private final int[] clientPorts;
    private final int[] peerPorts;
    private final NodeProcess[] nodes;
    private final long[] memberIds;

    /** Starts all members and returns when they serve. */
    ClusterProcesses(Path directory, MemberHosts hosts, int count, List<String> flags) {
        this.directory = directory;
        this.hosts = hosts;
        this.flags = flags;
        int[] ports = FreePorts.find(2 * count);
        clientPorts = Arrays.copyOf(ports, count);
        peerPorts = Arrays.copyOfRange(ports, count, 2 * count);
        nodes = new NodeProcess[count];
        memberIds = new long[count];
        try {
            List<CompletableFuture<Void>> starts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int member = i;
                starts.add(CompletableFuture.runAsync(() -> start(member)));
            }
            starts.forEach(CompletableFuture::join);
            for (int i = 0; i < count; i++) {
                memberIds[i] = askId(i);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    int count() {
        return nodes.length;
    }

    String endpoint(int member) {
        return hosts.address(member) + ":" + clientPorts[member];
    }

    String endpoints() {
        return IntStream.range(0, nodes.length).mapToObj(this::endpoint).collect(Collectors.joining(","));
    }

    String peerUrl(int member) {
        return "http://" + hosts.address(member) + ":" + peerPorts[member];
    }

    NodeProcess node(int member) {
        return nodes[member];
    }

    Path dataDirectory(int member) {
        return directory.resolve("m" + member);
    }

    long memberId(int member) {
        return memberIds[member];
    }

    /** Starts a member, or starts it again, and returns when it serves. */
    void start(int member) {
        try {
            nodes[member] = NodeProcess.start(
                    hosts.prefix(member),
                    dataDirectory(member),
                    directory.resolve("m" + member + ".log"),
                    "http://" + endpoint(member),
                    flags(member, peerUrl(member)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a member is started with, but for its directory and its clients' address. */
    List<String> flags(int member, String listenPeerUrl) {
        String cluster = IntStream.range(0, nodes.length)
                .mapToObj(i -> "m" + i + "=" + peerUrl(i))
                .collect(Collectors.joining(","));
        List<String> all = new ArrayList<>(List.of(
                "--name=m" + member,
                "--listen-peer-urls=" + listenPeerUrl,
                "--initial-advertise-peer-urls=" + peerUrl(member),
                "--initial-cluster=" + cluster));
        all.addAll(flags);
        return all;
    }

    private long askId(int member) {
        try (SteleClient client = SteleClient.connect(new ClientContext().endpoints(endpoint(member)))) {
            return client.maintenance().status().join().header().memberId();
        }
    }

    /** Who leads, as a client of the cluster is told; -1: nobody that it knows of. */
    int leader(SteleClient client) {
        long leaderId = client.maintenance().status().join().leaderId();
        return IntStream.range(0, nodes.length)
                .filter(i -> memberIds[i] == leaderId)
                .findFirst()
                .orElse(-1);
    }

    /** Stops all members in good order (SIGTERM), one after the other. */
    void stop() throws InterruptedException {
        for (NodeProcess node : nodes) {
            if (node.isAlive()) {
                node.stop();
            }
        }
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        for (NodeProcess node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }
}
