package io.stele.simulator.cluster.check;

import io.stele.consensus.Message;
import io.stele.consensus.MessageType;
import io.stele.simulator.Violation;
import io.stele.simulator.cluster.SimMember;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.wal.Superblock;
import java.util.function.BooleanSupplier;

/**
 * What a member says must be on its disk by then: the term that it speaks in, its vote, the entries that it
 * acknowledges. The disk itself is asked, not the member.
 */
public final class Promises {
    private final SimMember member;
    private final RaftChecks checks;
    private final BooleanSupplier voteForced;
    private long durableTerm;
    private long durableVote;

    /** @param voteForced whether the superblock was forced since the last question */
    public Promises(SimMember member, RaftChecks checks, BooleanSupplier voteForced) {
        this.member = member;
        this.checks = checks;
        this.voteForced = voteForced;
    }

    /** A message is about to leave. */
    public void onSend(Message message) {
        if (message.type() == MessageType.PRE_VOTE || message.type() == MessageType.PRE_VOTE_REPLY) {
            return;
        }
        readDisk();
        if (durableTerm < message.term()) {
            throw new Violation(
                    "term durable",
                    member + " says " + text(message) + ", its disk knows term " + durableTerm + " only");
        }
        boolean isVote = message.type() == MessageType.VOTE_REPLY && !message.flag();
        boolean isCandidacy = message.type() == MessageType.VOTE;
        if (isVote || isCandidacy) {
            long candidate = isVote ? message.to() : member.memberId();
            if (durableTerm == message.term() && durableVote != candidate) {
                throw new Violation(
                        "vote durable",
                        member + " says " + text(message) + ", its disk has its vote for "
                                + Long.toHexString(durableVote));
            }
            checks.onVote(member, message.term(), candidate);
        } else if (message.type() == MessageType.APPEND_REPLY && !message.flag()) {
            checks.onAcknowledged(member, message.logIndex());
        }
    }

    private void readDisk() {
        if (!voteForced.getAsBoolean()) {
            return;
        }
        SimDisk copy = new SimDisk();
        copy.replace(Superblock.NAME, member.disk.durableBytes(Superblock.NAME));
        try (FileStore files = copy.mount();
                Superblock superblock = Superblock.open(files)) {
            durableTerm = superblock.term();
            durableVote = superblock.vote();
        }
    }

    private static String text(Message message) {
        return message.type() + " of term " + message.term() + " to " + Long.toHexString(message.to());
    }
}
