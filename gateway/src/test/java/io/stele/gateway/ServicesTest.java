package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.stele.gateway.etcdserverpb.AuthEnableRequest;
import io.stele.gateway.etcdserverpb.AuthGrpc;
import io.stele.gateway.etcdserverpb.AuthStatusRequest;
import io.stele.gateway.etcdserverpb.AuthenticateRequest;
import io.stele.gateway.etcdserverpb.ClusterGrpc;
import io.stele.gateway.etcdserverpb.DefragmentRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseLeasesRequest;
import io.stele.gateway.etcdserverpb.LeaseRevokeRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.Member;
import io.stele.gateway.etcdserverpb.MemberListRequest;
import io.stele.gateway.etcdserverpb.MemberListResponse;
import io.stele.gateway.etcdserverpb.MoveLeaderRequest;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RangeStreamResponse;
import io.stele.gateway.health.HealthCheckRequest;
import io.stele.gateway.health.HealthCheckResponse;
import io.stele.gateway.health.HealthGrpc;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class ServicesTest {
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
    void shouldGrantAndRevokeLeases() {
        LeaseGrpc.LeaseBlockingStub lease = LeaseGrpc.newBlockingStub(channel);
        long id = lease.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build())
                .getID();
        assertTrue(id > 0);
        var unused = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(bytes("leased"))
                        .setLease(id)
                        .build());
        var left = lease.leaseTimeToLive(
                LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build());
        assertEquals("leased", left.getKeys(0).toStringUtf8());
        assertEquals(100, left.getGrantedTTL());
        assertEquals(
                id,
                lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                        .getLeases(0)
                        .getID());
        refused(
                "NOT_FOUND: etcdserver: requested lease not found",
                () -> lease.leaseRevoke(
                        LeaseRevokeRequest.newBuilder().setID(404).build()));
        refused(
                "FAILED_PRECONDITION: etcdserver: lease already exists",
                () -> lease.leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(id).setTTL(100).build()));
        assertTrue(lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build())
                        .getHeader()
                        .getRevision()
                > 1);
        assertEquals(
                -1,
                lease.leaseTimeToLive(
                                LeaseTimeToLiveRequest.newBuilder().setID(id).build())
                        .getTTL());
    }

    @Test
    void shouldListItsMembersWithoutARevision() {
        MemberListResponse list = ClusterGrpc.newBlockingStub(channel)
                .memberList(MemberListRequest.newBuilder().setLinearizable(true).build());
        assertEquals(0, list.getHeader().getRevision());
        Member member = list.getMembers(0);
        assertEquals("default", member.getName());
        assertEquals(list.getHeader().getMemberId(), member.getID());
        assertFalse(member.getIsLearner());
    }

    @Test
    void shouldAnswerMaintenanceWithoutAHeader() {
        MaintenanceGrpc.MaintenanceBlockingStub maintenance = MaintenanceGrpc.newBlockingStub(channel);
        assertFalse(
                maintenance.defragment(DefragmentRequest.getDefaultInstance()).hasHeader());
        refused(
                "FAILED_PRECONDITION: etcdserver: bad leader transferee",
                () -> maintenance.moveLeader(
                        MoveLeaderRequest.newBuilder().setTargetID(404).build()));
    }

    @Test
    void shouldAnswerAsAnEtcdWithoutAuthentication() {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        var status = auth.authStatus(AuthStatusRequest.getDefaultInstance());
        assertFalse(status.getEnabled());
        assertEquals(1, status.getAuthRevision());
        refused(
                "FAILED_PRECONDITION: etcdserver: root user does not exist",
                () -> auth.authEnable(AuthEnableRequest.getDefaultInstance()));
        refused(
                "FAILED_PRECONDITION: etcdserver: authentication is not enabled",
                () -> auth.authenticate(AuthenticateRequest.getDefaultInstance()));
    }

    @Test
    void shouldBeHealthy() {
        assertEquals(
                HealthCheckResponse.ServingStatus.SERVING,
                HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus());
    }

    @Test
    void shouldStreamARangeInPartsThatTogetherAreTheRange() {
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
        ByteString value = ByteString.copyFrom(new byte[50_000]);
        for (int i = 0; i < 40; i++) {
            var unused = kv.put(PutRequest.newBuilder()
                    .setKey(bytes("stream/" + (char) ('A' + i)))
                    .setValue(value)
                    .build());
        }
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(bytes("stream/"))
                .setRangeEnd(bytes("stream0"))
                .build();
        RangeResponse whole = kv.range(request);
        RangeResponse.Builder merged = RangeResponse.newBuilder();
        Iterator<RangeStreamResponse> parts = kv.rangeStream(request);
        int count = 0;
        while (parts.hasNext()) {
            RangeResponse part = parts.next().getRangeResponse();
            assertEquals(parts.hasNext(), !part.hasHeader());
            merged.mergeFrom(part);
            count++;
        }
        assertEquals(whole, merged.build());
        assertTrue(count > 2, count + " parts");
        refused(
                "UNIMPLEMENTED: RangeStream does not support custom sort orders",
                () -> kv.rangeStream(request.toBuilder()
                                .setSortOrder(RangeRequest.SortOrder.DESCEND)
                                .build())
                        .hasNext());
        assertTrue(kv.rangeStream(request.toBuilder()
                        .setSortTarget(RangeRequest.SortTarget.MOD)
                        .build())
                .hasNext());
        refused(
                "INVALID_ARGUMENT: etcdserver: invalid sort option",
                () -> kv.rangeStream(request.toBuilder().setSortOrderValue(9).build())
                        .hasNext());
        refused(
                "INVALID_ARGUMENT: etcdserver: key is not provided",
                () -> kv.rangeStream(request.toBuilder()
                                .clearKey()
                                .setMinModRevision(1)
                                .build())
                        .hasNext());
        refused(
                "UNIMPLEMENTED: RangeStream does not support revision filters",
                () -> kv.rangeStream(request.toBuilder().setMinModRevision(1).build())
                        .hasNext());
    }

    private static void refused(String text, Supplier<Object> call) {
        assertEquals(text, assertThrows(StatusRuntimeException.class, call::get).getMessage());
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
