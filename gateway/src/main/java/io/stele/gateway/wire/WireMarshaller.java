package io.stele.gateway.wire;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import java.io.InputStream;

/** For answers that are written by hand. */
public final class WireMarshaller implements MethodDescriptor.Marshaller<WireMessage> {
    private final Message prototype;

    private WireMarshaller(Message prototype) {
        this.prototype = prototype;
    }

    /** An empty message of the kind that is written. */
    public Message prototype() {
        return prototype;
    }

    @Override
    public InputStream stream(WireMessage message) {
        return message;
    }

    @Override
    public WireMessage parse(InputStream stream) {
        throw new UnsupportedOperationException("answers are sent, not received");
    }

    /** A method's description with its answers written by hand. */
    public static <Q> MethodDescriptor<Q, WireMessage> of(MethodDescriptor<Q, ?> method) {
        var messages = (MethodDescriptor.PrototypeMarshaller<?>) method.getResponseMarshaller();
        return MethodDescriptor.<Q, WireMessage>newBuilder()
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(method.getRequestMarshaller())
                .setResponseMarshaller(new WireMarshaller((Message) messages.getMessagePrototype()))
                .build();
    }
}
