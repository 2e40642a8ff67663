package io.stele.gateway.call;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What was done of one method by gRPC; from any thread. */
public final class CallCounts {
    private final String service;
    private final String method;
    private final String type;
    private final LongAdder started = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final AtomicLongArray handled = new AtomicLongArray(Status.Code.values().length);

    CallCounts(MethodDescriptor<?, ?> descriptor) {
        service = descriptor.getServiceName();
        method = descriptor.getBareMethodName();
        type = descriptor.getType().name().toLowerCase(Locale.ROOT).replace("streaming", "stream");
    }

    void onStarted() {
        started.increment();
    }

    void onReceived() {
        received.increment();
    }

    void onSent() {
        sent.increment();
    }

    void onHandled(Status.Code code) {
        handled.getAndIncrement(code.value());
    }

    public String service() {
        return service;
    }

    public String method() {
        return method;
    }

    /** unary, server_stream or bidi_stream. */
    public String type() {
        return type;
    }

    public long started() {
        return started.sum();
    }

    public long received() {
        return received.sum();
    }

    public long sent() {
        return sent.sum();
    }

    public long handled(Status.Code code) {
        return handled.get(code.value());
    }
}
