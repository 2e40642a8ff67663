package io.stele.server.node;

import io.stele.consensus.MessageType;
import io.stele.consensus.membership.Membership;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.WalSalvage;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.IntroductionDecoder;
import io.stele.transport.peer.codec.IntroductionEncoder;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members remember each other's lives, so that one which was started from an old copy of its directory is found out: it
 * does not know what it has voted and acknowledged since the copy was made.
 *
 * <ol>
 *   <li>A member counts its lives durably, and introduces itself to everybody. Who hears of a newer life remembers it
 *       durably before he says so.
 *   <li>Until so many have met its life as make up a quorum with it, a member does not vote and does not campaign. That
 *       costs nothing: without them there is nothing to be elected to.
 *       Who is behind may count members that have gone since, so a quorum of the newest configuration that it has heard
 *       of will do as well ({@link Standings}).
 *   <li>The lives of a new directory are small numbers, and its first introduction lifts them above all of these. So
 *       whoever has met a member that has ever voted knows it again when it comes with an empty disk, however often
 *       that one was started before they met.
 *   <li>Who is told that its life, or a later one, has been met under another name, went back. It votes for nobody in
 *       the terms that there were, makes a pledge ({@link io.stele.consensus.Raft#pledge}) without knowing how far it
 *       goes, and begins a life that nobody has met. Who tells it may not know of the newest terms himself, so it
 *       leaves far more of them out than can have passed without him.
 *   <li>Who goes on being taken for another life is not heard, or not alone: another process claims to be this member.
 *       It says so, and has no part in elections meanwhile.
 * </ol>
 */
final class Introductions {
    private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);
    private static final long ASK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long REPEAT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long TAKEN_FOR_ANOTHER_NS = TimeUnit.SECONDS.toNanos(8);
    private static final long NEVER = Long.MIN_VALUE;

    /** Each costs an election that somebody began against the others' will, and they ask before they begin one. */
    private static final long TERMS_LEFT_OUT = 1 << 16;

    private static final int BLOCK_LENGTH_MIN = IntroductionDecoder.appliedIndexEncodingOffset();
    private static final int BLOCK_LENGTH_WITH_STATE = IntroductionDecoder.voterCountEncodingOffset();

    private final NodeState node;
    private final Newcomers newcomers;
    private final Standings standings = new Standings();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final IntroductionDecoder introduction = new IntroductionDecoder();
    private final IntroductionEncoder encoder = new IntroductionEncoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
    private long nextAskNs;
    private long nextRepeatNs;
    private long takenForAnotherSinceNs = NEVER;
    private long lastDoubtedBootId;
    private boolean isIntroduced;

    Introductions(NodeState node, Newcomers newcomers) {
        this.node = node;
        this.newcomers = newcomers;
        nextAskNs = node.nowNs;
        nextRepeatNs = node.nowNs;
    }

    /** Whether this member may take part in elections. */
    boolean isIntroduced() {
        return isIntroduced;
    }

    /** Whether a message of the core may be stepped now. */
    boolean mayStep(MessageType type) {
        return isIntroduced || (type != MessageType.VOTE && type != MessageType.PRE_VOTE);
    }

    int doWork() {
        if (node.nowNs - nextAskNs < 0) {
            return 0;
        }
        nextAskNs = node.nowNs + ASK_INTERVAL_NS;
        Membership membership = node.raft.membership();
        lookWhetherIntroduced();
        boolean repeats = node.nowNs - nextRepeatNs >= 0;
        if (repeats) {
            nextRepeatNs = node.nowNs + REPEAT_INTERVAL_NS;
        }
        for (long memberId : membership.memberIds()) {
            if (memberId != node.identity.memberId() && (repeats || !node.metBy.contains(memberId))) {
                introduceTo(memberId, true);
            }
        }
        return 0;
    }

    /** A word to a leader whose heartbeat is late: if its process has ended, its host answers, and nobody need wait. */
    void callOnSilentLeader() {
        if (node.raft.leaderSilentTicks() > Node.TICKS_PER_HEARTBEAT) {
            introduceTo(node.raft.leaderId(), false);
        }
    }

    /** To a member that has not heard this life before. */
    void introduceAgain(long memberId) {
        introduceTo(memberId, true);
    }

    private void lookWhetherIntroduced() {
        if (isIntroduced || !isMetByQuorum(node.raft.membership())) {
            return;
        }
        long life = node.superblock.life();
        if (life < Superblock.FIRST_VOTING_LIFE) {
            node.superblock.saveLife(life + Superblock.FIRST_VOTING_LIFE);
            node.metBy.clear();
            nextAskNs = node.nowNs;
        }
        isIntroduced = isMetByQuorum(node.raft.membership());
    }

    private boolean isMetByQuorum(Membership membership) {
        int met = 0;
        for (long memberId : membership.voters()) {
            met += node.metBy.contains(memberId) ? 1 : 0;
        }
        return met >= membership.voterCount() / 2 || standings.isMetByQuorum(node.metBy, node.machine.appliedIndex());
    }

    /** Of this member's configuration, if it is a voter in it. */
    private int voterCount() {
        Membership membership = node.machine.members().membership();
        return membership.isVoter(node.identity.memberId()) ? membership.voterCount() : 0;
    }

    private void introduceTo(long memberId, boolean asks) {
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .life(node.superblock.life())
                .bootId(node.bootId)
                .knownLife(node.superblock.peerLife(memberId))
                .knownBootId(node.superblock.peerBoot(memberId))
                .term(node.raft.term())
                .asks((byte) (asks ? 1 : 0))
                .appliedIndex(node.machine.appliedIndex())
                .memberDigest(node.machine.members().digestLow())
                .voterCount(voterCount());
        int length = MessageHeaderEncoder.ENCODED_LENGTH + IntroductionEncoder.BLOCK_LENGTH;
        node.peers.send(memberId, PeerLane.URGENT, buffer, 0, length);
    }

    void onIntroduction(long memberId, DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        if (header.blockLength() < BLOCK_LENGTH_MIN
                || header.blockLength() > length - MessageHeaderDecoder.ENCODED_LENGTH) {
            throw new MalformedMessageException("an introduction is cut off");
        }
        introduction.wrap(source, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
        meet(memberId, introduction.life(), introduction.bootId());
        if (header.blockLength() >= IntroductionDecoder.BLOCK_LENGTH) {
            standings.put(
                    memberId, introduction.appliedIndex(), introduction.memberDigest(), introduction.voterCount());
        }
        hearOfSelf(memberId, introduction.knownLife(), introduction.knownBootId(), introduction.term());
        if (introduction.asks() == 1) {
            introduceTo(memberId, false);
        }
        if (header.blockLength() >= BLOCK_LENGTH_WITH_STATE) {
            newcomers.onState(memberId, introduction.appliedIndex(), introduction.memberDigest());
        }
    }

    private void meet(long memberId, long life, long bootId) {
        long known = node.superblock.peerLife(memberId);
        if (life > known) {
            node.superblock.savePeer(memberId, life, bootId);
        } else if (bootId != node.superblock.peerBoot(memberId) && bootId != lastDoubtedBootId) {
            lastDoubtedBootId = bootId;
            LOG.warn(
                    "member {} comes with life {}, but has had life {} already: it was started from an old copy of its"
                            + " data directory, or two processes claim to be it",
                    Long.toHexString(memberId),
                    life,
                    known);
        }
    }

    private void hearOfSelf(long memberId, long knownLife, long knownBootId, long term) {
        if (knownBootId == node.bootId) {
            takenForAnotherSinceNs = NEVER;
            if (knownLife == node.superblock.life()) {
                node.metBy.add(memberId);
                lookWhetherIntroduced();
            }
            return;
        }
        node.metBy.remove(memberId);
        if (knownLife >= node.superblock.life()) {
            goBack(memberId, knownLife, term);
        }
        if (takenForAnotherSinceNs == NEVER) {
            takenForAnotherSinceNs = node.nowNs;
        }
        boolean isDoubted = knownBootId != 0 && node.metBy.isEmpty();
        if (isDoubted && node.nowNs - takenForAnotherSinceNs >= TAKEN_FOR_ANOTHER_NS) {
            takenForAnotherSinceNs = node.nowNs;
            LOG.error(
                    "member {} is heard but does not listen to this member ({}): another process claims to be it, from"
                            + " a copy of its data directory, or the network drops what it sends",
                    Long.toHexString(memberId),
                    Long.toHexString(node.identity.memberId()));
        }
    }

    private void goBack(long memberId, long knownLife, long peerTerm) {
        LOG.error(
                "this member was started from an old copy of its data directory or an empty one, or another process"
                        + " claims to be it: member {} has met its life {}, and this is life {}. It helps nobody to be"
                        + " elected with less than it may have had, until the others have brought it up to date",
                Long.toHexString(memberId),
                knownLife,
                node.superblock.life());
        isIntroduced = false;
        node.metBy.clear();
        long term = Math.max(peerTerm, node.raft.term()) + TERMS_LEFT_OUT;
        node.superblock.save(term, node.identity.memberId());
        node.superblock.savePledge(WalSalvage.UNKNOWN, term);
        node.superblock.saveLife(knownLife + 1);
        node.raft.forgoVotes(term);
        node.raft.pledge(WalSalvage.UNKNOWN, term);
    }
}
