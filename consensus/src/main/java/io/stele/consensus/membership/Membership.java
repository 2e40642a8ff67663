package io.stele.consensus.membership;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Who votes and who only learns; immutable.
 *
 * <p>While a change of several voters is under way the configuration is <em>joint</em>: decisions need a majority of
 * the {@link #voters()} and one of the {@link #outgoingVoters()}. A voter that is to become a learner waits in
 * {@link #learnersNext()} until the joint configuration is left, so nobody is voter and learner at once. The id 0 is
 * nobody's.
 */
public final class Membership {
    /** Nobody: a member that has not joined a cluster yet. */
    public static final Membership EMPTY = new Membership(new long[0], new long[0], new long[0], new long[0], false);

    private final long[] voters;
    private final long[] outgoing;
    private final long[] learners;
    private final long[] learnersNext;
    private final boolean autoLeave;

    Membership(long[] voters, long[] outgoing, long[] learners, long[] learnersNext, boolean autoLeave) {
        this.voters = voters;
        this.outgoing = outgoing;
        this.learners = learners;
        this.learnersNext = learnersNext;
        this.autoLeave = autoLeave;
    }

    /** A configuration of voters only. */
    public static Membership ofVoters(long... voterIds) {
        return of(voterIds, new long[0]);
    }

    /** A configuration of voters and learners, not joint. */
    public static Membership of(long[] voterIds, long[] learnerIds) {
        MembershipEdit edit = MembershipEdit.start(EMPTY);
        for (long id : voterIds) {
            edit.addVoter(id);
        }
        for (long id : learnerIds) {
            edit.addLearner(id);
        }
        return edit.result();
    }

    public long[] voters() {
        return voters.clone();
    }

    public long[] outgoingVoters() {
        return outgoing.clone();
    }

    public long[] learners() {
        return learners.clone();
    }

    /** Voters of the outgoing half that become learners when the joint configuration is left. */
    public long[] learnersNext() {
        return learnersNext.clone();
    }

    public int voterCount() {
        return voters.length;
    }

    public int outgoingVoterCount() {
        return outgoing.length;
    }

    /** Whether there is nobody: the member has not joined a cluster yet. */
    public boolean isEmpty() {
        return voters.length == 0;
    }

    public boolean isJoint() {
        return outgoing.length > 0;
    }

    /** Whether the leader leaves the joint configuration without being asked to. */
    public boolean autoLeave() {
        return autoLeave;
    }

    /** Whether the member votes, in either half. */
    public boolean isVoter(long memberId) {
        return contains(voters, memberId) || contains(outgoing, memberId);
    }

    /** Whether the member votes in the incoming half: after all changes under way. */
    public boolean isIncomingVoter(long memberId) {
        return contains(voters, memberId);
    }

    public boolean isOutgoingVoter(long memberId) {
        return contains(outgoing, memberId);
    }

    public boolean isLearner(long memberId) {
        return contains(learners, memberId);
    }

    boolean isLearnerNext(long memberId) {
        return contains(learnersNext, memberId);
    }

    /** Whether the member is part of this configuration at all. */
    public boolean contains(long memberId) {
        return isVoter(memberId) || isLearner(memberId);
    }

    /** Whether this member alone is a quorum. */
    public boolean isSoleVoter(long memberId) {
        return voters.length == 1 && voters[0] == memberId && outgoing.length == 0;
    }

    /** All ids, ascending, each once. */
    public long[] memberIds() {
        long[] all = new long[voters.length + outgoing.length + learners.length];
        System.arraycopy(voters, 0, all, 0, voters.length);
        System.arraycopy(outgoing, 0, all, voters.length, outgoing.length);
        System.arraycopy(learners, 0, all, voters.length + outgoing.length, learners.length);
        Arrays.sort(all);
        int count = 0;
        for (long id : all) {
            if (count == 0 || all[count - 1] != id) {
                all[count++] = id;
            }
        }
        return Arrays.copyOf(all, count);
    }

    public int encodedLength() {
        return MembershipDescriptor.IDS_OFFSET
                + MembershipDescriptor.ID_LENGTH
                        * (voters.length + outgoing.length + learners.length + learnersNext.length);
    }

    /** Writes this configuration; see {@link MembershipDescriptor}. Returns the length. */
    public int encode(MutableDirectBuffer buffer, int offset) {
        buffer.putByte(offset + MembershipDescriptor.VERSION_OFFSET, MembershipDescriptor.VERSION);
        buffer.putByte(
                offset + MembershipDescriptor.FLAGS_OFFSET, autoLeave ? MembershipDescriptor.FLAG_AUTO_LEAVE : 0);
        long[][] parts = {voters, outgoing, learners, learnersNext};
        int at = offset + MembershipDescriptor.IDS_OFFSET;
        for (int i = 0; i < parts.length; i++) {
            int countOffset = offset + MembershipDescriptor.COUNTS_OFFSET + 2 * i;
            buffer.putShort(countOffset, (short) parts[i].length, ByteOrder.LITTLE_ENDIAN);
            for (long id : parts[i]) {
                buffer.putLong(at, id, ByteOrder.LITTLE_ENDIAN);
                at += MembershipDescriptor.ID_LENGTH;
            }
        }
        return at - offset;
    }

    /** Reads what {@link #encode} has written; throws on anything else. */
    public static Membership decode(DirectBuffer buffer, int offset, int length) {
        check(length >= MembershipDescriptor.IDS_OFFSET, "too short");
        check(
                buffer.getByte(offset + MembershipDescriptor.VERSION_OFFSET) == MembershipDescriptor.VERSION,
                "unknown version");
        long[][] parts = new long[4][];
        int at = offset + MembershipDescriptor.IDS_OFFSET;
        for (int i = 0; i < parts.length; i++) {
            int countOffset = offset + MembershipDescriptor.COUNTS_OFFSET + 2 * i;
            int count = buffer.getShort(countOffset, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
            check(count <= (offset + length - at) / MembershipDescriptor.ID_LENGTH, "ids are cut off");
            parts[i] = new long[count];
            for (int j = 0; j < count; j++) {
                parts[i][j] = buffer.getLong(at, ByteOrder.LITTLE_ENDIAN);
                check(parts[i][j] != 0 && (j == 0 || parts[i][j] > parts[i][j - 1]), "ids are out of order");
                at += MembershipDescriptor.ID_LENGTH;
            }
        }
        check(at == offset + length, "bytes are left over");
        byte flags = buffer.getByte(offset + MembershipDescriptor.FLAGS_OFFSET);
        return new Membership(
                parts[0], parts[1], parts[2], parts[3], (flags & MembershipDescriptor.FLAG_AUTO_LEAVE) != 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Membership that
                && Arrays.equals(voters, that.voters)
                && Arrays.equals(outgoing, that.outgoing)
                && Arrays.equals(learners, that.learners)
                && Arrays.equals(learnersNext, that.learnersNext)
                && autoLeave == that.autoLeave;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(voters) + Arrays.hashCode(outgoing)) + Arrays.hashCode(learners);
    }

    /** For people: {@code voters 1 2 3, outgoing 1 2, learners 4, next learners 2, leaves by itself}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("voters");
        append(text, voters);
        append(text, ", outgoing", outgoing);
        append(text, ", learners", learners);
        append(text, ", next learners", learnersNext);
        return text.append(autoLeave ? ", leaves by itself" : "").toString();
    }

    private static void append(StringBuilder text, String label, long[] ids) {
        if (ids.length > 0) {
            append(text.append(label), ids);
        }
    }

    private static void append(StringBuilder text, long[] ids) {
        for (long id : ids) {
            text.append(' ').append(id);
        }
    }

    private static boolean contains(long[] ids, long memberId) {
        return Arrays.binarySearch(ids, memberId) >= 0;
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("membership: " + message);
        }
    }
}
