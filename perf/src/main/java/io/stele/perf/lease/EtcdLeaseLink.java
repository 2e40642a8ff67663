package io.stele.perf.lease;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrantResponse;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveRequest;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveResponse;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.etcdserverpb.WatchGrpc;
import io.stele.gateway.etcdserverpb.WatchRequest;
import io.stele.gateway.etcdserverpb.WatchResponse;
import io.stele.perf.load.BenchException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** etcd's leases over one channel; all of its keep-alives share one stream, as in etcd's own client. */
final class EtcdLeaseLink implements LeaseLink {
    private static final long CREATED_MAX_SECONDS = 30;

    private final ManagedChannel channel;
    private final Map<Long, CompletableFuture<Long>> renewals = new ConcurrentHashMap<>();
    private final StreamObserver<LeaseKeepAliveRequest> stream;

    EtcdLeaseLink(List<String> endpoints, int number) {
        channel = NettyChannelBuilder.forTarget(endpoints.get(number % endpoints.size()))
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        stream = LeaseGrpc.newStub(channel).leaseKeepAlive(new Told<>(this::onRenewed, this::onLost));
    }

    /** A stream whose end is a failure. */
    private record Told<T>(Consumer<T> messages, Consumer<Throwable> end) implements StreamObserver<T> {
        @Override
        public void onNext(T message) {
            messages.accept(message);
        }

        @Override
        public void onError(Throwable thrown) {
            end.accept(thrown);
        }

        @Override
        public void onCompleted() {}
    }

    @Override
    public CompletableFuture<Long> grant(int number, long ttl) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        LeaseGrantRequest request = LeaseGrantRequest.newBuilder()
                .setID(FIRST_ID + number)
                .setTTL(ttl)
                .build();
        Consumer<LeaseGrantResponse> granted = response -> result.complete(response.getTTL());
        LeaseGrpc.newStub(channel).leaseGrant(request, new Told<>(granted, result::completeExceptionally));
        return result;
    }

    @Override
    public CompletableFuture<Void> attach(int number) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        PutRequest request = PutRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(LeaseLink.key(number)))
                .setLease(FIRST_ID + number)
                .build();
        KVGrpc.newStub(channel).put(request, new Told<>(put -> result.complete(null), result::completeExceptionally));
        return result;
    }

    @Override
    public CompletableFuture<Long> keepAlive(int number) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        renewals.put(FIRST_ID + number, result);
        synchronized (stream) {
            stream.onNext(
                    LeaseKeepAliveRequest.newBuilder().setID(FIRST_ID + number).build());
        }
        return result;
    }

    private void onRenewed(LeaseKeepAliveResponse response) {
        CompletableFuture<Long> renewal = renewals.remove(response.getID());
        if (renewal != null) {
            renewal.complete(response.getTTL());
        }
    }

    private void onLost(Throwable thrown) {
        renewals.values().forEach(renewal -> renewal.completeExceptionally(thrown));
    }

    @Override
    public CompletableFuture<Long> term() {
        CompletableFuture<Long> result = new CompletableFuture<>();
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(PREFIX))
                .build();
        Consumer<RangeResponse> answered =
                response -> result.complete(response.getHeader().getRaftTerm());
        KVGrpc.newStub(channel).range(request, new Told<>(answered, result::completeExceptionally));
        return result;
    }

    @Override
    public void watchDeletions(IntConsumer numbers) {
        CompletableFuture<Void> created = new CompletableFuture<>();
        Consumer<WatchResponse> events = response -> {
            if (response.getCreated()) {
                created.complete(null);
            }
            response.getEventsList()
                    .forEach(event -> numbers.accept(
                            LeaseLink.number(event.getKv().getKey().toStringUtf8())));
        };
        byte[] end = PREFIX.getBytes(StandardCharsets.US_ASCII);
        end[end.length - 1]++;
        StreamObserver<WatchRequest> watch =
                WatchGrpc.newStub(channel).watch(new Told<>(events, created::completeExceptionally));
        watch.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(PREFIX))
                        .setRangeEnd(ByteString.copyFrom(end))
                        .addFilters(WatchCreateRequest.FilterType.NOPUT))
                .build());
        try {
            created.orTimeout(CREATED_MAX_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new BenchException("cannot watch: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
