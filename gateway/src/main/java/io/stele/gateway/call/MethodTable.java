package io.stele.gateway.call;

import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All methods, by full name. */
public final class MethodTable {
    private final Map<String, Method<?, ?>> methods = new HashMap<>();
    private final Map<String, ServerMethodDefinition<?, ?>> definitions = new HashMap<>();

    public void addAll(List<Method<?, ?>> more) {
        for (Method<?, ?> method : more) {
            add(method);
        }
    }

    private <Q, R> void add(Method<Q, R> method) {
        String name = method.descriptor().getFullMethodName();
        methods.put(name, method);
        definitions.put(name, ServerMethodDefinition.create(method.descriptor(), new GrpcCalls<>(method)));
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
