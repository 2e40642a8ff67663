package io.stele.compat;

import static io.stele.compat.Calls.await;
import static io.stele.compat.Calls.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stele import-etcd} for three members: real processes, and a node of this build as the etcd that is read. */
final class ImportedClusterTest {
    private static final int KEYS = 200;

    @TempDir
    private Path directory;

    @Test
    void shouldBeginAClusterWithWhatAnEtcdHolds() {
        GetResponse there;
        long lease;
        Path imported = directory.resolve("imported");
        try (SteleCluster source = new SteleCluster(directory.resolve("source"), 1);
                Client client = Client.builder().endpoints(source.urls()).build()) {
            lease = await(() -> client.getLeaseClient().grant(600)).getID();
            PutOption leased = PutOption.builder().withLeaseId(lease).build();
            for (int i = 0; i < KEYS; i++) {
                PutOption option = i % 10 == 0 ? leased : PutOption.DEFAULT;
                String name = "k/" + i % (KEYS / 2);
                await(() -> client.getKVClient().put(bytes(name), bytes("v"), option));
            }
            there = all(client);
            Consumer<String> beforeStart = flag -> importAll(source.url(0), flag, imported);
            try (SteleCluster cluster = new SteleCluster(imported, 3, beforeStart)) {
                IntStream.range(0, 3).forEach(member -> check(cluster.url(member), there, lease));
            }
        }
    }

    private static void importAll(String url, String initialCluster, Path target) {
        int exitCode = SteleProcess.runCommand(
                "import-etcd", "--endpoint", url, "--data-dir", target.toString(), "--initial-cluster", initialCluster);
        assertEquals(0, exitCode);
    }

    private static void check(String url, GetResponse there, long lease) {
        try (Client client = Client.builder().endpoints(URI.create(url)).build()) {
            GetResponse here = all(client);
            assertEquals(there.getHeader().getRevision(), here.getHeader().getRevision());
            assertEquals(describe(there), describe(here));
            LeaseOption withKeys = LeaseOption.builder().withAttachedKeys().build();
            LeaseTimeToLiveResponse kept = await(() -> client.getLeaseClient().timeToLive(lease, withKeys));
            assertEquals(600, kept.getGrantedTTL());
            assertEquals(KEYS / 20, kept.getKeys().size());
        }
    }

    private static GetResponse all(Client client) {
        return await(() -> client.getKVClient()
                .get(bytes("k/"), GetOption.builder().isPrefix(true).build()));
    }

    private static List<List<Object>> describe(GetResponse response) {
        return response.getKvs().stream().map(ImportedClusterTest::describe).toList();
    }

    private static List<Object> describe(KeyValue pair) {
        return List.of(
                pair.getKey(),
                pair.getValue(),
                pair.getCreateRevision(),
                pair.getModRevision(),
                pair.getVersion(),
                pair.getLease());
    }
}
