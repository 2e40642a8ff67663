package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.v3electionpb.CampaignRequest;
import io.stele.gateway.v3electionpb.CampaignResponse;
import io.stele.gateway.v3electionpb.ElectionGrpc;
import io.stele.gateway.v3electionpb.LeaderRequest;
import io.stele.gateway.v3electionpb.LeaderResponse;
import io.stele.gateway.v3electionpb.ProclaimRequest;
import io.stele.gateway.v3electionpb.ResignRequest;
import io.stele.gateway.v3lockpb.LockGrpc;
import io.stele.gateway.v3lockpb.LockRequest;
import io.stele.gateway.v3lockpb.LockResponse;
import io.stele.gateway.v3lockpb.UnlockRequest;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class LockAndElectionTest {
    private static final long WAIT_MAX_SECONDS = 30;

    private TestNode node;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
        channel = node.channel();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldLockOneAfterTheOther() throws Exception {
        LockGrpc.LockFutureStub lock = LockGrpc.newFutureStub(channel);
        long first = lease();
        long second = lease();
        LockResponse held = lock.lock(request("one", first)).get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        assertEquals("one/" + Long.toHexString(first), held.getKey().toStringUtf8());
        assertEquals(held.getKey(), lock.lock(request("one", first)).get().getKey());
        ListenableFuture<LockResponse> waiting = lock.lock(request("one", second));
        // It queues behind the first.
        assertEquals(2, awaitKeys("one/", 2));
        assertFalse(waiting.isDone());
        var unused = lock.unlock(
                        UnlockRequest.newBuilder().setKey(held.getKey()).build())
                .get();
        assertEquals(
                "one/" + Long.toHexString(second),
                waiting.get(WAIT_MAX_SECONDS, TimeUnit.SECONDS).getKey().toStringUtf8());
    }

    @Test
    void shouldGiveUpItsPlaceWhenTheCallerLeaves() throws Exception {
        LockGrpc.LockFutureStub lock = LockGrpc.newFutureStub(channel);
        var unused = lock.lock(request("left", lease())).get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        ListenableFuture<LockResponse> waiting = lock.lock(request("left", lease()));
        awaitKeys("left/", 2);
        waiting.cancel(true);
        assertEquals(1, awaitKeys("left/", 1));
    }

    @Test
    void shouldNameThePlaceOfANegativeLeaseAsEtcdDoes() throws Exception {
        var granted = LeaseGrpc.newBlockingStub(channel)
                .leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(-26).setTTL(600).build());
        LockResponse held = LockGrpc.newFutureStub(channel)
                .lock(request("negative", granted.getID()))
                .get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        assertEquals("negative/-1a", held.getKey().toStringUtf8());
    }

    @Test
    void shouldElectOneAfterTheOther() throws Exception {
        ElectionGrpc.ElectionFutureStub election = ElectionGrpc.newFutureStub(channel);
        ElectionGrpc.ElectionBlockingStub blocking = ElectionGrpc.newBlockingStub(channel);
        LeaderRequest who = LeaderRequest.newBuilder().setName(bytes("post")).build();
        assertEquals(
                "UNKNOWN: election: no leader",
                assertThrows(StatusRuntimeException.class, () -> blocking.leader(who))
                        .getMessage());
        CampaignResponse elected = election.campaign(campaign("a")).get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        ListenableFuture<CampaignResponse> waiting = election.campaign(campaign("b"));
        Iterator<LeaderResponse> observed = blocking.observe(who);
        assertEquals("a", observed.next().getKv().getValue().toStringUtf8());
        var unused = blocking.proclaim(ProclaimRequest.newBuilder()
                .setLeader(elected.getLeader())
                .setValue(bytes("a2"))
                .build());
        assertEquals("a2", observed.next().getKv().getValue().toStringUtf8());
        awaitKeys("post/", 2);
        assertFalse(waiting.isDone());
        var resigned = blocking.resign(
                ResignRequest.newBuilder().setLeader(elected.getLeader()).build());
        assertTrue(resigned.hasHeader());
        assertEquals(
                bytes("post"),
                waiting.get(WAIT_MAX_SECONDS, TimeUnit.SECONDS).getLeader().getName());
        assertEquals("b", observed.next().getKv().getValue().toStringUtf8());
        assertEquals("b", blocking.leader(who).getKv().getValue().toStringUtf8());
        assertEquals(
                "UNKNOWN: election: not leader",
                assertThrows(
                                StatusRuntimeException.class,
                                () -> blocking.proclaim(ProclaimRequest.newBuilder()
                                        .setLeader(elected.getLeader())
                                        .build()))
                        .getMessage());
        assertEquals(
                "UNKNOWN: \"leader\" field must be provided",
                assertThrows(
                                StatusRuntimeException.class,
                                () -> blocking.proclaim(ProclaimRequest.getDefaultInstance()))
                        .getMessage());
    }

    private long lease() {
        return LeaseGrpc.newBlockingStub(channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
                .getID();
    }

    private static LockRequest request(String name, long lease) {
        return LockRequest.newBuilder().setName(bytes(name)).setLease(lease).build();
    }

    private CampaignRequest campaign(String value) {
        return CampaignRequest.newBuilder()
                .setName(bytes("post"))
                .setLease(lease())
                .setValue(bytes(value))
                .build();
    }

    /** Asks until so many keys begin so. */
    private long awaitKeys(String prefix, long count) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(bytes(prefix))
                .setRangeEnd(bytes(prefix.substring(0, prefix.length() - 1) + '0'))
                .setCountOnly(true)
                .build();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_MAX_SECONDS);
        long found;
        do {
            found = KVGrpc.newBlockingStub(channel).range(request).getCount();
        } while (found != count && System.nanoTime() < deadlineNs);
        return found;
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
