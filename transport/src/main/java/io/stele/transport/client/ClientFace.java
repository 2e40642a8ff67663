package io.stele.transport.client;

import java.util.List;

/**
 * Another way for clients to speak to a node, on the same port. A node has every one that {@code ServiceLoader} finds
 * on the class path, so that the node need not know what there is. Should cost nothing until somebody speaks it.
 */
public interface ClientFace extends AutoCloseable {
    /** What it speaks on a port; may be asked before it is started. */
    List<PortProtocol> protocols(PortUse use);

    /** The node is open. Connections that came before are to be closed. */
    void start(FaceContext context);

    /** Ends its connections and its threads; the node still runs. */
    @Override
    void close();
}
