package io.stele.gateway.http;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.stele.gateway.call.Method;
import io.stele.gateway.wire.WireMarshaller;

/** Empty messages of a method, to be filled in. */
final class Prototypes {
    private Prototypes() {}

    static Message request(Method<?, ?> method) {
        return prototype(method.descriptor().getRequestMarshaller());
    }

    /** Of answers that are written by hand. */
    static Message response(Method<?, ?> method) {
        return ((WireMarshaller) method.descriptor().getResponseMarshaller()).prototype();
    }

    private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
        return (Message) ((MethodDescriptor.PrototypeMarshaller<?>) marshaller).getMessagePrototype();
    }
}
