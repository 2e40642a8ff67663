package io.stele.perf.target;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeResponse;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.PutResponse;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.perf.load.Completion;
import io.stele.perf.load.Session;
import java.util.concurrent.TimeUnit;

/** One channel to etcd. Keys and values are wrapped, not copied: they stay as they are until the reply. */
final class EtcdSession implements Session {
    private static final int CLOSE_MAX_SECONDS = 5;

    private final ManagedChannel channel;
    private final KVGrpc.KVStub kv;

    EtcdSession(ManagedChannel channel) {
        this.channel = channel;
        this.kv = KVGrpc.newStub(channel);
    }

    @Override
    public void put(byte[] key, byte[] values, int offset, int length, Completion completion) {
        kv.put(putRequest(key, values, offset, length), new Reply<PutResponse>(completion) {
            @Override
            public void onNext(PutResponse response) {
                found(1, length);
            }
        });
    }

    @Override
    public void get(byte[] key, boolean serializable, Completion completion) {
        kv.range(
                RangeRequest.newBuilder()
                        .setKey(UnsafeByteOperations.unsafeWrap(key))
                        .setSerializable(serializable)
                        .build(),
                new RangeReply(completion));
    }

    @Override
    public void txn(byte[] key, byte[] values, int offset, int length, Completion completion) {
        ByteString keyBytes = UnsafeByteOperations.unsafeWrap(key);
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.GREATER)
                        .setKey(keyBytes)
                        .setModRevision(0))
                .addSuccess(RequestOp.newBuilder().setRequestPut(putRequest(key, values, offset, length)))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(keyBytes)))
                .build();
        kv.txn(request, new Reply<TxnResponse>(completion) {
            @Override
            public void onNext(TxnResponse response) {
                found(response.getSucceeded() ? 1 : 0, response.getSucceeded() ? length : 0);
            }
        });
    }

    @Override
    public void delete(byte[] key, Completion completion) {
        DeleteRangeRequest request = DeleteRangeRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .build();
        kv.deleteRange(request, new Reply<DeleteRangeResponse>(completion) {
            @Override
            public void onNext(DeleteRangeResponse response) {
                found(response.getDeleted(), 0);
            }
        });
    }

    @Override
    public void list(byte[] from, byte[] to, long limit, boolean serializable, Completion completion) {
        kv.range(
                RangeRequest.newBuilder()
                        .setKey(UnsafeByteOperations.unsafeWrap(from))
                        .setRangeEnd(UnsafeByteOperations.unsafeWrap(to))
                        .setLimit(limit)
                        .setSerializable(serializable)
                        .build(),
                new RangeReply(completion));
    }

    @Override
    public void count(byte[] from, byte[] to, Completion completion) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(from))
                .setRangeEnd(UnsafeByteOperations.unsafeWrap(to))
                .setCountOnly(true)
                .build();
        kv.range(request, new Reply<RangeResponse>(completion) {
            @Override
            public void onNext(RangeResponse response) {
                found(response.getCount(), 0);
            }
        });
    }

    private static PutRequest putRequest(byte[] key, byte[] values, int offset, int length) {
        return PutRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .setValue(UnsafeByteOperations.unsafeWrap(values, offset, length))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_MAX_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same words for the same cause, without addresses or ids. */
    static String reason(Throwable thrown) {
        Status status = Status.fromThrowable(thrown);
        // gRPC's "io exception" says less than what caused it.
        String description = status.getCause() == null
                ? status.getDescription()
                : status.getCause().getMessage();
        return description == null ? status.getCode().toString() : status.getCode() + ": " + description;
    }

    /** Waits for the end of the call, so that a failure after the message counts as one. */
    private abstract static class Reply<T> implements StreamObserver<T> {
        private final Completion completion;
        private long keyCount;
        private long byteCount;

        Reply(Completion completion) {
            this.completion = completion;
        }

        void found(long keys, long bytes) {
            keyCount = keys;
            byteCount = bytes;
        }

        @Override
        public void onError(Throwable thrown) {
            completion.onFailure(reason(thrown));
        }

        @Override
        public void onCompleted() {
            completion.onSuccess(keyCount, byteCount);
        }
    }

    private static final class RangeReply extends Reply<RangeResponse> {
        RangeReply(Completion completion) {
            super(completion);
        }

        @Override
        public void onNext(RangeResponse response) {
            long bytes = 0;
            for (int i = 0; i < response.getKvsCount(); i++) {
                bytes += response.getKvs(i).getValue().size();
            }
            found(response.getKvsCount(), bytes);
        }
    }
}
