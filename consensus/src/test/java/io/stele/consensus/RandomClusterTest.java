package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipChange.Kind;
import io.stele.consensus.membership.MembershipChange.Transition;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whole clusters under a storm of everything that may go wrong, drawn from a seed and checked at each step by {@link
 * Checker}; then calm, in which they must agree and go on. To replay a seed: {@code -Dstele.seed=N}.
 */
final class RandomClusterTest {
    private static final int SEEDS = Integer.getInteger("stele.seeds", 500);
    private static final int STEPS = 4000;
    private static final int JOINER_MAX = 7;
    private static final Kind[] KINDS = Kind.values();

    @Test
    void shouldStaySafeInTheStormAndAgreeInTheCalm() {
        Integer only = Integer.getInteger("stele.seed");
        Seen seen = new Seen();
        for (int seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
            try {
                new Storm(seed, seen).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
        if (only == null && SEEDS >= 100) {
            seen.check();
        }
    }

    /** What must have happened at some time, or the storm was too mild to show anything. */
    private static final class Seen {
        private long committed;
        private long leaders;
        private long crashes;
        private long truncations;
        private long snapshots;
        private long memberships;
        private long joints;
        private long reads;
        private long droppedReads;

        void check() {
            String all = "committed " + committed + ", leaders " + leaders + ", crashes " + crashes + ", truncations "
                    + truncations + ", snapshots " + snapshots + ", memberships " + memberships + ", joint " + joints
                    + ", reads " + reads + ", dropped reads " + droppedReads;
            assertTrue(
                    committed > SEEDS * 20L
                            && leaders > SEEDS * 3L
                            && crashes > SEEDS * 3L
                            && truncations > SEEDS / 2
                            && snapshots > SEEDS / 20
                            && memberships > SEEDS / 2
                            && joints > SEEDS / 10
                            && reads > SEEDS * 5L
                            && droppedReads > SEEDS,
                    all);
        }
    }

    private static final class Storm {
        private final Random random;
        private final Seen seen;
        private final Cluster cluster;
        private final RaftConfig knobs;
        private final int voters;
        private final int trouble; // in a thousand steps
        private final boolean bursts; // of ticks
        private final boolean partitions;
        private final int memberMax; // above voters: members that may join
        private long lastValue;
        private long lives;

        Storm(int seed, Seen seen) {
            this.random = new Random(seed);
            this.seen = seen;
            this.voters = pick(1, 2, 3, 3, 3, 4, 5, 5);
            this.trouble = pick(2, 10, 45, 70);
            this.bursts = random.nextInt(3) == 0;
            this.partitions = random.nextBoolean();
            this.memberMax = random.nextBoolean() ? voters : JOINER_MAX;
            this.knobs = knobs();
            this.cluster = Cluster.ofVoters(voters, this::config);
            for (long id = voters + 1L; id <= memberMax; id++) {
                cluster.add(id, Membership.EMPTY);
            }
        }

        private RaftConfig knobs() {
            int appendBytes = pick(8, 64, 4096);
            return new RaftConfig()
                    .electionTicks(pick(3, 5, 10))
                    .preVote(random.nextBoolean())
                    .checkQuorum(random.nextBoolean())
                    .entryBytesMax(512)
                    .appendBytesMax(appendBytes)
                    .appendEntriesMax(pick(1, 3, 64))
                    .unstableBytesMax(Math.max(appendBytes, pick(512, 1024, 1 << 20)))
                    .inflightMessagesMax(pick(1, 2, 16))
                    .inflightBytesMax(pick(16, 1 << 20))
                    .uncommittedEntriesMax(pick(4, 64, 1024))
                    .applyingEntriesMax(pick(1, 8, 1024));
        }

        private RaftConfig config(long id) {
            lives++;
            return new RaftConfig()
                    .memberId(id)
                    .seed(random.nextLong() + lives)
                    .electionTicks(knobs.electionTicks())
                    .preVote(knobs.preVote())
                    .checkQuorum(knobs.checkQuorum())
                    .entryBytesMax(knobs.entryBytesMax())
                    .appendBytesMax(knobs.appendBytesMax())
                    .appendEntriesMax(knobs.appendEntriesMax())
                    .unstableBytesMax(knobs.unstableBytesMax())
                    .inflightMessagesMax(knobs.inflightMessagesMax())
                    .inflightBytesMax(knobs.inflightBytesMax())
                    .uncommittedEntriesMax(knobs.uncommittedEntriesMax())
                    .applyingEntriesMax(knobs.applyingEntriesMax());
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            calm();
            seen.committed += cluster.checker().committed();
            seen.leaders += cluster.checker().leaderCount();
            seen.truncations += cluster.checker().truncationCount();
            seen.snapshots += cluster.checker().snapshotCount();
            seen.memberships += cluster.checker().membershipCount();
            seen.joints += cluster.checker().jointCount();
            for (TestMember member : cluster.members().values()) {
                seen.reads += member.reads().size();
                seen.droppedReads += member.droppedReads().size();
            }
        }

        // The storm

        private void step() {
            TestMember member = cluster.member(1 + random.nextInt(memberMax));
            int dice = random.nextInt(1000);
            if (dice < 380) {
                deliver(dice);
            } else if (!member.isUp()) {
                if (dice < 440) {
                    restart(member);
                }
            } else if (dice < 600) {
                work(member);
            } else if (dice < 710) {
                disk(member);
            } else if (dice < 860) {
                tick(member);
            } else if (dice < 920) {
                member.propose("value " + ++lastValue);
            } else if (dice < 1000 - trouble) {
                cluster.read(member.id());
            } else {
                disturb(member, random.nextInt(45));
            }
        }

        private void deliver(int dice) {
            List<Packet> onTheWay = cluster.onTheWay();
            if (onTheWay.isEmpty()) {
                return;
            }
            int at = dice < 280 ? 0 : random.nextInt(onTheWay.size());
            Packet packet = dice < 360 ? onTheWay.remove(at) : onTheWay.get(at);
            if (dice < 20 || (onTheWay.size() > 300 && random.nextBoolean())) {
                cluster.lose(packet);
            } else {
                cluster.deliver(packet);
            }
        }

        private void work(TestMember member) {
            try {
                cluster.work(member);
            } catch (TestMember.Crash e) {
                crash(member);
            }
        }

        private void disk(TestMember member) {
            if (random.nextBoolean()) {
                member.beginSync();
            } else {
                member.endSync();
            }
            cluster.checker().checkMember(member);
        }

        private void disturb(TestMember member, int dice) {
            if (dice < 2) {
                crash(member);
            } else if (dice < 5) {
                member.crashAt(1 + random.nextInt(6));
            } else if (dice < 17) {
                partition(member, dice);
            } else if (dice < 22) {
                member.checkpoint();
                member.release(random.nextInt(4));
            } else if (dice < 25) {
                member.raft().transferLeadership(1 + random.nextInt(memberMax));
            } else if (dice < 28) {
                member.raft().onUnreachable(1 + random.nextInt(memberMax));
            } else if (dice < 34) {
                member.raft().campaign();
            } else if (dice < 43) {
                changeMembership(member);
            } else {
                member.raft().onSnapshotDone(1 + random.nextInt(memberMax), false);
            }
        }

        private void partition(TestMember member, int dice) {
            if (!partitions || dice < 8) {
                cluster.heal();
            } else if (dice < 11) {
                cluster.cutOff(member.id());
            } else if (dice < 14) {
                isolateLeader();
            } else {
                cutSomeWays();
            }
        }

        /** Several at once: a pause of the others looks like this. */
        private void tick(TestMember member) {
            for (int i = bursts ? random.nextInt(4) : 0; i >= 0; i--) {
                member.raft().tick();
            }
        }

        /** It takes proposals that nobody else hears of. */
        private void isolateLeader() {
            TestMember leader = cluster.leader();
            if (leader != null) {
                cluster.cutOff(leader.id());
                for (int i = random.nextInt(6); i > 0; i--) {
                    leader.propose("lonely " + ++lastValue);
                }
            }
        }

        private void cutSomeWays() {
            boolean[][] cut = new boolean[memberMax + 1][memberMax + 1];
            for (boolean[] row : cut) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = random.nextInt(3) == 0;
                }
            }
            cluster.filter(packet -> !cut[(int) packet.from()][(int) packet.to()]);
        }

        private void crash(TestMember member) {
            member.crash(random.nextInt(4));
            seen.crashes++;
        }

        private void restart(TestMember member) {
            member.restart(config(member.id()));
            cluster.checker().checkMember(member);
        }

        private void changeMembership(TestMember member) {
            if (memberMax > voters) {
                member.raft().proposeMembership(change());
            }
        }

        private MembershipChange change() {
            MembershipChange change =
                    new MembershipChange(random.nextInt(4) == 0 ? Transition.JOINT_IMPLICIT : Transition.AUTO);
            int steps = pick(0, 1, 1, 1, 2, 3);
            for (int i = 0; i < steps; i++) {
                Kind kind = KINDS[random.nextInt(KINDS.length)];
                change.and(kind, 1 + random.nextInt(memberMax));
            }
            return change;
        }

        // The calm

        private void calm() {
            cluster.heal();
            for (TestMember member : cluster.members().values()) {
                member.crashAt(0);
                if (!member.isUp()) {
                    restart(member);
                }
            }
            cluster.settle();
            for (int i = 0; i < 40 && !isCalm(); i++) {
                cluster.ticks(knobs.electionTicks());
            }
            TestMember leader = cluster.leader();
            assertTrue(leader != null, "nobody leads: " + cluster.describe());
            assertTrue(!leader.raft().membership().isJoint(), "stays joint: " + cluster.describe());
            if (!knobs.checkQuorum()) {
                cutOffRemoved(leader.raft().membership()); // nothing else keeps them from disturbing the rest
            }
            long index = leader.propose("calm");
            assertTrue(index > 0, "proposal: " + ProposeResult.text(index) + cluster.describe());
            long read = cluster.read(leader.id());
            cluster.ticks(2 * knobs.electionTicks());
            assertTrue(
                    leader.reads().stream().anyMatch(r -> r.requestId() == read),
                    "the read is not served: " + cluster.describe());
            for (long id : leader.raft().membership().memberIds()) {
                TestMember member = cluster.member(id);
                assertTrue(member.state().size() >= index, id + " does not follow: " + cluster.describe());
                assertTrue(leader.state().equals(member.state()), "state of " + id + " differs");
                assertEquals(leader.raft().membership(), member.raft().membership(), "membership at " + id);
            }
        }

        private void cutOffRemoved(Membership membership) {
            for (TestMember member : cluster.members().values()) {
                if (!membership.contains(member.id())) {
                    cluster.cutOff(member.id());
                }
            }
        }

        private boolean isCalm() {
            TestMember leader = cluster.leader();
            return leader != null
                    && leader.raft().hasCommittedInTerm()
                    && leader.raft().commitIndex() == leader.raft().lastIndex()
                    && !leader.raft().membership().isJoint()
                    && leader.raft().transferTarget() == 0
                    && Arrays.stream(leader.raft().membership().memberIds())
                            .allMatch(id -> cluster.raft(id).commitIndex()
                                    == leader.raft().commitIndex());
        }

        private int pick(int... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }
}
