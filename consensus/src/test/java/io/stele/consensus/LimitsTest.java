package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipChange.Kind;
import io.stele.consensus.membership.MembershipChange.Transition;
import org.junit.jupiter.api.Test;

/** How the limits relate to each other, and why. */
final class LimitsTest {
    @Test
    void shouldHaveRoomForTheLongestEntryInABatch() {
        // or a proposal that is allowed could never be accepted
        assertTrue(Limits.UNSTABLE_BYTES_MAX >= Limits.ENTRY_BYTES_MAX);
        // or a follower could never take the longest append in one go, and would make the leader probe for ever
        assertTrue(Limits.UNSTABLE_BYTES_MAX >= Limits.APPEND_BYTES_MAX);
        // the default is four times the longer of the two
        assertTrue(Limits.UNSTABLE_BYTES_MAX / 4 >= Math.max(Limits.ENTRY_BYTES_MAX, Limits.APPEND_BYTES_MAX));
    }

    @Test
    void shouldAcceptTheLargestConfiguration() {
        new RaftConfig()
                .memberId(1)
                .entryBytesMax(Limits.ENTRY_BYTES_MAX)
                .appendBytesMax(Limits.APPEND_BYTES_MAX)
                .appendEntriesMax(Limits.APPEND_ENTRIES_MAX)
                .inflightMessagesMax(Limits.INFLIGHT_MESSAGES_MAX)
                .uncommittedEntriesMax(Limits.UNCOMMITTED_ENTRIES_MAX)
                .readsMax(Limits.READS_MAX)
                .electionTicks(Limits.ELECTION_TICKS_MAX)
                .validate();
    }

    @Test
    void shouldFitAnyMembershipIntoOneEntry() {
        // a change must fit the smallest entry that a sensible configuration allows
        MembershipChange change = new MembershipChange(Transition.AUTO);
        for (int i = 1; i <= Limits.CHANGE_STEPS_MAX; i++) {
            change.and(Kind.ADD_VOTER, i);
        }
        assertTrue(change.encodedLength() <= 512, "length " + change.encodedLength());
    }

    @Test
    void shouldAllowToReplaceEveryMemberAtOnce() {
        // half of the members leave and as many come, in one joint change
        assertTrue(Limits.CHANGE_STEPS_MAX >= Limits.MEMBERS_MAX);
    }

    @Test
    void shouldRefuseMoreMembersThanTheLimit() {
        Cluster cluster = Cluster.ofVoters(1);
        cluster.settle();
        MembershipChange change = new MembershipChange(Transition.AUTO);
        for (int i = 0; i < Limits.CHANGE_STEPS_MAX; i++) {
            change.and(Kind.ADD_LEARNER, 100 + i);
        }
        assertEquals(ProposeResult.MEMBERSHIP_INVALID, cluster.raft(1).proposeMembership(change));
        assertEquals(ProposeResult.TOO_LARGE, cluster.raft(1).proposeMembership(change.and(Kind.REMOVE, 1)));
    }

    @Test
    void shouldRefuseWhatCannotWork() {
        refuses(new RaftConfig(), "memberId");
        refuses(valid().electionTicks(1), "electionTicks");
        refuses(valid().heartbeatTicks(10).electionTicks(10), "heartbeatTicks");
        refuses(valid().entryBytesMax(0), "entryBytesMax");
        refuses(valid().appendBytesMax(-1), "appendBytesMax");
        refuses(valid().appendEntriesMax(0), "appendEntriesMax");
        refuses(valid().entryBytesMax(2048).unstableBytesMax(2047), "unstableBytesMax");
        refuses(valid().inflightMessagesMax(0), "inflightMessagesMax");
        refuses(valid().inflightBytesMax(0), "inflightBytesMax");
        refuses(valid().uncommittedEntriesMax(1000), "uncommittedEntriesMax");
        refuses(valid().uncommittedBytesMax(1), "uncommittedBytesMax");
        refuses(valid().applyingEntriesMax(0), "applyingEntriesMax");
        refuses(valid().readsMax(0), "readsMax");
    }

    @Test
    void shouldRefuseStatesThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> new HardState(0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new HardState(-1, 0, 0));
        HardState ahead = new HardState(1, 0, 5);
        Membership alone = Membership.ofVoters(1);
        assertThrows(IllegalArgumentException.class, () -> new Raft(valid(), new MemoryLog(), ahead, alone));
    }

    private static RaftConfig valid() {
        return new RaftConfig().memberId(1);
    }

    private static void refuses(RaftConfig config, String what) {
        String message =
                assertThrows(IllegalArgumentException.class, config::validate).getMessage();
        assertTrue(message.startsWith(what), message);
    }
}
