package io.stele.server.node;

import io.stele.index.KeyIndex;
import io.stele.server.config.ServerConfig;
import io.stele.storage.file.FileStore;
import io.stele.transport.client.ClientLink;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.concurrent.NanoClock;

/** The world of one node: what is behind its ports. All of it must be set; the node closes all of it but the clock. */
public final class NodeContext {
    ServerConfig config;
    FileStore files;
    Supplier<KeyIndex> index;
    Function<NodeIdentity, ClientLink> clients;
    NanoClock clock;
    long seed;
    int pageRegionBytes;

    public NodeContext config(ServerConfig value) {
        config = value;
        return this;
    }

    /** The disk. */
    public NodeContext files(FileStore value) {
        files = value;
        return this;
    }

    /** Makes the key index; called once, possibly beside recovery. */
    public NodeContext index(Supplier<KeyIndex> value) {
        index = value;
        return this;
    }

    /** Makes the client link, once the node knows who it is. */
    public NodeContext clients(Function<NodeIdentity, ClientLink> value) {
        clients = value;
        return this;
    }

    public NodeContext clock(NanoClock value) {
        clock = value;
        return this;
    }

    /** Must differ between the lives of a node. */
    public NodeContext seed(long value) {
        seed = value;
        return this;
    }

    /** Bytes by which the page file grows; 0 for the default. */
    public NodeContext pageRegionBytes(int value) {
        pageRegionBytes = value;
        return this;
    }
}
