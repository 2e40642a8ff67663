package io.stele.transport.client;

import io.stele.transport.codec.GoodbyeReason;
import java.net.SocketAddress;

/** Is told of each connection that the server ends, and why. */
@FunctionalInterface
public interface GoodbyeListener {
    /** On a network thread; {@code remote} may be null. */
    void onGoodbye(GoodbyeReason reason, SocketAddress remote, String text);
}
