package io.stele.perf.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.etcdserverpb.WatchGrpc;
import io.stele.gateway.etcdserverpb.WatchRequest;
import io.stele.gateway.etcdserverpb.WatchResponse;
import io.stele.gateway.mvccpb.Event;
import io.stele.perf.load.BenchException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** etcd's watches, all of a connection on one gRPC stream. While it stalls it asks for no further message. */
final class EtcdWatchLink implements WatchLink, ClientResponseObserver<WatchRequest, WatchResponse> {
    private static final int WINDOW = 1024 * 1024;
    private static final long CREATED_MAX_NS = TimeUnit.SECONDS.toNanos(60);

    private final ManagedChannel channel;
    private final ConcurrentLinkedQueue<EventSink> uncreated = new ConcurrentLinkedQueue<>();
    private final Map<Long, EventSink> sinks = new ConcurrentHashMap<>();
    private final AtomicInteger wantedCount = new AtomicInteger();
    private ClientCallStreamObserver<WatchRequest> stream;
    private boolean isStalled;
    private volatile String failure;

    EtcdWatchLink(List<String> endpoints, int number) {
        String endpoint = endpoints.get(number % endpoints.size());
        channel = NettyChannelBuilder.forTarget(endpoint)
                .usePlaintext()
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        WatchGrpc.newStub(channel).watch(this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> requestStream) {
        stream = requestStream;
        stream.disableAutoRequestWithInitial(1);
    }

    @Override
    public void watch(EventSink sink) {
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder().setStartRevision(sink.startRevision());
        if (sink.key() < 0) {
            byte[] end = PREFIX.getBytes(StandardCharsets.US_ASCII);
            end[end.length - 1]++;
            create.setKey(ByteString.copyFromUtf8(PREFIX)).setRangeEnd(UnsafeByteOperations.unsafeWrap(end));
        } else {
            create.setKey(UnsafeByteOperations.unsafeWrap(WatchLink.key(sink.key())));
        }
        wantedCount.incrementAndGet();
        uncreated.add(sink);
        stream.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    }

    @Override
    public void awaitCreated() {
        long deadlineNs = System.nanoTime() + CREATED_MAX_NS;
        while (sinks.size() < wantedCount.get()) {
            if (failure != null || System.nanoTime() > deadlineNs) {
                throw new BenchException("a watch could not be created: " + failure);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public synchronized void stall(boolean stalled) {
        boolean goesOn = isStalled && !stalled;
        isStalled = stalled;
        if (goesOn) {
            stream.request(1);
        }
    }

    @Override
    public void onNext(WatchResponse response) {
        take(response);
        synchronized (this) {
            if (!isStalled) {
                stream.request(1);
            }
        }
    }

    private void take(WatchResponse response) {
        if (response.getCreated()) {
            sinks.put(response.getWatchId(), uncreated.remove());
        }
        EventSink sink = sinks.get(response.getWatchId());
        if (response.getCanceled()) {
            sink.onEnd(response.getCancelReason() + " " + response.getCompactRevision());
            return;
        }
        long nowNs = System.nanoTime();
        for (Event event : response.getEventsList()) {
            ByteBuffer value = event.getKv().getValue().asReadOnlyByteBuffer();
            sink.onEvent(event.getKv().getModRevision(), value.getLong(16), value.getLong(8), value.getLong(0), nowNs);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        failure = String.valueOf(thrown.getMessage());
        sinks.values().forEach(sink -> sink.onEnd(failure));
    }

    @Override
    public void onCompleted() {
        failure = "the server has ended the stream";
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
