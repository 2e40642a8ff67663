package io.stele.consensus;

import io.stele.consensus.log.Entry;
import io.stele.consensus.membership.MembershipChange;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Passes a follower's proposals on to the leader. They carry the term in which they were made, and the leader takes
 * them only in that term: what was decided under one leader is not carried out under the next.
 */
final class Forwarder {
    private final Raft raft;
    private final RaftConfig config;
    private final ExpandableArrayBuffer payloads = new ExpandableArrayBuffer();
    private int used;

    Forwarder(Raft raft) {
        this.raft = raft;
        this.config = raft.config();
    }

    long forward(byte type, DirectBuffer payload, int offset, int length) {
        if (raft.leaderId() == 0) {
            return ProposeResult.NO_LEADER;
        }
        if (!config.forwardProposals()) {
            return ProposeResult.NOT_LEADER;
        }
        if (used + length > config.unstableBytesMax()) {
            return ProposeResult.OVERLOADED;
        }
        if (length > 0) {
            payloads.putBytes(used, payload, offset, length);
        }
        raft.send(MessageType.PROPOSE, raft.leaderId()).payload(type, payloads, used, length);
        used += length;
        return ProposeResult.FORWARDED;
    }

    /** The messages have been sent. */
    void clear() {
        used = 0;
    }

    /** Takes a follower's proposal; if it cannot be taken it is lost, like a message. */
    void take(Message message) {
        if (message.entryType() == Entry.MEMBERSHIP) {
            raft.proposeMembership(
                    MembershipChange.decode(message.payload(), message.payloadOffset(), message.payloadLength()));
        } else {
            raft.propose(message.entryType(), message.payload(), message.payloadOffset(), message.payloadLength());
        }
    }
}
