package io.stele.compat;

import static io.stele.compat.Calls.await;
import static io.stele.compat.Calls.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jetcd, the Java client of etcd's, unchanged: each of its clients, and what they do when the leader is killed. */
final class JetcdTest {
    private static final int WRITES = 50;

    @TempDir
    private Path directory;

    @Test
    void shouldServeEachClientOfOneNode() {
        try (SteleCluster node = new SteleCluster(directory, 1);
                Client client = connect(node.urls())) {
            useAll(client, "one/", node.url(0), 1);
        }
    }

    @Test
    @SuppressWarnings("try") // open while the body runs
    void shouldServeEachClientOfThreeMembersWhileTheLeaderIsKilled() throws InterruptedException {
        try (SteleCluster cluster = new SteleCluster(directory, 3);
                Client client = connect(cluster.urls())) {
            useAll(client, "before/", cluster.url(0), 3);
            int leader = leader(cluster, client);
            List<String> written = new ArrayList<>();
            long before = await(() -> client.getKVClient().put(bytes("start"), bytes("")))
                    .getHeader()
                    .getRevision();
            long lease = await(() -> client.getLeaseClient().grant(60)).getID();
            LockResponse lock = await(() -> client.getLockClient().lock(bytes("kept"), lease));
            try (var followed = new FollowedPrefix(client, "run/", before);
                    var alive = client.getLeaseClient().keepAlive(lease, new Ignored())) {
                for (int i = 0; i < WRITES; i++) {
                    if (i == WRITES / 2) {
                        cluster.kill(leader);
                    }
                    putUntilAnswered(client.getKVClient(), bytes("run/" + i), bytes("v" + i));
                    written.add("run/" + i);
                }
                assertEquals(written, followed.keys(WRITES));
                String survivor = cluster.url((leader + 1) % cluster.count());
                assertTrue(await(() -> client.getLeaseClient().timeToLive(lease, LeaseOption.DEFAULT))
                                .getTTL()
                        > 0);
                assertEquals(
                        1, await(() -> client.getKVClient().get(lock.getKey())).getCount());
                await(() -> client.getLockClient().unlock(lock.getKey()));
                useAll(client, "after/", survivor, 3);
            }
        }
    }

    private static Client connect(List<URI> urls) {
        return Client.builder()
                .endpoints(urls)
                .retryMaxAttempts(50)
                .retryDelay(20)
                .retryMaxDelay(200)
                .retryMaxDuration(Duration.ofSeconds(30))
                .build();
    }

    private static void useAll(Client client, String prefix, String url, int memberCount) {
        JetcdProgram program = new JetcdProgram(client, prefix);
        program.keyValues();
        program.transactions();
        program.watches();
        program.leases();
        program.locks();
        program.elections();
        program.cluster(memberCount);
        program.maintenance(url);
        program.auth();
    }

    private static int leader(SteleCluster cluster, Client client) {
        for (int i = 0; i < cluster.count(); i++) {
            String url = cluster.url(i);
            var status = await(() -> client.getMaintenanceClient().statusMember(url));
            if (status.getHeader().getMemberId() == status.getLeader()) {
                return i;
            }
        }
        throw new AssertionError("nobody leads");
    }

    /** As a careful program does: a put whose outcome is unknown is asked for again. */
    private static void putUntilAnswered(KV kv, ByteSequence key, ByteSequence value) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            CompletableFuture<?> put = kv.put(key, value);
            try {
                put.get(10, TimeUnit.SECONDS);
                return;
            } catch (Exception e) {
                assertTrue(System.nanoTime() - deadlineNs < 0, e::toString);
            }
        }
    }

    private static final class Ignored implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse response) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }
}
