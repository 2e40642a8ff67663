package io.stele.server.node;

import io.stele.consensus.Limits;
import io.stele.consensus.Raft;
import io.stele.index.KeyIndex;
import io.stele.server.config.AutoCompaction;
import io.stele.server.config.MemberRules;
import io.stele.server.machine.MemberRecord;
import io.stele.server.machine.ReplyEncoder;
import io.stele.server.machine.StateMachine;
import io.stele.server.watch.WatchLimits;
import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.Wal;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import io.stele.transport.TimingsFlag;
import io.stele.transport.peer.PeerLink;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;

/**
 * What the node's thread owns, shared by the parts of its duty cycle. No other thread touches any of it, but for the
 * agents, which have their own ways in.
 */
final class NodeState {
    /** Bytes that an entry costs in the log beside its payload, roughly; for pacing checkpoints. */
    static final int ENTRY_OVERHEAD_BYTES = 64;

    /** While more has been accepted and not committed, nothing is taken up; what one cycle takes up comes on top. */
    static final long UNCOMMITTED_BYTES_MAX = 64L * 1024 * 1024;

    /** The longest requests that one cycle takes up, at most: so many fit into the ring in which they come. */
    private static final int LONGEST_AT_ONCE_MAX = 16;

    /** Proposals that may wait for their entry at once. */
    static final int PENDING_MAX = 16 * 1024;

    final NodeIdentity identity;
    final Superblock superblock;
    final Wal wal;
    final Raft raft;
    final PeerLink peers;
    final PeerConnections link;
    final SyncAgent sync;
    final CheckpointAgent checkpointAgent;
    final NodeCounters counters;
    final SpaceGuard space;
    final SpaceAgent spaceAgent;
    final int frameLengthMax;
    final long checkpointBytes;
    final StateExchange exchange;
    final long bootId;
    final String name;

    /** Who has to bring a joining member its state; empty in all others. */
    final List<MemberRecord> hosts;

    final List<String> clientUrls;
    final MemberRules memberRules;

    /** Log bytes kept for followers that are behind, beside what is not in a checkpoint yet. */
    final long walRetainedBytes;

    /** Whether the state can be believed. */
    final Soundness soundness;

    /** Its digests after the last entries. */
    final DigestHistory digests = new DigestHistory();

    final WatchLimits watchLimits;

    /** After so long without a leader, watches that want one are ended. */
    final long leaderlessNs;

    final long electionTimeoutNs;
    final AutoCompaction autoCompaction;

    /** Members that have met this life, and so believe what comes from it. */
    final LongHashSet metBy = new LongHashSet();

    final PendingReplies pending = new PendingReplies(PENDING_MAX);
    private final Scarcity scarcity;
    final QuotaGuard quota;
    final Replies replies;
    final LinearizableReads reads;
    final ReplyEncoder reply = new ReplyEncoder();

    private final ReplyEncoder refusal = new ReplyEncoder();
    private final ReplySplitter splitter = new ReplySplitter();

    /** The node's own agent, as others see it; set when threads start. */
    Wakeable nodeWaker = Wakeable.NEVER_ASLEEP;

    /** Wakes the agent that forces; likewise. */
    Wakeable syncWaker = Wakeable.NEVER_ASLEEP;

    /** Likewise the agent that writes checkpoints. */
    Wakeable checkpointWaker = Wakeable.NEVER_ASLEEP;

    /** Likewise the agent that makes room. */
    Wakeable spaceWaker = Wakeable.NEVER_ASLEEP;

    /** The state; a snapshot puts others in the place of all three, see {@link StateExchange}. */
    PageStore store;

    KeyIndex index;
    StateMachine machine;

    /** Told when that has happened. */
    Runnable stateReplaced = () -> {};

    /** Members that were removed a moment ago and are still listened to, so that they can be told. */
    final LongArrayList parting = new LongArrayList();

    /** Time of the current duty cycle. */
    long nowNs;

    /** Log epoch of the last batch; see {@code Ready}. */
    long logEpoch;

    long creditedDurable;

    /** Bytes appended to the log in this life. */
    long appendedBytes;

    NodeState(NodeParts parts) {
        identity = parts.identity;
        superblock = parts.superblock;
        soundness = new Soundness(superblock);
        wal = parts.wal;
        store = parts.store;
        machine = parts.machine;
        raft = parts.raft;
        peers = parts.peers;
        exchange = parts.exchange;
        bootId = parts.bootId;
        name = parts.name;
        hosts = parts.hosts;
        clientUrls = parts.clientUrls;
        memberRules = parts.memberRules;
        index = parts.index;
        link = new PeerConnections(parts.link, peers);
        sync = parts.sync;
        checkpointAgent = parts.checkpointAgent;
        counters = parts.counters;
        space = parts.space;
        spaceAgent = parts.spaceAgent;
        frameLengthMax = parts.frameLengthMax;
        checkpointBytes = parts.checkpointBytes;
        walRetainedBytes = parts.walRetainedBytes;
        watchLimits = parts.watchLimits;
        leaderlessNs = parts.leaderlessNs;
        autoCompaction = parts.autoCompaction;
        electionTimeoutNs = parts.electionTimeoutNs;
        replies = new Replies(link);
        scarcity = new Scarcity(this);
        quota = new QuotaGuard(this, parts.quotaBytes);
        reads = new LinearizableReads(parts.bootId);
        creditedDurable = sync.durable();
        noteDigest();
    }

    /** When the request arrived that was just delivered, if it asks for timings; else 0. */
    long receivedNs(DirectBuffer request, int offset) {
        if (!TimingsFlag.isSet(request, offset)) {
            return 0;
        }
        long receivedNs = link.receivedNs();
        return receivedNs == 0 ? nowNs : receivedNs;
    }

    /**
     * Remembers the digest of the state as it is. A newcomer that waits for its first snapshot has no state: what the
     * founders had before the first entry is not what it has, and no difference.
     */
    void noteDigest() {
        if (!machine.members().membership().isEmpty()) {
            digests.note(machine.appliedIndex(), machine.digestLow(), machine.digestHigh());
        }
    }

    /** Why a request may not be proposed, as things are here and now: an alarm, a full disk, the quota; or null. */
    ApiError refusal(DirectBuffer request, int offset, int length) {
        ApiError alarm = machine.alarmRefusal(request, offset, length);
        if (alarm != null) {
            return alarm;
        }
        boolean hasRoom = !space.isExhausted() || scarcity.allows(request, offset, length);
        return hasRoom && !quota.refuses(request, offset, length) ? null : ApiError.NO_SPACE;
    }

    /** Whether nothing speaks against it. */
    boolean mayPropose(DirectBuffer request, int offset, int length) {
        return refusal(request, offset, length) == null;
    }

    /** Starts a reply in {@link #reply}. */
    ReplyEncoder beginReply() {
        reply.reset();
        reply.raftTerm(raft.term());
        return reply;
    }

    /** What one cycle may take up. Nothing of that is to be refused: there is a limit before it is taken up. */
    static int bytesAtOnceMax(int frameLengthMax) {
        return (int) Math.min(Limits.UNSTABLE_BYTES_MAX, (long) LONGEST_AT_ONCE_MAX * frameLengthMax);
    }

    /** Leaves {@link #reply} alone: an entry that is being applied may have begun its own there. */
    void sendError(long connectionId, long correlationId, ApiError error) {
        refusal.reset();
        refusal.raftTerm(raft.term());
        refusal.error(error, correlationId, machine.revision());
        replies.send(connectionId, refusal.buffer(), 0, refusal.length());
    }

    /** Sends what {@link #reply} holds, in as many frames as it takes. */
    void sendReply(long connectionId) {
        if (reply.length() <= frameLengthMax) {
            replies.send(connectionId, reply.buffer(), 0, reply.length());
            return;
        }
        splitter.wrap(reply.buffer(), 0, reply.length(), frameLengthMax);
        while (splitter.next()) {
            replies.send(connectionId, reply.buffer(), splitter.frameOffset(), splitter.frameLength());
        }
    }
}
