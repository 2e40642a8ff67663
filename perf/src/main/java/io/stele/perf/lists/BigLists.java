package io.stele.perf.lists;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/** Lists whose answers are counted in bytes and thrown away, so that the client's memory is not what is measured. */
final class BigLists {
    private static final MethodDescriptor.Marshaller<Long> COUNTING = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Long value) {
            throw new UnsupportedOperationException("answers are received, not sent");
        }

        @Override
        public Long parse(InputStream stream) {
            try {
                long length = 0;
                for (long skipped = stream.skip(Integer.MAX_VALUE); skipped > 0; ) {
                    length += skipped;
                    skipped = stream.skip(Integer.MAX_VALUE);
                }
                return length;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private BigLists() {}

    /** The bytes of all messages of the answer. */
    static CompletableFuture<Long> ask(ManagedChannel channel, RangeRequest request, boolean stream) {
        MethodDescriptor<RangeRequest, ?> like = stream ? KVGrpc.getRangeStreamMethod() : KVGrpc.getRangeMethod();
        MethodDescriptor<RangeRequest, Long> method = MethodDescriptor.<RangeRequest, Long>newBuilder()
                .setType(like.getType())
                .setFullMethodName(like.getFullMethodName())
                .setRequestMarshaller(KVGrpc.getRangeMethod().getRequestMarshaller())
                .setResponseMarshaller(COUNTING)
                .build();
        CompletableFuture<Long> result = new CompletableFuture<>();
        ClientCall<RangeRequest, Long> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    private long bytes;

                    @Override
                    public void onMessage(Long length) {
                        bytes += length;
                        call.request(1);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        if (status.isOk()) {
                            result.complete(bytes);
                        } else {
                            result.completeExceptionally(new BenchException(status.toString()));
                        }
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
        return result;
    }
}
