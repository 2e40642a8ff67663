package io.stele.perf.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.stele.gateway.etcdserverpb.AuthGrpc;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.perf.load.BenchException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One server's answers to requests of any kind, one after the other. */
final class UnaryCalls implements AutoCloseable {
    private static final int READY_MAX_SECONDS = 30;
    private static final Map<Class<?>, MethodDescriptor<Message, Message>> METHODS = methods();

    private final ManagedChannel channel;

    /** Waits until there is a server. */
    UnaryCalls(String endpoint) {
        channel = NettyChannelBuilder.forTarget(endpoint).usePlaintext().build();
        try {
            var unused = KVGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .withDeadlineAfter(READY_MAX_SECONDS, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("\0"))
                            .build());
        } catch (StatusRuntimeException e) {
            channel.shutdownNow();
            throw new BenchException("no etcd or stele answers at " + endpoint + ": " + e.getMessage(), e);
        }
    }

    /** The response message, or the code and the text that it was refused with. */
    Object answer(Message request) {
        try {
            return call(channel, METHODS.get(request.getClass()), request);
        } catch (StatusRuntimeException e) {
            return e.getMessage();
        }
    }

    private static Message call(Channel channel, MethodDescriptor<Message, Message> method, Message request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }

    @SuppressWarnings("unchecked") // the marshaller says what class the requests are of
    private static Map<Class<?>, MethodDescriptor<Message, Message>> methods() {
        Map<Class<?>, MethodDescriptor<Message, Message>> methods = new HashMap<>();
        for (var service : List.of(
                KVGrpc.getServiceDescriptor(), LeaseGrpc.getServiceDescriptor(), AuthGrpc.getServiceDescriptor())) {
            for (MethodDescriptor<?, ?> method : service.getMethods()) {
                if (method.getType() == MethodDescriptor.MethodType.UNARY
                        && method.getRequestMarshaller()
                                instanceof MethodDescriptor.ReflectableMarshaller<?> requests) {
                    methods.put(requests.getMessageClass(), (MethodDescriptor<Message, Message>) method);
                }
            }
        }
        return methods;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
