package io.stele.gateway.service;

import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.WatchGrpc;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.wire.WireMarshaller;
import java.util.List;
import java.util.function.Supplier;

/** Watches: any number of them share a stream. */
public final class WatchService {
    private final Supplier<NodeCalls> calls;

    public WatchService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(Method.streaming(
                WireMarshaller.of(WatchGrpc.getWatchMethod()), answer -> new WatchCall(calls.get(), answer)));
    }
}
