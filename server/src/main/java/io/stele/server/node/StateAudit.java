package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.SendResult;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.DigestProbeDecoder;
import io.stele.transport.peer.codec.DigestProbeEncoder;
import io.stele.transport.peer.codec.DigestReplyDecoder;
import io.stele.transport.peer.codec.DigestReplyEncoder;
import io.stele.transport.peer.codec.DigestVerdictDecoder;
import io.stele.transport.peer.codec.DigestVerdictEncoder;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the members' states, as long as entries are applied: the leader asks, as often as its heart beats, for the
 * digest as of the last entry that it has applied itself, and counts the answers.
 *
 * <ol>
 *   <li>A majority of the voters agrees: who differs is told what the majority has. It looks at its own digest as of
 *       that entry, and only believes what it sees there ({@link Soundness#lose}).
 *   <li>All who can be heard have answered, they differ, and no majority agrees: the cluster is corrupt, and the next
 *       question tells everybody.
 * </ol>
 *
 * A member that has not got so far answers when it has; one that has another digest's version, or whose state has come
 * from elsewhere meanwhile, not at all. Nothing is asked of a cluster at rest whose members have agreed.
 */
final class StateAudit {
    private static final Logger LOG = LoggerFactory.getLogger(StateAudit.class);

    /** Of what is summed up in the digest, and how. Grows with every change of that. */
    private static final short DIGEST_VERSION = 2;

    private static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

    /** Who has not answered at the last entry is asked again after this time, though nothing has changed. */
    private static final long REST_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long NEVER = -1;

    private final NodeState node;
    private final long intervalNs;
    private final DigestRound round = new DigestRound();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final DigestProbeDecoder probe = new DigestProbeDecoder();
    private final DigestProbeEncoder probeEncoder = new DigestProbeEncoder();
    private final DigestReplyDecoder reply = new DigestReplyDecoder();
    private final DigestReplyEncoder replyEncoder = new DigestReplyEncoder();
    private final DigestVerdictDecoder verdict = new DigestVerdictDecoder();
    private final DigestVerdictEncoder verdictEncoder = new DigestVerdictEncoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
    private long beganNs;
    private long askedNs;
    private long agreedIndex = NEVER;
    private boolean agreedByAll;
    private long roundCount;

    private long askedIndex = NEVER;
    private long askedTerm;
    private long askedBy;

    StateAudit(NodeState node, long intervalNs) {
        this.node = node;
        this.intervalNs = intervalNs;
        beganNs = node.nowNs;
    }

    int doWork() {
        if (node.soundness.isLost()) {
            askedIndex = NEVER;
            round.close();
            return 0;
        }
        return node.raft.role() == Role.LEADER ? ask() : answer();
    }

    /** What a member has said of its state in an earlier life says nothing of the present one. */
    void onNewLife() {
        agreedIndex = NEVER;
    }

    /** Rounds of questions that have come to an end; for tests. */
    long roundCount() {
        return roundCount;
    }

    // The leader

    private int ask() {
        Membership membership = node.raft.membership();
        if (!membership.contains(node.identity.memberId())) {
            round.close(); // it has removed itself, and leads until another does
            return 0;
        }
        if (round.isOpen() && !round.isOf(membership, node.raft.term())) {
            round.close();
        }
        if (round.isOpen()) {
            return goOn();
        }
        if (node.nowNs - beganNs < intervalNs || !isDue()) {
            return 0;
        }
        if (membership.isSoleVoter(node.identity.memberId()) && membership.learners().length == 0) {
            node.soundness.corruptCluster(false, node.machine.appliedIndex());
            return 0;
        }
        beganNs = node.nowNs;
        long logIndex = node.machine.appliedIndex();
        round.open(membership, node.raft.term(), logIndex);
        round.answer(node.identity.memberId(), node.machine.digestLow(), node.machine.digestHigh());
        sendQuestions();
        return 1;
    }

    private boolean isDue() {
        return node.machine.appliedIndex() != agreedIndex || (!agreedByAll && node.nowNs - beganNs >= REST_NS);
    }

    private int goOn() {
        boolean complete = round.isComplete();
        if (complete || node.nowNs - beganNs >= PATIENCE_NS) {
            conclude(complete);
            return 1;
        }
        if (node.nowNs - askedNs >= REPEAT_NS) {
            sendQuestions();
        }
        return 0;
    }

    private void sendQuestions() {
        askedNs = node.nowNs;
        int self = place(node.identity.memberId());
        probeEncoder
                .wrapAndApplyHeader(buffer, 0, headerEncoder)
                .term(node.raft.term())
                .logIndex(round.logIndex())
                .digestLow(round.low(self))
                .digestHigh(round.high(self))
                .digestVersion(DIGEST_VERSION)
                .corrupt((byte) (node.soundness.isClusterCorrupt() ? 1 : 0));
        for (int i = 0; i < round.count(); i++) {
            if (!round.isAnswered(i)) {
                send(round.member(i), DigestProbeEncoder.BLOCK_LENGTH);
            }
        }
    }

    private int place(long memberId) {
        int place = 0;
        while (round.member(place) != memberId) {
            place++;
        }
        return place;
    }

    private void conclude(boolean complete) {
        round.close();
        roundCount++;
        boolean differs = round.hasDifference(true);
        int majority = round.majority();
        if (differs && majority < 0) {
            node.soundness.corruptCluster(true, round.logIndex());
        } else if (majority >= 0) {
            node.soundness.corruptCluster(false, round.logIndex());
        }
        if (majority >= 0 && !round.hasDifference(false)) {
            agreedIndex = round.logIndex();
            agreedByAll = complete;
        }
    }

    /** Tells those who differ from a majority, as soon as there is one. */
    private void tell() {
        int majority = round.majority();
        for (int i = 0; majority >= 0 && i < round.count(); i++) {
            if (!round.isAnswered(i) || round.agree(i, majority)) {
                continue;
            }
            LOG.error(
                    "the state of member {} as of entry {} differs from that of a majority",
                    Long.toHexString(round.member(i)),
                    round.logIndex());
            if (round.member(i) == node.identity.memberId()) {
                node.soundness.lose(differing(round.logIndex()));
            } else {
                verdictEncoder
                        .wrapAndApplyHeader(buffer, 0, headerEncoder)
                        .term(node.raft.term())
                        .logIndex(round.logIndex())
                        .digestLow(round.low(majority))
                        .digestHigh(round.high(majority));
                send(round.member(i), DigestVerdictEncoder.BLOCK_LENGTH);
            }
        }
    }

    private static String differing(long logIndex) {
        return "it differs from that of a majority as of entry " + logIndex;
    }

    void onReply(long memberId, DirectBuffer source, int offset, int length) {
        int at = blockAt(source, offset, length, DigestReplyDecoder.BLOCK_LENGTH);
        reply.wrap(source, at, header.blockLength(), header.version());
        if (!round.isOpen()
                || node.raft.role() != Role.LEADER
                || reply.term() != node.raft.term()
                || reply.logIndex() != round.logIndex()
                || !round.answer(memberId, reply.digestLow(), reply.digestHigh())) {
            return;
        }
        if (round.hasDifference(false)) {
            tell();
        }
    }

    // Who is asked

    void onProbe(long memberId, DirectBuffer source, int offset, int length) {
        int at = blockAt(source, offset, length, DigestProbeDecoder.BLOCK_LENGTH);
        probe.wrap(source, at, header.blockLength(), header.version());
        if (!isFromLeader(memberId, probe.term()) || probe.digestVersion() != DIGEST_VERSION) {
            return;
        }
        node.soundness.corruptCluster(probe.corrupt() == 1, probe.logIndex());
        askedIndex = probe.logIndex();
        askedTerm = probe.term();
        askedBy = memberId;
        answer();
    }

    private boolean isFromLeader(long memberId, long term) {
        return node.raft.role() != Role.LEADER && node.raft.leaderId() == memberId && node.raft.term() == term;
    }

    private int answer() {
        if (askedIndex == NEVER || node.machine.appliedIndex() < askedIndex) {
            return 0;
        }
        if (node.digests.find(askedIndex)) {
            replyEncoder
                    .wrapAndApplyHeader(buffer, 0, headerEncoder)
                    .term(askedTerm)
                    .logIndex(askedIndex)
                    .digestLow(node.digests.low())
                    .digestHigh(node.digests.high());
            if (send(askedBy, DigestReplyEncoder.BLOCK_LENGTH) == SendResult.BACK_PRESSURED) {
                return 0;
            }
        }
        askedIndex = NEVER;
        return 1;
    }

    void onVerdict(long memberId, DirectBuffer source, int offset, int length) {
        int at = blockAt(source, offset, length, DigestVerdictDecoder.BLOCK_LENGTH);
        verdict.wrap(source, at, header.blockLength(), header.version());
        if (!isFromLeader(memberId, verdict.term()) || !node.digests.find(verdict.logIndex())) {
            return;
        }
        if (node.digests.low() != verdict.digestLow() || node.digests.high() != verdict.digestHigh()) {
            node.soundness.lose(differing(verdict.logIndex()));
        }
    }

    private int blockAt(DirectBuffer source, int offset, int length, int blockLength) {
        header.wrap(source, offset);
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + blockLength || header.blockLength() < blockLength) {
            throw new MalformedMessageException("a message about digests is cut off");
        }
        return offset + MessageHeaderDecoder.ENCODED_LENGTH;
    }

    private int send(long memberId, int blockLength) {
        return node.peers.send(memberId, PeerLane.URGENT, buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + blockLength);
    }
}
