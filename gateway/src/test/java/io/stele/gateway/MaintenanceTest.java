package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.stele.gateway.etcdserverpb.AlarmRequest;
import io.stele.gateway.etcdserverpb.AlarmResponse;
import io.stele.gateway.etcdserverpb.AlarmType;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.DowngradeRequest;
import io.stele.gateway.etcdserverpb.HashKVRequest;
import io.stele.gateway.etcdserverpb.HashKVResponse;
import io.stele.gateway.etcdserverpb.HashRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.StatusRequest;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.etcdserverpb.TxnRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Alarms, downgrades, snapshots and checksums, as etcd's clients see them. */
@TestInstance(Lifecycle.PER_CLASS)
class MaintenanceTest {
    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";

    private TestNode node;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory, "--quota-backend-bytes", "100000000");
        channel = node.channel();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldRefuseWhatAddsDataUntilTheAlarmIsDisarmed() throws Exception {
        var maintenance = MaintenanceGrpc.newBlockingStub(channel);
        var kv = KVGrpc.newBlockingStub(channel);
        kv.put(put("kept"));
        long memberId = status().getHeader().getMemberId();
        assertEquals(100_000_000, status().getDbSizeQuota());
        assertEquals(1, alarm(AlarmRequest.AlarmAction.ACTIVATE, memberId).getAlarmsCount());
        assertEquals(1, alarm(AlarmRequest.AlarmAction.GET, 0).getAlarmsCount());

        assertFails(Status.Code.RESOURCE_EXHAUSTED, NO_SPACE, () -> kv.put(put("a")));
        TxnRequest txn = TxnRequest.newBuilder()
                .addFailure(RequestOp.newBuilder().setRequestPut(put("a")))
                .build();
        assertFails(Status.Code.RESOURCE_EXHAUSTED, NO_SPACE, () -> kv.txn(txn));
        assertFails(
                Status.Code.RESOURCE_EXHAUSTED,
                NO_SPACE,
                () -> LeaseGrpc.newBlockingStub(channel)
                        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build()));
        assertEquals(
                1,
                kv.deleteRange(DeleteRangeRequest.newBuilder()
                                .setKey(bytes("kept"))
                                .build())
                        .getDeleted());
        assertTrue(status().getErrors(0).contains("alarm:NOSPACE"));
        HttpResponse<String> health = get("/health");
        assertEquals(503, health.statusCode());
        assertEquals("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n", health.body());
        assertEquals(200, get("/health?exclude=NOSPACE").statusCode());
        assertEquals(200, get("/readyz").statusCode());
        assertTrue(get("/metrics").body().contains("alarm_type=\"NOSPACE\"} 1"));

        assertEquals(1, alarm(AlarmRequest.AlarmAction.DEACTIVATE, memberId).getAlarmsCount());
        assertEquals(0, alarm(AlarmRequest.AlarmAction.DEACTIVATE, memberId).getAlarmsCount());
        kv.put(put("a"));
        assertEquals(200, get("/health").statusCode());
        assertEquals(
                0,
                maintenance
                        .alarm(AlarmRequest.newBuilder()
                                .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                                .build())
                        .getAlarmsCount());
    }

    @Test
    void shouldAnswerDowngradesAsEtcdDoes() {
        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: wrong downgrade target version format",
                () -> downgrade(DowngradeRequest.DowngradeAction.VALIDATE, "3.x"));
        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: invalid downgrade target version",
                () -> downgrade(DowngradeRequest.DowngradeAction.ENABLE, "3.5.0"));
        assertEquals("3.7.0", downgrade(DowngradeRequest.DowngradeAction.VALIDATE, "3.6"));
        assertFalse(status().getDowngradeInfo().getEnabled());
        assertEquals("3.7.0", downgrade(DowngradeRequest.DowngradeAction.ENABLE, "3.6.1"));
        assertEquals("3.6.0", status().getDowngradeInfo().getTargetVersion());
        assertFails(
                Status.Code.FAILED_PRECONDITION,
                "etcdserver: cluster has a downgrade job in progress",
                () -> downgrade(DowngradeRequest.DowngradeAction.VALIDATE, "3.6.0"));
        assertEquals("3.7.0", downgrade(DowngradeRequest.DowngradeAction.CANCEL, ""));
        assertEquals("3.7.0", downgrade(DowngradeRequest.DowngradeAction.CANCEL, ""));
        assertFalse(status().getDowngradeInfo().getEnabled());
    }

    private String downgrade(DowngradeRequest.DowngradeAction action, String version) {
        return MaintenanceGrpc.newBlockingStub(channel)
                .downgrade(DowngradeRequest.newBuilder()
                        .setAction(action)
                        .setVersion(version)
                        .build())
                .getVersion();
    }

    private AlarmResponse alarm(AlarmRequest.AlarmAction action, long memberId) {
        return MaintenanceGrpc.newBlockingStub(channel)
                .alarm(AlarmRequest.newBuilder()
                        .setAction(action)
                        .setMemberID(memberId)
                        .setAlarm(AlarmType.NOSPACE)
                        .build());
    }

    private StatusResponse status() {
        return MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldHashHistoryUpToARevision() {
        var maintenance = MaintenanceGrpc.newBlockingStub(channel);
        var kv = KVGrpc.newBlockingStub(channel);
        long first = kv.put(put("hashed")).getHeader().getRevision();
        HashKVResponse before = hash(first);
        assertEquals(first, before.getHashRevision());
        assertEquals(first, before.getHeader().getRevision());
        long second = kv.put(put("hashed")).getHeader().getRevision();
        assertEquals(before.getHash(), hash(first).getHash(), "what came later is not in it");
        assertNotEquals(before.getHash(), hash(second).getHash());
        assertEquals(hash(second).getHash(), hash(0).getHash());
        assertFails(
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision",
                () -> hash(second + 1));
        var unused =
                kv.compact(CompactionRequest.newBuilder().setRevision(second).build());
        HashKVResponse after = hash(second);
        assertEquals(second, after.getCompactRevision());
        assertNotEquals(before.getHash(), after.getHash());
        assertFails(
                Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted", () -> hash(first));
        assertEquals(
                after.getHash(),
                maintenance.hashKV(HashKVRequest.getDefaultInstance()).getHash());
    }

    @Test
    void shouldHashAllThatIsKeptNotOnlyWhatIsAlive() {
        var kv = KVGrpc.newBlockingStub(channel);
        int before = wholeHash();
        assertEquals(hash(0).getHash(), before);
        var put = kv.put(put("passing"));
        var deleted = kv.deleteRange(
                DeleteRangeRequest.newBuilder().setKey(bytes("passing")).build());
        assertEquals(put.getHeader().getRevision() + 1, deleted.getHeader().getRevision());
        assertNotEquals(before, wholeHash(), "the same pairs with another history");
        assertEquals(hash(0).getHash(), wholeHash());
    }

    private int wholeHash() {
        return MaintenanceGrpc.newBlockingStub(channel)
                .hash(HashRequest.getDefaultInstance())
                .getHash();
    }

    private HashKVResponse hash(long revision) {
        return MaintenanceGrpc.newBlockingStub(channel)
                .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
    }

    private static void assertFails(Status.Code code, String text, Runnable call) {
        Status status = assertThrows(StatusRuntimeException.class, call::run).getStatus();
        assertEquals(code, status.getCode());
        assertEquals(text, status.getDescription());
    }

    private static PutRequest put(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("1")).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
