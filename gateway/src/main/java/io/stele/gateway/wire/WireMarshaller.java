package io.stele.gateway.wire;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/** For answers that are written by hand. */
public final class WireMarshaller implements MethodDescriptor.Marshaller<WireMessage> {
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
        return MethodDescriptor.<Q, WireMessage>newBuilder()
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(method.getRequestMarshaller())
                .setResponseMarshaller(new WireMarshaller())
                .build();
    }
}
