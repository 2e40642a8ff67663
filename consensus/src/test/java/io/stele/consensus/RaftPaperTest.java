package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.consensus.log.Entry;
import io.stele.consensus.membership.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** "In Search of an Understandable Consensus Algorithm" (extended version), section by section. */
final class RaftPaperTest {
    private static final Membership THREE = Membership.ofVoters(1, 2, 3);

    /** Member 1 of three, whose peers are played by the test. */
    private TestMember member = new TestMember(config(1), THREE, RaftTrace.NONE);

    private Raft raft = member.raft();
    private final List<Packet> sent = new ArrayList<>();

    private static RaftConfig config(long id) {
        return Cluster.config(id).preVote(false).checkQuorum(false);
    }

    @Nested
    final class Section51Terms {
        @Test
        void shouldFollowAHigherTermFromAnyRole() {
            step(message(MessageType.APPEND, 2, 2));
            assertState(Role.FOLLOWER, 2, 2);
            raft.campaign();
            step(message(MessageType.APPEND, 2, 4));
            assertState(Role.FOLLOWER, 4, 2);
            lead();
            step(message(MessageType.APPEND, 3, 9).log(1, 5));
            assertState(Role.FOLLOWER, 9, 3);
        }

        @Test
        void shouldIgnoreAStaleTerm() {
            step(message(MessageType.APPEND, 2, 3));
            Message stale = message(MessageType.APPEND, 3, 2);
            stale.addEntry(2, Entry.COMMAND, null, 0, 0);
            step(stale);
            assertEquals(0, raft.lastIndex());
            assertState(Role.FOLLOWER, 3, 2);
        }

        @Test
        void shouldMakeTermAndVoteDurableBeforeAnythingLeaves() {
            raft.step(message(MessageType.VOTE, 2, 5));
            Ready ready = raft.ready();
            assertTrue(ready.hardStateChanged());
            assertEquals(5, ready.term());
            assertEquals(2, ready.vote());
            assertEquals(1, ready.messages().count(), "the vote is in the same batch, after the hard state");
        }
    }

    @Nested
    final class Section52Elections {
        @Test
        void shouldStartAsFollower() {
            assertState(Role.FOLLOWER, 0, 0);
        }

        @Test
        void shouldCampaignWhenTheLeaderIsSilent() {
            ticks(2 * 10);
            assertEquals(Role.CANDIDATE, raft.role());
            assertEquals(1, raft.term());
            assertEquals(1, raft.vote());
            assertEquals(
                    List.of("1->2 VOTE term=1", "1->3 VOTE term=1"),
                    described().stream().distinct().toList(),
                    "who does not answer is asked again");
        }

        @Test
        void shouldStayFollowerWhileTheLeaderBeats() {
            for (int i = 0; i < 100; i++) {
                step(message(MessageType.HEARTBEAT, 2, 1));
                ticks(9);
            }
            assertState(Role.FOLLOWER, 1, 2);
        }

        @Test
        void shouldVoteForOneCandidatePerTermFirstComeFirstServed() {
            step(message(MessageType.VOTE, 2, 1));
            step(message(MessageType.VOTE, 3, 1));
            step(message(MessageType.VOTE, 2, 1));
            assertEquals(
                    List.of("1->2 VOTE_REPLY term=1", "1->3 VOTE_REPLY term=1 refused", "1->2 VOTE_REPLY term=1"),
                    described());
        }

        @Test
        void shouldRememberItsVoteAcrossARestart() {
            step(message(MessageType.VOTE, 2, 1));
            member.crash(0);
            member.restart(config(1));
            raft = member.raft();
            sent.clear();
            step(message(MessageType.VOTE, 3, 1));
            assertEquals(List.of("1->3 VOTE_REPLY term=1 refused"), described());
        }

        @Test
        void shouldLeadWithAMajorityAndLoseWithoutOne() {
            for (int voters = 1; voters <= 5; voters++) {
                for (int granted = 0; granted < voters; granted++) {
                    Cluster cluster = Cluster.ofVoters(voters, RaftPaperTest::config);
                    for (long other = 2L + granted; other <= voters; other++) {
                        cluster.cutOff(other);
                    }
                    cluster.raft(1).campaign();
                    cluster.settle();
                    boolean majority = granted + 1 > voters / 2;
                    assertEquals(
                            majority ? Role.LEADER : Role.CANDIDATE,
                            cluster.raft(1).role());
                }
            }
        }

        @Test
        void shouldFallBackWhenAnotherHasWonTheTerm() {
            raft.campaign();
            work();
            step(message(MessageType.APPEND, 3, raft.term()));
            assertState(Role.FOLLOWER, 1, 3);
        }

        @Test
        void shouldTryAgainInTheNextTermAfterASplitVote() {
            raft.campaign();
            work();
            ticks(2 * 10);
            assertEquals(Role.CANDIDATE, raft.role());
            assertEquals(2, raft.term());
        }

        @Test
        void shouldDrawEachTimeoutFromOneToTwoElectionTimeouts() {
            TreeSet<Integer> drawn = new TreeSet<>();
            for (int i = 0; i < 500; i++) {
                long before = raft.term();
                int ticks = 0;
                while (raft.term() == before) {
                    raft.tick();
                    ticks++;
                }
                work();
                drawn.add(ticks);
            }
            assertEquals(10, drawn.first());
            assertEquals(19, drawn.last());
            assertEquals(10, drawn.size());
        }

        @Test
        void shouldDrawTheSameTimeoutsFromTheSameSeedAndOthersFromAnother() {
            assertEquals(timeouts(7), timeouts(7));
            assertFalse(timeouts(7).equals(timeouts(8)));
        }

        private List<Long> timeouts(long seed) {
            Raft alone = new Raft(config(1).seed(seed), new MemoryLog(), HardState.INITIAL, THREE);
            List<Long> terms = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                alone.tick();
                terms.add(alone.term());
            }
            return terms;
        }

        @Test
        void shouldBeatAtEveryHeartbeatInterval() {
            lead();
            sent.clear();
            ticks(1);
            assertEquals(List.of("1->2 HEARTBEAT term=1 round=1", "1->3 HEARTBEAT term=1 round=1"), described());
        }

        @Test
        void shouldStopTheWorldWhenATermHasTwoLeaders() {
            lead();
            assertThrows(IllegalStateException.class, () -> step(message(MessageType.HEARTBEAT, 2, raft.term())));
        }
    }

    @Nested
    final class Section53Replication {
        @Test
        void shouldSendANewEntryWithWhatPrecedesIt() {
            lead();
            acknowledge(2, 1);
            acknowledge(3, 1);
            sent.clear();
            member.propose("a");
            work();
            assertEquals(
                    List.of(
                            "1->2 APPEND term=1 log=1/1 commit=1 entries=1 1:a",
                            "1->3 APPEND term=1 log=1/1 commit=1 entries=1 1:a"),
                    described());
        }

        @Test
        void shouldCommitWhenAMajorityHasMadeTheEntryDurable() {
            lead();
            member.sync();
            assertEquals(0, raft.commitIndex());
            acknowledge(2, 1);
            assertEquals(1, raft.commitIndex());
        }

        @Test
        void shouldNotCountItselfBeforeItsOwnLogIsDurable() {
            lead();
            acknowledge(2, 1);
            assertEquals(0, raft.commitIndex(), "two have the entry, one has it durably");
            member.sync();
            assertEquals(1, raft.commitIndex());
        }

        @Test
        void shouldCommitByOthersWhileItsOwnDiskIsSlowButApplyNothing() {
            lead();
            acknowledge(2, 1);
            acknowledge(3, 1);
            assertEquals(1, raft.commitIndex());
            work();
            assertEquals(0, raft.appliedIndex());
            member.sync();
            work();
            assertEquals(1, raft.appliedIndex());
        }

        @Test
        void shouldCommitWhatPrecedesAnEntryOfItsTerm() {
            member = TestMember.withLog(config(1), THREE, RaftTrace.NONE, 2, 1, 1, 2);
            raft = member.raft();
            lead();
            member.sync();
            assertEquals(0, raft.commitIndex());
            acknowledge(2, 4);
            assertEquals(4, raft.commitIndex());
        }

        @Test
        void shouldTellFollowersTheCommitIndex() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            cluster.member(1).propose("a");
            cluster.settle();
            for (long id = 1; id <= 3; id++) {
                assertEquals(2, cluster.raft(id).appliedIndex());
            }
        }

        @Test
        void shouldRefuseAnAppendThatDoesNotFit() {
            member = TestMember.withLog(config(1), THREE, RaftTrace.NONE, 2, 1, 2);
            raft = member.raft();
            step(message(MessageType.APPEND, 2, 3).log(3, 2)); // missing
            step(message(MessageType.APPEND, 2, 3).log(2, 3)); // of another term
            assertEquals(
                    List.of(
                            "1->2 APPEND_REPLY term=3 log=3/2 hint=2 refused",
                            "1->2 APPEND_REPLY term=3 log=2/2 hint=2 refused"),
                    described());
        }

        @Test
        void shouldReplaceWhatConflictsAndKeepWhatDoesNot() {
            member = TestMember.withLog(config(1), THREE, RaftTrace.NONE, 2, 1, 1, 2, 2);
            raft = member.raft();
            Message append = message(MessageType.APPEND, 2, 3).log(1, 1);
            append.addEntry(1, Entry.COMMAND, null, 0, 0).addEntry(3, Entry.COMMAND, null, 0, 0);
            step(append);
            assertEquals(3, raft.lastIndex());
            assertEquals(3, raft.lastTerm());
            assertEquals(1, member.log().term(2));

            step(message(MessageType.APPEND, 2, 3).log(1, 1)); // an older one, late: nothing is cut
            assertEquals(3, raft.lastIndex());
        }

        @Test
        void shouldAcknowledgeOnlyWhatIsDurable() {
            Message append = message(MessageType.APPEND, 2, 1);
            append.addEntry(1, Entry.COMMAND, null, 0, 0);
            step(append);
            assertEquals(List.of(), described());
            member.sync();
            work();
            assertEquals(List.of("1->2 APPEND_REPLY term=1 log=1/0"), described());
        }

        @Test
        void shouldNeverCutWhatIsCommitted() {
            Message append = message(MessageType.APPEND, 2, 1);
            append.addEntry(1, Entry.COMMAND, null, 0, 0);
            step(append.commit(1));
            Message forged = message(MessageType.APPEND, 3, 2).log(0, 0);
            forged.addEntry(2, Entry.COMMAND, null, 0, 0);
            step(forged);
            assertEquals(1, member.log().term(1), "what is committed agrees with every leader");
        }
    }

    /** Figure 7: a leader of term 8 brings each of these logs in line with its own. */
    @Nested
    final class Figure7 {
        private static final long[] LEADER = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};

        @Test
        void shouldRepairLogsThatLackEntries() {
            repair(1, 1, 1, 4, 4, 5, 5, 6, 6);
            repair(1, 1, 1, 4);
        }

        @Test
        void shouldRepairLogsThatHaveMore() {
            repair(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6);
            repair(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7);
        }

        @Test
        void shouldRepairLogsThatHaveOthers() {
            repair(1, 1, 1, 4, 4, 4, 4);
            repair(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3);
        }

        private void repair(long... follower) {
            Cluster cluster = new Cluster(RaftPaperTest::config);
            cluster.addWithLog(1, THREE, 7, LEADER);
            cluster.addWithLog(2, THREE, 7, follower);
            cluster.addWithLog(3, THREE, 7, 1); // gives the vote that the other may refuse
            cluster.raft(1).campaign();
            cluster.settle();
            cluster.ticks(3);
            assertEquals(Role.LEADER, cluster.raft(1).role());
            assertEquals(11, cluster.raft(2).commitIndex());
            assertEquals(cluster.member(1).state(), cluster.member(2).state());
            assertEquals(cluster.raft(1).lastIndex(), cluster.raft(2).lastIndex());
        }
    }

    @Nested
    final class Section54Safety {
        @Test
        void shouldVoteOnlyForALogThatIsAtLeastAsGood() {
            assertVote(true, 2, 2);
            assertVote(true, 3, 2);
            assertVote(true, 1, 3);
            assertVote(false, 1, 2);
            assertVote(false, 3, 1);
        }

        private void assertVote(boolean grants, long lastIndex, long lastTerm) {
            member = TestMember.withLog(config(1), THREE, RaftTrace.NONE, 2, 1, 2);
            raft = member.raft();
            sent.clear();
            step(message(MessageType.VOTE, 2, 4).log(lastIndex, lastTerm));
            assertEquals(grants, !sent.get(0).message().flag());
        }

        /** Figure 8: an entry of an older term is on a majority, and yet may be overwritten. */
        @Test
        void shouldNotCommitAnEntryOfAnOlderTermByCounting() {
            member = TestMember.withLog(config(1), THREE, RaftTrace.NONE, 3, 1, 2);
            raft = member.raft();
            lead();
            member.sync();
            assertEquals(4, raft.term());
            acknowledge(2, 2);
            assertEquals(0, raft.commitIndex(), "a majority has entry 2, but of term 2");
            acknowledge(2, 3);
            assertEquals(3, raft.commitIndex(), "with an entry of its own term all before it are committed");
        }

        @Test
        void shouldElectOnlyWhoHasAllThatIsCommitted() {
            Cluster cluster = Cluster.ofVoters(3, RaftPaperTest::config);
            cluster.elect(1);
            cluster.cutOff(3);
            cluster.member(1).propose("a");
            cluster.settle();
            assertEquals(2, cluster.raft(1).commitIndex());
            cluster.heal();
            cluster.cutOff(1);
            cluster.raft(3).campaign();
            cluster.settle();
            assertEquals(Role.CANDIDATE, cluster.raft(3).role(), "2 has an entry that 3 lacks");
            cluster.raft(2).campaign();
            cluster.settle();
            assertEquals(Role.LEADER, cluster.raft(2).role());
        }
    }

    @Nested
    final class Section7Snapshots {
        @Test
        void shouldSendASnapshotWhenTheNextEntryHasBeenReleased() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            cluster.cutOff(3);
            for (int i = 0; i < 10; i++) {
                cluster.member(1).propose("value " + i);
                cluster.settle();
            }
            cluster.member(1).checkpoint();
            cluster.member(1).release(0);
            cluster.heal();
            cluster.ticks(2);
            assertEquals(12, cluster.member(3).log().firstIndex(), "it has no entries, only the snapshot");
            assertEquals(cluster.member(1).state(), cluster.member(3).state());
            cluster.member(1).propose("after");
            cluster.settle();
            assertEquals(12, cluster.raft(3).appliedIndex());
        }

        @Test
        void shouldRefuseASnapshotThatBringsNothing() {
            Message append = message(MessageType.APPEND, 2, 1);
            append.addEntry(1, Entry.COMMAND, null, 0, 0).addEntry(1, Entry.COMMAND, null, 0, 0);
            step(append.commit(1));
            assertFalse(raft.installSnapshot(1, 1, THREE));
            assertFalse(raft.installSnapshot(2, 1, THREE), "the log has it");
            assertEquals(2, raft.commitIndex(), "but now it is known to be committed");
            assertEquals(2, raft.lastIndex());
        }
    }

    @Nested
    final class Section8Reads {
        @Test
        void shouldServeAReadOnlyAfterAHeartbeatRoundThatBeganLater() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            cluster.filter(packet -> packet.message().type() != MessageType.HEARTBEAT_REPLY);
            cluster.ticks(1); // round 1 is on its way and will be answered late
            long read = cluster.read(1);
            cluster.raft(1).step(message(MessageType.HEARTBEAT_REPLY, 2, 1, 1).round(1));
            cluster.settle();
            assertEquals(List.of(), cluster.member(1).reads(), "an answer to an earlier round");
            cluster.raft(1).step(message(MessageType.HEARTBEAT_REPLY, 2, 1, 1).round(2));
            cluster.settle();
            assertEquals(
                    List.of(new TestMember.Read(read, 1)), cluster.member(1).reads());
        }

        @Test
        void shouldAnswerAFollowersRead() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            cluster.member(1).propose("a");
            cluster.settle();
            long read = cluster.read(3);
            cluster.settle();
            assertEquals(
                    List.of(new TestMember.Read(read, 2)), cluster.member(3).reads());
        }

        @Test
        void shouldIgnoreAnAnswerToAnAttemptOfAnEarlierLife() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            cluster.filter(packet -> packet.message().type() != MessageType.READ_REPLY);
            List<Packet> late = new ArrayList<>();
            cluster.read(3);
            cluster.work(cluster.member(3));
            late.addAll(cluster.onTheWay());
            long attempt = late.get(0).message().round();
            cluster.settle();
            cluster.member(3).crash(0);
            cluster.member(3).restart(config(3).seed(99));
            cluster.ticks(1);
            cluster.read(3);
            cluster.settle();
            cluster.raft(3)
                    .step(message(MessageType.READ_REPLY, 1, 3, 1)
                            .round(attempt)
                            .log(1, 0));
            cluster.settle();
            assertEquals(List.of(), cluster.member(3).reads());
        }

        @Test
        void shouldDropReadsWhenLeadershipIsLost() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            cluster.cutOff(1);
            long read = cluster.read(1);
            cluster.settle();
            cluster.heal();
            cluster.filter(packet -> packet.message().type() != MessageType.HEARTBEAT_REPLY);
            cluster.raft(1).step(message(MessageType.HEARTBEAT, 2, 1, 9));
            cluster.settle();
            assertEquals(List.of(read), cluster.member(1).droppedReads());
        }

        @Test
        void shouldServeNoReadBeforeAnEntryOfItsTermIsCommitted() {
            lead();
            raft.requestRead(1);
            ticks(1);
            step(message(MessageType.HEARTBEAT_REPLY, 2, 1).round(1));
            assertEquals(0, member.reads().size());
            member.sync();
            acknowledge(2, 1);
            ticks(1);
            step(message(MessageType.HEARTBEAT_REPLY, 2, 1).round(2));
            assertEquals(1, member.reads().size());
        }

        @Test
        void shouldAppendANoOpFirst() {
            lead();
            assertEquals(1, raft.lastIndex());
            Entry entry = new Entry();
            assertTrue(member.log().read(1, entry));
            assertEquals(Entry.NOOP, entry.type());
        }
    }

    @Nested
    final class ProposalsOfFollowers {
        @Test
        void shouldReachTheLeader() {
            Cluster cluster = Cluster.ofVoters(3);
            cluster.elect(1);
            assertEquals(ProposeResult.FORWARDED, cluster.member(2).propose("a"));
            cluster.settle();
            assertEquals("a", cluster.member(3).state().get(1).payload());
        }

        @Test
        void shouldNotBeTakenInALaterTerm() {
            Cluster cluster = Cluster.ofVoters(3, RaftPaperTest::config);
            cluster.elect(1);
            Message late = new Message().reset(MessageType.PROPOSE, 2, 1, 1);
            late.payload(Entry.COMMAND, new UnsafeBuffer(new byte[1]), 0, 1);
            cluster.elect(3);
            cluster.elect(1);
            long last = cluster.raft(1).lastIndex();
            cluster.raft(1).step(late);
            assertEquals(last, cluster.raft(1).lastIndex());
        }
    }

    // The stage

    private void lead() {
        raft.campaign();
        work();
        long term = raft.term();
        step(message(MessageType.VOTE_REPLY, 2, term));
        assertEquals(Role.LEADER, raft.role());
        assertNotNull(member.log());
    }

    private void acknowledge(long from, long logIndex) {
        step(message(MessageType.APPEND_REPLY, from, raft.term()).log(logIndex, 0));
    }

    private static Message message(MessageType type, long from, long term) {
        return message(type, from, 1, term);
    }

    private static Message message(MessageType type, long from, long to, long term) {
        return new Message().reset(type, from, to, term);
    }

    private void step(Message message) {
        raft.step(message);
        work();
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            raft.tick();
            work();
        }
    }

    private void work() {
        member.work(sent::add);
    }

    /** What has been sent since this was last asked. */
    private List<String> described() {
        List<String> described = sent.stream().map(Packet::describe).toList();
        sent.clear();
        return described;
    }

    private void assertState(Role role, long term, long leaderId) {
        assertEquals(role, raft.role());
        assertEquals(term, raft.term());
        assertEquals(leaderId, raft.leaderId());
    }
}
