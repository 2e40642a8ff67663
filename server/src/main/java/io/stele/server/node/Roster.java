package io.stele.server.node;

import io.stele.server.config.ListenUrl;
import io.stele.server.machine.MemberRecord;
import io.stele.server.machine.MemberTable;
import io.stele.transport.peer.PeerAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.LongArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the peer link in step with who the members are, as of what has been applied. */
final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    /** A removed member may still hold the vote that its successors need, see the core's decisions. */
    private static final long REMOVED_LONG_NS = TimeUnit.SECONDS.toNanos(3);

    /** How long others listen to it. */
    private static final long PARTING_NS = TimeUnit.SECONDS.toNanos(10);

    private final NodeState node;
    private final LongArrayList introduced = new LongArrayList();
    private MemberTable seen;
    private long removedSinceNs;
    private long partedNs;
    private long changesSeen;

    /** Introduces those who are members now: an address that cannot be listened on is found out here. */
    Roster(NodeState node) {
        this.node = node;
        doWork();
    }

    int doWork() {
        MemberTable members = node.machine.members();
        if (isSeen(members)) {
            return part();
        }
        List<MemberRecord> known = members.membership().isEmpty() ? node.hosts : members.members();
        for (MemberRecord member : known) {
            if (member.memberId() != node.identity.memberId()) {
                introduce(member);
            }
        }
        for (int i = introduced.size() - 1; i >= 0; i--) {
            long memberId = introduced.getLong(i);
            if (!members.membership().isEmpty() && members.member(memberId) == null) {
                LOG.info("member {} has been removed", Long.toHexString(memberId));
                introduced.fastUnorderedRemove(i);
                node.parting.addLong(memberId);
                partedNs = node.nowNs + PARTING_NS;
            }
        }
        seen = members;
        changesSeen = members.changeCount();
        return 1;
    }

    /** Listens to the removed ones no more, once they have had time to learn of it. */
    private int part() {
        if (node.parting.isEmpty() || node.nowNs - partedNs < 0) {
            return 0;
        }
        for (int i = 0; i < node.parting.size(); i++) {
            node.peers.removePeer(node.parting.getLong(i));
        }
        node.parting.clear();
        return 1;
    }

    /** Whether it is one of the other members as of the applied index, or of those who bring this one its state. */
    boolean knows(long memberId) {
        return introduced.containsLong(memberId);
    }

    /** Whether this member itself was removed some time ago. */
    boolean isLongRemoved() {
        MemberTable members = node.machine.members();
        if (members.membership().isEmpty() || members.membership().contains(node.identity.memberId())) {
            removedSinceNs = 0;
            return false;
        }
        if (removedSinceNs == 0) {
            removedSinceNs = node.nowNs;
        }
        return node.nowNs - removedSinceNs >= REMOVED_LONG_NS;
    }

    @SuppressWarnings("ReferenceEquality") // a snapshot brings another table
    private boolean isSeen(MemberTable members) {
        return members == seen && members.changeCount() == changesSeen;
    }

    private void introduce(MemberRecord member) {
        if (member.peerUrls().isEmpty()) {
            return;
        }
        ListenUrl url = ListenUrl.parse("member", member.peerUrls().get(0));
        try {
            node.peers.addPeer(member.memberId(), new PeerAddress(url.host(), url.port()));
        } catch (IllegalStateException e) {
            if (seen == null) {
                throw e; // at the start, where somebody reads it
            }
            LOG.error("member {} cannot be reached: {}", Long.toHexString(member.memberId()), e.getMessage());
            return;
        }
        if (!introduced.containsLong(member.memberId())) {
            introduced.addLong(member.memberId());
        }
    }
}
