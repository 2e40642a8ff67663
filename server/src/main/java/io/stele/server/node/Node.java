package io.stele.server.node;

import io.stele.consensus.Fitness;
import io.stele.consensus.HardState;
import io.stele.consensus.Raft;
import io.stele.consensus.RaftConfig;
import io.stele.consensus.membership.Membership;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.Version;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.StateMachine;
import io.stele.storage.file.BallastedFileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.Checkpoint;
import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.Wal;
import io.stele.storage.wal.WalContext;
import io.stele.transport.peer.PeerIdentity;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;

/**
 * One node without its threads: opens and recovers what is durable, and puts the agents together. Whoever runs the
 * agents, threads or the simulator, runs the same code.
 */
public final class Node implements AutoCloseable {
    /** Election timeouts after which a member says that it has no leader: as etcd does. */
    private static final int LEADERLESS_ELECTIONS = 3;

    private static final int ENTRY_SLACK_BYTES = 64 * 1024;
    /** What clients may send beyond the longest request. */
    private static final int FRAME_SLACK_BYTES = 512 * 1024;

    static final int TICKS_PER_HEARTBEAT = 2;

    /** Bytes of one append: a heartbeat never waits long behind one, and followers begin to force early. */
    private static final int APPEND_BYTES_MAX = 256 * 1024;

    private static final long BALLAST_PAGE_BYTES = 32L * 1024 * 1024;

    private final NodeContext context;
    private final NodeState state;
    private final NodeAgent nodeAgent;
    private final SyncAgent syncAgent;
    private final CheckpointAgent checkpointAgent;
    private final SpaceAgent spaceAgent;
    private boolean clean;

    private Node(NodeContext context, NodeState state) {
        this.context = context;
        this.state = state;
        syncAgent = state.sync;
        checkpointAgent = state.checkpointAgent;
        spaceAgent = state.spaceAgent;
        long tickNs = tickNs(context.config);
        long electionTimeoutNs = TimeUnit.MILLISECONDS.toNanos(context.config.electionTimeoutMs());
        nodeAgent = new NodeAgent(state, context.clock, tickNs, electionTimeoutNs);
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

    public SpaceAgent spaceAgent() {
        return spaceAgent;
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

    /** What it must never forget; likewise. */
    public Superblock superblock() {
        return state.superblock;
    }

    /** The consensus core; likewise. */
    public Raft raft() {
        return state.raft;
    }

    /** Asks it to make another member lead, if it does; any thread. */
    public void handOver() {
        nodeAgent.handOver();
    }

    /** How far it is; any thread. */
    public NodeStatus status() {
        return nodeAgent.status();
    }

    /** Whether its state differs from the others', so that it serves nobody until it has another one; any thread. */
    public boolean isFenced() {
        return state.soundness.isLost();
    }

    /** How often that has happened in this life; any thread. */
    public long fencedCount() {
        return state.soundness.lossCount();
    }

    /** Whether the members differ and no majority agrees, so that nobody serves; any thread. */
    public boolean isClusterCorrupt() {
        return state.soundness.isClusterCorrupt();
    }

    /** Whether writes that add data are refused for want of space; any thread. */
    public boolean isOutOfSpace() {
        return state.space.isExhausted();
    }

    /** Tells the agents how to wake each other; before threads start. */
    void wakers(Wakeable node, Wakeable sync, Wakeable checkpoint, Wakeable space) {
        syncAgent.node(node);
        checkpointAgent.node(node);
        spaceAgent.node(node);
        state.nodeWaker = node;
        state.syncWaker = sync;
        state.checkpointWaker = checkpoint;
        state.spaceWaker = space;
    }

    /** Makes {@link #close} leave a checkpoint behind, so that the next start replays nothing. */
    public void closeCleanly() {
        clean = true;
    }

    /** Gives everything back; the agents have ended, the node's with its {@code onClose}, which closes the link. */
    @Override
    public void close() {
        try {
            checkpointAgent.finishRetired();
            if (clean && !state.soundness.isLost()) {
                finish();
            }
        } finally {
            CloseHelper.closeAll(state.index, state.store, state.wal, state.superblock, context.files);
        }
    }

    private void finish() {
        while (checkpointAgent.isBusy()) {
            checkpointAgent.doWork();
            Checkpoint done = checkpointAgent.pollDone();
            if (done != null) {
                state.store.complete(done);
            }
        }
        state.store.checkpoint();
    }

    /** Recovery, step by step; what was opened is closed again when a later step fails. */
    private static final class Opening {
        private final NodeContext context;
        private final NodeParts parts = new NodeParts();

        Opening(NodeContext context) {
            this.context = context;
        }

        Node open() {
            ServerConfig config = context.config;
            openSuperblock(config);
            BallastedFileStore files = new BallastedFileStore(context.files, ballastBytes(config));
            MachineLimits limits = context.machine.apply(new MachineLimits()
                    .requestLengthMax(config.maxRequestBytes())
                    .txnOperationsMax(config.maxTxnOps())
                    .clusterVersion(Version.CLUSTER));
            parts.exchange = new StateExchange(files, context.files, context.pages, context.index, limits);
            DurableParts durable = new DurableParts(context, parts, files, walContext(config));
            durable.open();
            beginCluster(config);
            parts.wal.releaseTo(durable.appliedIndex(), context.walRetainedBytes);
            parts.raft = raft(config, durable.appliedIndex());
            parts.sync = new SyncAgent(parts.wal, context.clock);
            parts.space = new SpaceGuard(files, reserveBytes(config), ballastBytes(config) > 0, context.spaceListener);
            parts.checkpointAgent = new CheckpointAgent(parts.wal);
            parts.spaceAgent = new SpaceAgent(parts.wal, parts.store, parts.space);
            parts.counters = new NodeCounters();
            parts.frameLengthMax = config.maxRequestBytes() + FRAME_SLACK_BYTES;
            parts.checkpointBytes = context.checkpointBytes == 0 ? config.checkpointBytes() : context.checkpointBytes;
            parts.bootId = context.seed == 0 ? 1 : context.seed;
            parts.name = config.name();
            parts.clientUrls = config.advertiseClientUrls().stream()
                    .map(ListenUrl::toString)
                    .toList();
            parts.memberRules = config.cluster().rules();
            parts.autoCompaction = config.autoCompaction();
            parts.electionTimeoutNs = TimeUnit.MILLISECONDS.toNanos(config.electionTimeoutMs());
            parts.walRetainedBytes = context.walRetainedBytes;
            parts.quotaBytes = config.quotaBackendBytes();
            parts.watchLimits = context.watchLimits;
            parts.leaderlessNs = LEADERLESS_ELECTIONS * TimeUnit.MILLISECONDS.toNanos(config.electionTimeoutMs());
            parts.peers = context.peers.apply(
                    new PeerIdentity(parts.identity.clusterId(), parts.identity.memberId(), parts.bootId));
            parts.link = context.clients.apply(parts.identity);
            return new Node(context, new NodeState(parts));
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
                NodeIdentity identity = config.cluster().existing()
                        ? context.joining.get().identity()
                        : NodeIdentity.of(config.cluster(), config.name());
                parts.superblock = Superblock.create(context.files, identity.clusterId(), identity.memberId());
            }
            parts.superblock.saveLife(parts.superblock.life() + 1);
            parts.identity = new NodeIdentity(parts.superblock.clusterId(), parts.superblock.memberId());
        }

        private long reserveBytes(ServerConfig config) {
            return context.reserveBytes >= 0
                    ? context.reserveBytes
                    : config.walSegmentBytes() + 4L * config.maxRequestBytes();
        }

        /** What is under way when the disk is found full: requests, some regions of pages. The log's next segment is
         * there already. */
        private long ballastBytes(ServerConfig config) {
            return context.ballastBytes >= 0
                    ? context.ballastBytes
                    : 4L * config.maxRequestBytes() + BALLAST_PAGE_BYTES;
        }

        private WalContext walContext(ServerConfig config) {
            return context.log.apply(new WalContext()
                    .segmentLength(config.walSegmentBytes())
                    .entryLengthMax(config.maxRequestBytes() + ENTRY_SLACK_BYTES)
                    .salt(context.seed));
        }

        private Raft raft(ServerConfig config, long appliedIndex) {
            int bytesAtOnce = NodeState.bytesAtOnceMax(config.maxRequestBytes() + FRAME_SLACK_BYTES);
            RaftConfig raftConfig = new RaftConfig()
                    .memberId(parts.identity.memberId())
                    .seed(context.seed)
                    .electionTicks(TICKS_PER_HEARTBEAT * config.electionTimeoutMs() / config.heartbeatIntervalMs())
                    .heartbeatTicks(TICKS_PER_HEARTBEAT)
                    .forwardProposals(false)
                    .appendBytesMax(APPEND_BYTES_MAX)
                    .entryBytesMax(config.maxRequestBytes() + ENTRY_SLACK_BYTES)
                    .uncommittedEntriesMax(NodeState.PENDING_MAX)
                    .unstableBytesMax(bytesAtOnce)
                    .uncommittedBytesMax(NodeState.UNCOMMITTED_BYTES_MAX + bytesAtOnce);
            HardState hardState = new HardState(parts.superblock.term(), parts.superblock.vote(), appliedIndex);
            Membership membership = parts.machine.members().membership();
            Raft raft = new Raft(raftConfig, new WalLogReader(parts.wal), hardState, membership, context.trace);
            raft.pledge(parts.superblock.pledgeIndex(), parts.superblock.pledgeTerm());
            if (parts.superblock.isStateLost()) {
                raft.fitness(Fitness.UNFIT);
            }
            return raft;
        }

        /**
         * Who the members are is in no log entry at the beginning. It is kept before anything is said to others: what
         * the flags say does not count any more from then on.
         */
        private void beginCluster(ServerConfig config) {
            ClusterConfig cluster = config.cluster();
            if (!parts.machine.members().membership().isEmpty() || parts.superblock.isStateLost()) {
                return;
            }
            if (cluster.existing()) {
                parts.hosts = context.joining.get().members();
                return;
            }
            parts.machine.members().begin(DurableParts.initialMembers(cluster, parts.identity));
            if (cluster.hasPeers()) {
                parts.store.checkpoint();
            }
        }

        void close() {
            CloseHelper.closeAll(
                    parts.link, parts.peers, parts.index, parts.store, parts.wal, parts.superblock, context.files);
        }
    }

    private static boolean isData(String fileName) {
        return fileName.startsWith("wal") || fileName.startsWith("pages");
    }
}
