package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipChange.Kind;
import io.stele.consensus.membership.MembershipChange.Transition;
import io.stele.consensus.membership.MembershipEdit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What the core writes into entries and snapshot messages, and that it takes nothing else. */
final class MalformedInputTest {
    private static final int OFFSET = 5;

    private final MembershipChange change = new MembershipChange(Transition.JOINT_IMPLICIT)
            .and(Kind.ADD_VOTER, 4)
            .and(Kind.ADD_LEARNER, 1)
            .and(Kind.REMOVE, -2)
            .context(new UnsafeBuffer("addresses".getBytes(java.nio.charset.StandardCharsets.US_ASCII)), 0, 9);

    private final Membership membership = MembershipEdit.of(
                    Membership.of(new long[] {3, 1, -2}, new long[] {9}), change)
            .result();

    @Test
    void shouldReadTheChangeItWrote() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[OFFSET + change.encodedLength()]);
        assertEquals(change.encodedLength(), change.encode(buffer, OFFSET));
        MembershipChange read = MembershipChange.decode(buffer, OFFSET, change.encodedLength());
        assertEquals(Transition.JOINT_IMPLICIT, read.transition());
        assertEquals(3, read.stepCount());
        assertEquals(Kind.REMOVE, read.kind(2));
        assertEquals(-2, read.memberId(2));
        assertEquals("addresses", read.context().getStringWithoutLengthAscii(0, 9));
    }

    @Test
    void shouldReadTheMembershipItWrote() {
        assertEquals(
                "voters 3 4, outgoing -2 1 3, learners 9, next learners 1, leaves by itself", membership.toString());
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[OFFSET + membership.encodedLength()]);
        assertEquals(membership.encodedLength(), membership.encode(buffer, OFFSET));
        assertEquals(membership, Membership.decode(buffer, OFFSET, membership.encodedLength()));
    }

    @Test
    void shouldRefuseEveryCutOff() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
        int changeLength = change.encode(buffer, 0);
        for (int length = 0; length < changeLength; length++) {
            int cut = length;
            assertThrows(IllegalArgumentException.class, () -> MembershipChange.decode(buffer, 0, cut));
        }
        int membershipLength = membership.encode(buffer, 0);
        for (int length = 0; length < membershipLength; length++) {
            int cut = length;
            assertThrows(IllegalArgumentException.class, () -> Membership.decode(buffer, 0, cut));
        }
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
        int length = change.encode(buffer, 0);
        for (int offset : new int[] {0, 1, 8}) { // version, transition, kind of the first step
            byte was = buffer.getByte(offset);
            buffer.putByte(offset, (byte) 99);
            assertThrows(IllegalArgumentException.class, () -> MembershipChange.decode(buffer, 0, length));
            buffer.putByte(offset, was);
        }
        int membershipLength = membership.encode(buffer, 0);
        buffer.putLong(10, 77); // the first id is now above the second
        assertThrows(IllegalArgumentException.class, () -> Membership.decode(buffer, 0, membershipLength));
    }

    @Test
    void shouldRefuseMessagesThatNoMemberSends() {
        Raft raft = new Raft(Cluster.config(1), new MemoryLog(), HardState.INITIAL, Membership.ofVoters(1, 2, 3));
        refuses(raft, new Message().reset(MessageType.APPEND, 2, 9, 1)); // to somebody else
        refuses(raft, new Message().reset(MessageType.APPEND, 1, 1, 1)); // from ourselves
        refuses(raft, new Message().reset(MessageType.APPEND, 0, 1, 1)); // from nobody
        refuses(raft, new Message().reset(MessageType.APPEND, 2, 1, 0)); // of no term
        refuses(raft, new Message().reset(MessageType.SNAPSHOT, 2, 1, 1)); // never enters
        refuses(raft, new Message().reset(MessageType.APPEND, 2, 1, 1).log(-1, 0));
        refuses(raft, new Message().reset(MessageType.APPEND, 2, 1, 1).log(1, 2)); // from the future
        refuses(raft, new Message().reset(MessageType.APPEND, 2, 1, 1).entryCount(3)); // without entries
        Message descending = new Message().reset(MessageType.APPEND, 2, 1, 5);
        descending.addEntry(4, (byte) 1, null, 0, 0).addEntry(3, (byte) 1, null, 0, 0);
        refuses(raft, descending);
        assertThrows(IllegalArgumentException.class, () -> MessageType.of(0));
        assertThrows(IllegalArgumentException.class, () -> MessageType.of(99));
        for (MessageType type : MessageType.values()) {
            assertEquals(type, MessageType.of(type.code()));
        }
    }

    private static void refuses(Raft raft, Message message) {
        assertThrows(IllegalArgumentException.class, () -> raft.step(message));
        assertEquals(0, raft.term());
        assertEquals(0, raft.lastIndex());
    }
}
