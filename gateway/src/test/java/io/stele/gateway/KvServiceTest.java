package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.PutResponse;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.StatusRequest;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.mvccpb.KeyValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class KvServiceTest {
    private TestNode node;
    private KVGrpc.KVBlockingStub kv;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
        kv = KVGrpc.newBlockingStub(node.channel());
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldPutAndGetAndDelete() {
        long revision = kv.put(put("plain/a", "1")).getHeader().getRevision();
        assertEquals(revision + 1, kv.put(put("plain/a", "2")).getHeader().getRevision());
        KeyValue pair = kv.range(
                        RangeRequest.newBuilder().setKey(bytes("plain/a")).build())
                .getKvs(0);
        assertEquals("2", pair.getValue().toStringUtf8());
        assertEquals(2, pair.getVersion());
        assertEquals(revision, pair.getCreateRevision());
        assertEquals(revision + 1, pair.getModRevision());
        DeleteRangeRequest delete = DeleteRangeRequest.newBuilder()
                .setKey(bytes("plain/a"))
                .setPrevKv(true)
                .build();
        assertEquals("2", kv.deleteRange(delete).getPrevKvs(0).getValue().toStringUtf8());
        assertEquals(0, kv.deleteRange(delete).getDeleted());
    }

    /** All at once, for the client sends a piece of each in turn: more than the node takes up at once, or accepts. */
    @Test
    void shouldLetManyBigPutsWaitInsteadOfRefusingThem() throws Exception {
        KVGrpc.KVFutureStub future = KVGrpc.newFutureStub(node.channel());
        ByteString value = ByteString.copyFrom(new byte[1_300_000]);
        List<ListenableFuture<PutResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 72; i++) {
            answers.add(future.put(PutRequest.newBuilder()
                    .setKey(bytes("big/" + i % 4))
                    .setValue(value)
                    .build()));
        }
        for (ListenableFuture<PutResponse> answer : answers) {
            assertTrue(answer.get().getHeader().getRevision() > 1);
        }
    }

    @Test
    void shouldTellWhoAnswers() {
        var header = kv.put(put("header", "1")).getHeader();
        var status = MaintenanceGrpc.newBlockingStub(node.channel()).status(StatusRequest.getDefaultInstance());
        assertEquals(status.getHeader().getClusterId(), header.getClusterId());
        assertEquals(status.getLeader(), header.getMemberId());
        assertEquals(status.getRaftTerm(), header.getRaftTerm());
        assertEquals("3.7.1", status.getVersion());
        assertEquals("3.7.0", status.getStorageVersion());
    }

    @Test
    void shouldDoNestedTransactions() {
        TxnRequest inner = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes("txn/a"))
                        .setTarget(Compare.CompareTarget.VERSION)
                        .setVersion(0))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("txn/b", "inner")))
                .build();
        TxnRequest outer = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("txn/a", "outer")))
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestRange(
                                RangeRequest.newBuilder().setKey(bytes("txn/")).setRangeEnd(bytes("txn0"))))
                .build();
        TxnResponse response = kv.txn(outer);
        assertTrue(response.getSucceeded());
        assertTrue(response.getResponses(1).getResponseTxn().getSucceeded());
        RangeResponse range = response.getResponses(2).getResponseRange();
        assertEquals(2, range.getKvsCount());
        assertEquals("inner", range.getKvs(1).getValue().toStringUtf8());
        assertEquals(range.getKvs(0).getModRevision(), range.getKvs(1).getModRevision());
    }

    @Test
    void shouldAnswerARangeOfManyMegabytes() {
        Random random = new Random(7);
        byte[] value = new byte[100_000];
        for (int i = 0; i < 64; i++) {
            random.nextBytes(value);
            var unused = kv.put(PutRequest.newBuilder()
                    .setKey(bytes(String.format("large/%03d", i)))
                    .setValue(ByteString.copyFrom(value))
                    .build());
        }
        RangeResponse response = kv.range(RangeRequest.newBuilder()
                .setKey(bytes("large/"))
                .setRangeEnd(bytes("large0"))
                .setLimit(60)
                .build());
        assertEquals(60, response.getKvsCount());
        assertEquals(64, response.getCount());
        assertTrue(response.getMore());
        assertEquals("large/059", response.getKvs(59).getKey().toStringUtf8());
        assertEquals(
                ByteString.copyFrom(value),
                kv.range(RangeRequest.newBuilder().setKey(bytes("large/063")).build())
                        .getKvs(0)
                        .getValue());
    }

    @Test
    void shouldRefuseWithEtcdsCodesAndTexts() {
        refused(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided",
                () -> kv.range(RangeRequest.getDefaultInstance()));
        refused(
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision",
                () -> kv.compact(
                        CompactionRequest.newBuilder().setRevision(1L << 40).build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: duplicate key given in txn request",
                () -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestPut(put("a", "1")))
                        .addSuccess(RequestOp.newBuilder().setRequestPut(put("a", "2")))
                        .build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key not found",
                () -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.getDefaultInstance())
                        .build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: invalid sort option",
                () -> kv.range(RangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setSortOrderValue(77)
                        .build()));
        refused(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: request is too large",
                () -> kv.put(PutRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setValue(ByteString.copyFrom(new byte[1536 * 1024]))
                        .build()));
    }

    @Test
    void shouldLeaveOutValuesAndCountOnRequest() {
        var unused = kv.put(put("count/a", "1"));
        RangeRequest.Builder all =
                RangeRequest.newBuilder().setKey(bytes("count/")).setRangeEnd(bytes("count0"));
        RangeResponse counted = kv.range(all.setCountOnly(true).build());
        assertEquals(1, counted.getCount());
        assertEquals(0, counted.getKvsCount());
        assertFalse(counted.getMore());
        RangeResponse keys = kv.range(all.setCountOnly(false).setKeysOnly(true).build());
        assertTrue(keys.getKvs(0).getValue().isEmpty());
    }

    private static void refused(Status.Code code, String text, Supplier<Object> call) {
        StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call::get);
        assertEquals(text, refusal.getStatus().getDescription());
        assertEquals(code, refusal.getStatus().getCode());
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
