package io.stele.perf.lists;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.PutResponse;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.perf.load.BenchException;
import io.stele.perf.load.ServerMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Many lists of much at once, and puts beside them. */
public final class ListsRun {
    private static final int LOAD_IN_FLIGHT = 64;
    private static final int WINDOW = 1 << 20;
    private static final long LATENCY_MAX_NS = TimeUnit.HOURS.toNanos(1);
    private static final long ALONE_NS = TimeUnit.SECONDS.toNanos(5);

    private final ListsPlan plan;
    private final String endpoint;
    private final ServerMemory memory;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final RangeRequest request;

    private ListsRun(ListsPlan plan, String endpoint, ServerMemory memory) {
        this.plan = plan;
        this.endpoint = endpoint;
        this.memory = memory;
        byte[] end = plan.prefix().getBytes(StandardCharsets.UTF_8);
        end[end.length - 1]++;
        request = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(plan.prefix()))
                .setRangeEnd(UnsafeByteOperations.unsafeWrap(end))
                .build();
    }

    /** Loads what is not there, measures puts alone, and then beside the lists. */
    public static ListsResult run(ListsPlan plan, String endpoint, ServerMemory memory) throws InterruptedException {
        ListsRun run = new ListsRun(plan, endpoint, memory);
        try {
            return run.run();
        } finally {
            run.channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private ListsResult run() throws InterruptedException {
        KVGrpc.KVStub kv = KVGrpc.newStub(connect());
        load(kv);
        long expected = bytesOfOne();
        Histogram before = puts(kv, CompletableFuture.runAsync(() -> LockSupport.parkNanos(ALONE_NS)));
        memory.reset();
        long residentBefore = memory.residentMax();
        long anonymousBefore = memory.anonymousMax();
        ConcurrentHistogram times = new ConcurrentHistogram(1_000, LATENCY_MAX_NS, 3);
        List<CompletableFuture<Long>> lists = new ArrayList<>();
        for (int i = 0; i < plan.lists(); i++) {
            long beginNs = System.nanoTime();
            lists.add(BigLists.ask(connect(), request, plan.stream()).whenComplete((length, thrown) -> {
                times.recordValue(System.nanoTime() - beginNs);
            }));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(lists.toArray(new CompletableFuture<?>[0]));
        Histogram beside = puts(kv, all);
        int wrong = 0;
        String firstWrong = "";
        for (CompletableFuture<Long> list : lists) {
            String what;
            try {
                what = list.join() == expected ? "" : "it had " + list.join() + " bytes instead of " + expected;
            } catch (CompletionException e) {
                what = e.getCause().getMessage();
            }
            wrong += what.isEmpty() ? 0 : 1;
            firstWrong = firstWrong.isEmpty() ? what : firstWrong;
        }
        return new ListsResult(
                before,
                beside,
                times,
                expected,
                wrong,
                firstWrong,
                residentBefore,
                memory.residentMax(),
                anonymousBefore,
                memory.anonymousMax());
    }

    private ManagedChannel connect() {
        ManagedChannel channel = NettyChannelBuilder.forTarget(endpoint)
                .usePlaintext()
                .directExecutor()
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .disableRetry()
                .build();
        channels.add(channel);
        return channel;
    }

    private void load(KVGrpc.KVStub kv) throws InterruptedException {
        RangeResponse count = KVGrpc.newBlockingStub(channels.get(0))
                .range(request.toBuilder().setCountOnly(true).build());
        if (count.getCount() == plan.keys()) {
            return;
        }
        byte[] value = new byte[plan.valueLength()];
        new Random(1).nextBytes(value);
        Semaphore room = new Semaphore(LOAD_IN_FLIGHT);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < plan.keys(); i++) {
            room.acquire();
            put(kv, plan.prefix() + String.format(Locale.ROOT, "%08d", i), value, thrown -> {
                if (thrown != null) {
                    failure.compareAndSet(null, thrown);
                }
                room.release();
            });
        }
        room.acquire(LOAD_IN_FLIGHT);
        if (failure.get() != null) {
            throw new BenchException("cannot load: " + failure.get().getMessage(), failure.get());
        }
    }

    /** One list with nothing beside it tells how long they are. */
    private long bytesOfOne() {
        ManagedChannel channel = connect();
        long length = BigLists.ask(channel, request, plan.stream()).join();
        channel.shutdownNow();
        if (length < (long) plan.keys() * plan.valueLength()) {
            throw new BenchException("a list had only " + length + " bytes");
        }
        return length;
    }

    /** Puts at an even pace until it is over; times count from when a put was due. */
    private Histogram puts(KVGrpc.KVStub kv, CompletableFuture<Void> over) {
        ConcurrentHistogram times = new ConcurrentHistogram(1_000, LATENCY_MAX_NS, 3);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long intervalNs = TimeUnit.SECONDS.toNanos(1) / plan.putsPerSecond();
        long beginNs = System.nanoTime();
        byte[] value = new byte[256];
        for (long i = 0; !over.isDone(); i++) {
            long dueNs = beginNs + i * intervalNs;
            for (long nowNs = System.nanoTime(); nowNs < dueNs; nowNs = System.nanoTime()) {
                LockSupport.parkNanos(dueNs - nowNs);
            }
            put(kv, "beside-lists/" + i % 1_000, value, thrown -> {
                if (thrown == null) {
                    times.recordValue(System.nanoTime() - dueNs);
                } else {
                    failure.compareAndSet(null, thrown);
                }
            });
        }
        if (failure.get() != null) {
            throw new BenchException("a put has failed: " + failure.get().getMessage(), failure.get());
        }
        return times;
    }

    private static void put(KVGrpc.KVStub kv, String key, byte[] value, Consumer<Throwable> end) {
        PutRequest put = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(UnsafeByteOperations.unsafeWrap(value))
                .build();
        kv.put(put, new StreamObserver<PutResponse>() {
            @Override
            public void onNext(PutResponse response) {}

            @Override
            public void onError(Throwable thrown) {
                end.accept(thrown);
            }

            @Override
            public void onCompleted() {
                end.accept(null);
            }
        });
    }
}
