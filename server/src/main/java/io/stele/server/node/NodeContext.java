package io.stele.server.node;

import io.stele.consensus.RaftTrace;
import io.stele.index.KeyIndex;
import io.stele.server.config.ServerConfig;
import io.stele.server.machine.MachineLimits;
import io.stele.server.watch.WatchLimits;
import io.stele.storage.file.FileStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.wal.WalContext;
import io.stele.transport.client.ClientLink;
import io.stele.transport.peer.PeerIdentity;
import io.stele.transport.peer.PeerLink;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.NanoClock;

/** The world of one node: what is behind its ports. All of it must be set; the node closes all of it but the clock. */
public final class NodeContext {
    ServerConfig config;
    FileStore files;
    Supplier<KeyIndex> index;
    Function<NodeIdentity, ClientLink> clients;
    Function<PeerIdentity, PeerLink> peers = identity -> PeerLink.NONE;
    Supplier<Joining> joining = () -> {
        throw new IllegalStateException("nobody says which cluster to join");
    };
    NanoClock clock;
    long seed;
    UnaryOperator<WalContext> log = UnaryOperator.identity();
    UnaryOperator<PageStoreContext> pages = UnaryOperator.identity();
    UnaryOperator<MachineLimits> machine = UnaryOperator.identity();
    long checkpointBytes;
    long walRetainedBytes;
    RaftTrace trace = RaftTrace.NONE;
    long reserveBytes = -1;
    long ballastBytes = -1;
    WatchLimits watchLimits = new WatchLimits();
    SpaceListener spaceListener = (outOfSpace, freeBytes) -> {};

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

    /**
     * Makes the peer link, once the node knows who it is and holds its directory; the node tells it who its peers are.
     * A node without one is alone.
     */
    public NodeContext peers(Function<PeerIdentity, PeerLink> value) {
        peers = value;
        return this;
    }

    /** Asked when the node is to join an existing cluster and has not yet got its state. */
    public NodeContext joining(Supplier<Joining> value) {
        joining = value;
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

    /** Changes the log's geometry, which the configuration otherwise gives; the simulator makes it tiny. */
    public NodeContext log(UnaryOperator<WalContext> change) {
        log = change;
        return this;
    }

    /** Likewise the page store's. */
    public NodeContext pages(UnaryOperator<PageStoreContext> change) {
        pages = change;
        return this;
    }

    /** Likewise the state machine's limits, of which some must be the same on all members. */
    public NodeContext machine(UnaryOperator<MachineLimits> change) {
        machine = change;
        return this;
    }

    /** Log bytes between checkpoints; 0 for what the configuration says. */
    public NodeContext checkpointBytes(long value) {
        checkpointBytes = value;
        return this;
    }

    /** Log bytes that are kept although a checkpoint covers them, for followers that are behind; by default none. */
    public NodeContext walRetainedBytes(long value) {
        walRetainedBytes = value;
        return this;
    }

    /** How much watching may take up. */
    public NodeContext watchLimits(WatchLimits value) {
        watchLimits = value;
        return this;
    }

    /** Who hears of every transition of the consensus core. */
    public NodeContext trace(RaftTrace value) {
        trace = value;
        return this;
    }

    /** Who is told that the disk is full, or no longer. */
    public NodeContext spaceListener(SpaceListener value) {
        spaceListener = value;
        return this;
    }

    /** Bytes kept on the disk for when others have filled it; 0 for none, negative for what follows from the rest. */
    public NodeContext ballastBytes(long value) {
        ballastBytes = value;
        return this;
    }

    /** Free bytes on the disk below which writes are refused; negative for what follows from the configuration. */
    public NodeContext reserveBytes(long value) {
        reserveBytes = value;
        return this;
    }
}
