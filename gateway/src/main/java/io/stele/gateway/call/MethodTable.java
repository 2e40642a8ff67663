package io.stele.gateway.call;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All methods, by full name. */
public final class MethodTable {
    private final Map<String, Method<?, ?>> methods = new HashMap<>();
    private final List<CallCounts> counts = new ArrayList<>();
    private final Map<String, ServerMethodDefinition<?, ?>> definitions = new HashMap<>();

    /** What was done of each method by gRPC. */
    public List<CallCounts> counts() {
        return counts;
    }

    public void addAll(List<Method<?, ?>> more) {
        for (Method<?, ?> method : more) {
            add(method);
        }
    }

    private <Q, R> void add(Method<Q, R> method) {
        String name = method.descriptor().getFullMethodName();
        methods.put(name, method);
        CallCounts callCounts = new CallCounts(method.descriptor());
        counts.add(callCounts);
        definitions.put(
                name,
                ServerMethodDefinition.create(flushing(method.descriptor()), new GrpcCalls<>(method, callCounts)));
    }

    /**
     * An only answer leaves with the end of its call, unless gRPC takes it for one of many. A long one is to leave
     * before, so that it can be seen how much of it has left. On the wire there is no difference.
     */
    private static <Q, R> MethodDescriptor<Q, R> flushing(MethodDescriptor<Q, R> descriptor) {
        MethodType type = descriptor.getType() == MethodType.UNARY ? MethodType.SERVER_STREAMING : descriptor.getType();
        return descriptor.toBuilder(
                        new Lenient<>(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
                .setType(type)
                .build();
    }

    /** Makes null of what is no message, so that it can be answered; gRPC would make an error of it in this server. */
    private record Lenient<Q>(MethodDescriptor.Marshaller<Q> strict) implements MethodDescriptor.Marshaller<Q> {
        @Override
        public InputStream stream(Q message) {
            return strict.stream(message);
        }

        @Override
        public Q parse(InputStream stream) {
            try {
                return strict.parse(stream);
            } catch (StatusRuntimeException e) {
                return null;
            }
        }
    }

    /** The method of this name, or null. */
    public Method<?, ?> find(String fullName) {
        return methods.get(fullName);
    }

    /** The same for gRPC. */
    public HandlerRegistry registry() {
        return new HandlerRegistry() {
            @Override
            public ServerMethodDefinition<?, ?> lookupMethod(String fullName, String authority) {
                return definitions.get(fullName);
            }
        };
    }
}
