package io.stele.perf.kubernetes;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.CompactionResponse;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrantResponse;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.etcdserverpb.WatchGrpc;
import java.util.concurrent.CompletableFuture;

/** The requests that kube-apiserver makes of its store, and no others, in its own shapes. */
final class ApiServer implements AutoCloseable {
    private static final int WINDOW = 8 << 20;
    private static final ByteString COMPACT_KEY = ByteString.copyFromUtf8("compact_rev_key");

    private final ManagedChannel channel;
    private final KVGrpc.KVStub kv;

    ApiServer(String endpoint) {
        channel = NettyChannelBuilder.forTarget(endpoint)
                .usePlaintext()
                .directExecutor()
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .disableRetry()
                .build();
        kv = KVGrpc.newStub(channel);
    }

    private static final class Answer<T> extends CompletableFuture<T> implements StreamObserver<T> {
        private T message;

        @Override
        public void onNext(T value) {
            message = value;
        }

        @Override
        public void onError(Throwable thrown) {
            completeExceptionally(thrown);
        }

        @Override
        public void onCompleted() {
            complete(message);
        }
    }

    WatchGrpc.WatchStub watch() {
        return WatchGrpc.newStub(channel);
    }

    /** Only if it is not there. */
    CompletableFuture<TxnResponse> create(ByteString key, ByteString value, long lease) {
        return txn(TxnRequest.newBuilder().addCompare(unchangedSince(key, 0)).addSuccess(put(key, value, lease)));
    }

    /** Only if nobody has changed it since; else what it is now. */
    CompletableFuture<TxnResponse> update(ByteString key, long revision, ByteString value, long lease) {
        return txn(TxnRequest.newBuilder()
                .addCompare(unchangedSince(key, revision))
                .addSuccess(put(key, value, lease))
                .addFailure(get(key)));
    }

    CompletableFuture<TxnResponse> delete(ByteString key, long revision) {
        return txn(TxnRequest.newBuilder()
                .addCompare(unchangedSince(key, revision))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key)))
                .addFailure(get(key)));
    }

    private CompletableFuture<TxnResponse> txn(TxnRequest.Builder request) {
        Answer<TxnResponse> answer = new Answer<>();
        kv.txn(request.build(), answer);
        return answer;
    }

    private static Compare unchangedSince(ByteString key, long revision) {
        return Compare.newBuilder()
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setKey(key)
                .setModRevision(revision)
                .build();
    }

    private static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    private static RequestOp get(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key))
                .build();
    }

    /** {@code limit} and {@code revision}: 0 for none. */
    CompletableFuture<RangeResponse> list(ByteString from, ByteString end, long limit, long revision) {
        Answer<RangeResponse> answer = new Answer<>();
        kv.range(
                RangeRequest.newBuilder()
                        .setKey(from)
                        .setRangeEnd(end)
                        .setLimit(limit)
                        .setRevision(revision)
                        .build(),
                answer);
        return answer;
    }

    CompletableFuture<RangeResponse> count(ByteString from, ByteString end) {
        Answer<RangeResponse> answer = new Answer<>();
        kv.range(
                RangeRequest.newBuilder()
                        .setKey(from)
                        .setRangeEnd(end)
                        .setCountOnly(true)
                        .build(),
                answer);
        return answer;
    }

    CompletableFuture<LeaseGrantResponse> grant(long seconds) {
        Answer<LeaseGrantResponse> answer = new Answer<>();
        LeaseGrpc.newStub(channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build(), answer);
        return answer;
    }

    /** Of several API servers one says, by this key, up to where it is going to compact. */
    CompletableFuture<TxnResponse> claimCompaction(long version, long revision) {
        Compare untouched = Compare.newBuilder()
                .setTarget(Compare.CompareTarget.VERSION)
                .setResult(Compare.CompareResult.EQUAL)
                .setKey(COMPACT_KEY)
                .setVersion(version)
                .build();
        return txn(TxnRequest.newBuilder()
                .addCompare(untouched)
                .addSuccess(put(COMPACT_KEY, ByteString.copyFromUtf8(String.valueOf(revision)), 0))
                .addFailure(get(COMPACT_KEY)));
    }

    CompletableFuture<CompactionResponse> compact(long revision) {
        Answer<CompactionResponse> answer = new Answer<>();
        kv.compact(CompactionRequest.newBuilder().setRevision(revision).build(), answer);
        return answer;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
