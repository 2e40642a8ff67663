package io.stele.gateway.http;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RangeStreamResponse;

/** Empty messages of a method, to be filled in. */
final class Prototypes {
    private Prototypes() {}

    static Message request(Method<?, ?> method) {
        return prototype(method.descriptor().getRequestMarshaller());
    }

    /** Answers that are written by hand are ranges. */
    static Message response(Method<?, ?> method) {
        return method.descriptor().getType().serverSendsOneMessage()
                ? RangeResponse.getDefaultInstance()
                : RangeStreamResponse.getDefaultInstance();
    }

    private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
        return (Message) ((MethodDescriptor.PrototypeMarshaller<?>) marshaller).getMessagePrototype();
    }
}
