package io.stele.compat;

import static io.stele.compat.Calls.await;
import static io.stele.compat.Calls.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stele snapshot status} and {@code restore}, for three members: real processes, and jetcd's snapshot. */
final class RestoredClusterTest {
    private static final int KEYS = 100;
    private static final long BUMP = 1_000_000;

    @TempDir
    private Path directory;

    @Test
    void shouldBeginAClusterOfThreeWithASnapshotOfOne() throws IOException {
        Path file = directory.resolve("snapshot");
        long clusterId;
        GetResponse there;
        try (SteleCluster source = new SteleCluster(directory.resolve("source"), 1);
                Client client = Client.builder().endpoints(source.urls()).build()) {
            long lease = await(() -> client.getLeaseClient().grant(600)).getID();
            PutOption leased = PutOption.builder().withLeaseId(lease).build();
            for (int i = 0; i < KEYS; i++) {
                String name = "k/" + i;
                PutOption option = i % 10 == 0 ? leased : PutOption.DEFAULT;
                await(() -> client.getKVClient().put(bytes(name), bytes("v"), option));
            }
            there = all(client);
            clusterId = there.getHeader().getClusterId();
            try (OutputStream out = Files.newOutputStream(file)) {
                await(() -> client.getMaintenanceClient().snapshot(out));
            }
        }
        assertEquals(0, SteleProcess.runCommand("snapshot", "status", file.toString(), "-w", "json"));
        Path restored = directory.resolve("restored");
        try (SteleCluster cluster = new SteleCluster(restored, 3, flag -> restoreAll(file, flag, restored))) {
            IntStream.range(0, 3).forEach(member -> check(cluster.url(member), there, clusterId));
            try (Client client = Client.builder().endpoints(cluster.urls()).build()) {
                long next = await(() -> client.getKVClient().put(bytes("new"), bytes("v")))
                        .getHeader()
                        .getRevision();
                assertEquals(there.getHeader().getRevision() + BUMP + 1, next);
            }
        }
    }

    private static void restoreAll(Path file, String initialCluster, Path target) {
        String[] members = initialCluster.split(",", -1);
        for (int i = 0; i < members.length; i++) {
            int exitCode = SteleProcess.runCommand(
                    "snapshot",
                    "restore",
                    file.toString(),
                    "--name=m" + i,
                    "--data-dir=" + target.resolve("m" + i),
                    "--initial-cluster=" + initialCluster,
                    "--initial-advertise-peer-urls=" + members[i].substring(members[i].indexOf('=') + 1),
                    "--bump-revision=" + BUMP,
                    "--mark-compacted");
            assertEquals(0, exitCode);
        }
    }

    private static void check(String url, GetResponse there, long oldClusterId) {
        try (Client client = Client.builder().endpoints(URI.create(url)).build()) {
            GetResponse here = all(client);
            assertEquals(
                    there.getHeader().getRevision() + BUMP, here.getHeader().getRevision());
            assertNotEquals(oldClusterId, here.getHeader().getClusterId());
            assertEquals(KEYS, here.getCount());
            for (int i = 0; i < KEYS; i++) {
                assertEquals(
                        there.getKvs().get(i).getKey(), here.getKvs().get(i).getKey());
                assertEquals(
                        there.getKvs().get(i).getModRevision(),
                        here.getKvs().get(i).getModRevision());
                assertEquals(
                        there.getKvs().get(i).getLease(), here.getKvs().get(i).getLease());
            }
            assertEquals(
                    3,
                    await(() -> client.getClusterClient().listMember())
                            .getMembers()
                            .size());
        }
    }

    private static GetResponse all(Client client) {
        return await(() -> client.getKVClient()
                .get(bytes("k/"), GetOption.builder().isPrefix(true).build()));
    }
}
