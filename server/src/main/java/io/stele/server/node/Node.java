package io.stele.server.node;

import io.stele.consensus.HardState;
import io.stele.consensus.Raft;
import io.stele.consensus.RaftConfig;
import io.stele.consensus.membership.Membership;
import io.stele.index.KeyIndex;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.StateMachine;
import io.stele.storage.file.BallastedFileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.Wal;
import io.stele.storage.wal.WalContext;
import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerIdentity;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;

/**
 * One node without its threads: opens and recovers what is durable, and puts the agents together. Whoever runs the
 * agents, threads or the simulator, runs the same code.
 */
public final class Node implements AutoCloseable {
    private static final int ENTRY_SLACK_BYTES = 64 * 1024;
    private static final int TICKS_PER_HEARTBEAT = 2;

    /** Bytes of one append: a heartbeat never waits long behind one, and followers begin to force early. */
    private static final int APPEND_BYTES_MAX = 256 * 1024;

    private static final long BALLAST_PAGE_BYTES = 32L * 1024 * 1024;

    private final NodeContext context;
    private final NodeState state;
    private final NodeAgent nodeAgent;
    private final SyncAgent syncAgent;
    private final CheckpointAgent checkpointAgent;
    private final KeyIndex index;
    private boolean clean;

    private Node(NodeContext context, NodeState state, KeyIndex index) {
        this.context = context;
        this.state = state;
        this.index = index;
        syncAgent = state.sync;
        checkpointAgent = state.checkpointAgent;
        long tickNs = tickNs(context.config);
        nodeAgent = new NodeAgent(state, context.clock, tickNs);
    }

    /** Two ticks a heartbeat, so that election timeouts of members differ by less than one. */
    static long tickNs(ServerConfig config) {
        return TimeUnit.MILLISECONDS.toNanos(config.heartbeatIntervalMs()) / TICKS_PER_HEARTBEAT;
    }

    /** Recovers the node from its disk. What cannot be trusted is a {@link StorageException}; nothing is left open. */
    public static Node open(NodeContext context) {
        Opening opening = new Opening(context);
        try {
            return opening.open();
        } catch (RuntimeException | Error e) {
            try {
                opening.close();
            } catch (RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    public NodeAgent nodeAgent() {
        return nodeAgent;
    }

    public SyncAgent syncAgent() {
        return syncAgent;
    }

    public CheckpointAgent checkpointAgent() {
        return checkpointAgent;
    }

    public NodeIdentity identity() {
        return state.identity;
    }

    public NodeCounters counters() {
        return state.counters;
    }

    /** The state machine; for the thread that runs the agents. */
    public StateMachine machine() {
        return state.machine;
    }

    /** The page store; likewise. */
    public PageStore store() {
        return state.store;
    }

    /** The log; likewise. */
    public Wal log() {
        return state.wal;
    }

    /** The consensus core; likewise. */
    public Raft raft() {
        return state.raft;
    }

    /** How far it is; any thread. */
    public NodeStatus status() {
        return nodeAgent.status();
    }

    /** Whether writes that add data are refused for want of space; any thread. */
    public boolean isOutOfSpace() {
        return state.space.isExhausted();
    }

    /** Tells the agents how to wake each other; before threads start. */
    void wakers(Wakeable node, Wakeable sync, Wakeable checkpoint) {
        syncAgent.node(node);
        checkpointAgent.node(node);
        state.syncWaker = sync;
        state.checkpointWaker = checkpoint;
    }

    /** Makes {@link #close} leave a checkpoint behind, so that the next start replays nothing. */
    public void closeCleanly() {
        clean = true;
    }

    /** Gives everything back; the agents have ended, the node's with its {@code onClose}, which closes the link. */
    @Override
    public void close() {
        try {
            if (clean) {
                finish();
            }
        } finally {
            CloseHelper.closeAll(index, state.store, state.wal, state.superblock, context.files);
        }
    }

    private void finish() {
        if (checkpointAgent.isBusy()) {
            checkpointAgent.doWork();
            state.store.complete(checkpointAgent.pollDone());
        }
        state.store.checkpoint();
    }

    /** Recovery, step by step; what was opened is closed again when a later step fails. */
    private static final class Opening {
        private final NodeContext context;
        private final NodeParts parts = new NodeParts();
        private KeyIndex index;

        Opening(NodeContext context) {
            this.context = context;
        }

        Node open() {
            ServerConfig config = context.config;
            openSuperblock(config);
            BallastedFileStore files = new BallastedFileStore(context.files, ballastBytes(config));
            parts.wal = Wal.open(files, walContext(config));
            parts.store = PageStore.open(files, context.pages.apply(new PageStoreContext()));
            index = context.index.get();
            MachineLimits limits = new MachineLimits()
                    .requestLengthMax(config.maxRequestBytes())
                    .txnOperationsMax(config.maxTxnOps());
            parts.machine = new StateMachine(parts.store, index, limits);
            checkLogContinuesState();
            parts.wal.releaseTo(parts.machine.appliedIndex(), context.walRetainedBytes);
            parts.raft = raft(config);
            parts.sync = new SyncAgent(parts.wal);
            parts.space = new SpaceGuard(files, reserveBytes(config), ballastBytes(config) > 0, context.spaceListener);
            parts.checkpointAgent = new CheckpointAgent(parts.wal, parts.store, parts.space);
            parts.counters = new NodeCounters();
            parts.frameLengthMax = config.maxRequestBytes() + 512 * 1024;
            parts.checkpointBytes = context.checkpointBytes == 0 ? config.checkpointBytes() : context.checkpointBytes;
            parts.bootId = context.seed == 0 ? 1 : context.seed;
            parts.walRetainedBytes = context.walRetainedBytes;
            parts.peers = context.peers.apply(
                    new PeerIdentity(parts.identity.clusterId(), parts.identity.memberId(), parts.bootId));
            introducePeers(config.cluster());
            parts.link = context.clients.apply(parts.identity);
            return new Node(context, new NodeState(parts), index);
        }

        private void openSuperblock(ServerConfig config) {
            if (Superblock.exists(context.files)) {
                parts.superblock = Superblock.open(context.files);
            } else if (context.files.list().stream().anyMatch(Node::isData)) {
                throw new StorageException(
                        StorageException.Kind.CORRUPT,
                        "the data directory holds a log or pages but no superblock: it says no more who it belongs to;"
                                + " restore the file 'superblock' or start with an empty --data-dir");
            } else {
                NodeIdentity identity = NodeIdentity.of(config.cluster(), config.name());
                parts.superblock = Superblock.create(context.files, identity.clusterId(), identity.memberId());
            }
            parts.identity = new NodeIdentity(parts.superblock.clusterId(), parts.superblock.memberId());
        }

        private long reserveBytes(ServerConfig config) {
            return context.reserveBytes >= 0
                    ? context.reserveBytes
                    : config.walSegmentBytes() + 4L * config.maxRequestBytes();
        }

        /** What is under way when the disk is found full: a log segment, requests, some regions of pages. */
        private long ballastBytes(ServerConfig config) {
            return context.ballastBytes >= 0 ? context.ballastBytes : reserveBytes(config) + BALLAST_PAGE_BYTES;
        }

        private WalContext walContext(ServerConfig config) {
            return context.log.apply(new WalContext()
                    .segmentLength(config.walSegmentBytes())
                    .entryLengthMax(config.maxRequestBytes() + ENTRY_SLACK_BYTES)
                    .salt(context.seed));
        }

        /** Rule R4: the page store says what it has applied; the log must go on from there without a gap. */
        private void checkLogContinuesState() {
            long applied = parts.machine.appliedIndex();
            if (parts.wal.firstIndex() > applied + 1 || parts.wal.lastIndex() < applied) {
                throw new StorageException(
                        StorageException.Kind.CORRUPT,
                        "the log holds entries " + parts.wal.firstIndex() + " to " + parts.wal.lastIndex()
                                + " but the pages hold the state after entry " + applied
                                + ": one of them is from another time");
            }
        }

        private Raft raft(ServerConfig config) {
            RaftConfig raftConfig = new RaftConfig()
                    .memberId(parts.identity.memberId())
                    .seed(context.seed)
                    .electionTicks(TICKS_PER_HEARTBEAT * config.electionTimeoutMs() / config.heartbeatIntervalMs())
                    .heartbeatTicks(TICKS_PER_HEARTBEAT)
                    .forwardProposals(false)
                    .appendBytesMax(APPEND_BYTES_MAX)
                    .entryBytesMax(config.maxRequestBytes() + ENTRY_SLACK_BYTES)
                    .uncommittedEntriesMax(NodeState.PENDING_MAX);
            HardState hardState =
                    new HardState(parts.superblock.term(), parts.superblock.vote(), parts.machine.appliedIndex());
            return new Raft(raftConfig, new WalLogReader(parts.wal), hardState, membership(config.cluster()));
        }

        private Membership membership(ClusterConfig cluster) {
            return cluster.hasPeers()
                    ? Membership.ofVoters(cluster.members().stream()
                            .mapToLong(member -> NodeIdentity.memberId(cluster.token(), member))
                            .toArray())
                    : Membership.ofVoters(parts.identity.memberId());
        }

        private void introducePeers(ClusterConfig cluster) {
            for (InitialMember member : cluster.members()) {
                long memberId = NodeIdentity.memberId(cluster.token(), member);
                if (cluster.hasPeers() && memberId != parts.identity.memberId()) {
                    ListenUrl url = member.peerUrls().get(0);
                    parts.peers.addPeer(memberId, new PeerAddress(url.host(), url.port()));
                }
            }
        }

        void close() {
            CloseHelper.closeAll(
                    parts.link, parts.peers, index, parts.store, parts.wal, parts.superblock, context.files);
        }
    }

    private static boolean isData(String fileName) {
        return fileName.startsWith("wal") || fileName.startsWith("pages");
    }
}
