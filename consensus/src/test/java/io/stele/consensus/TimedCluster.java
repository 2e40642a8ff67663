package io.stele.consensus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Voters in simulated time: each with ticks of its own phase, messages and forces that take their time. Nothing but the
 * seed decides.
 */
final class TimedCluster {
    static final int TICK_US = 25_000;

    /** How slow everything is, in microseconds at most; lateness is that of ticks. */
    record Pace(int messageUs, int forceUs, int lateUs) {}

    private record Event(long atUs, long sequence, Runnable what) {}

    private final Cluster cluster;
    private final SplittableRandom random;
    private final Pace pace;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atUs).thenComparingLong(Event::sequence));
    private long nowUs;
    private long sequence;
    private boolean tellsOfTheDead;

    TimedCluster(int voters, long seed, Pace pace) {
        this.pace = pace;
        random = new SplittableRandom(seed);
        cluster = Cluster.ofVoters(
                voters, id -> Cluster.config(id).seed(seed * 31 + id).heartbeatTicks(2));
        for (TestMember member : cluster.members().values()) {
            at(random.nextInt(TICK_US), () -> tick(member));
        }
    }

    Cluster cluster() {
        return cluster;
    }

    /** From now on a member that finds its leader silent is told whether that is dead, as a kernel would tell it. */
    void tellOfTheDead() {
        tellsOfTheDead = true;
    }

    private void at(long delayUs, Runnable what) {
        events.add(new Event(nowUs + delayUs, sequence++, what));
    }

    private long upTo(int mostUs) {
        return 1L + random.nextInt(mostUs);
    }

    private void tick(TestMember member) {
        at(TICK_US + (pace.lateUs() == 0 ? 0 : random.nextInt(pace.lateUs())), () -> tick(member));
        if (!member.isUp()) {
            return;
        }
        Raft raft = member.raft();
        raft.tick();
        if (tellsOfTheDead && raft.leaderSilentTicks() > 2) {
            long leaderId = raft.leaderId();
            at(upTo(pace.messageUs()), () -> tell(member, leaderId));
        }
        work(member);
    }

    private void tell(TestMember member, long leaderId) {
        if (member.isUp() && !cluster.member(leaderId).isUp()) {
            member.raft().onGone(leaderId);
        }
    }

    private void work(TestMember member) {
        HardState before = member.hardState();
        cluster.work(member);
        boolean forces =
                member.hardState().term() != before.term() || member.hardState().vote() != before.vote();
        long forcedUs = forces ? upTo(pace.forceUs()) : 0; // messages leave behind it
        List<Packet> leaving = new ArrayList<>(cluster.onTheWay());
        cluster.onTheWay().clear();
        for (Packet packet : leaving) {
            at(forcedUs + upTo(pace.messageUs()), () -> deliver(packet));
        }
        if (member.beginSync()) {
            at(upTo(pace.forceUs()), () -> endSync(member));
        }
    }

    private void deliver(Packet packet) {
        cluster.deliver(packet);
        TestMember receiver = cluster.member(packet.to());
        if (receiver.isUp()) {
            work(receiver);
        }
    }

    private void endSync(TestMember member) {
        if (member.isUp() && member.endSync()) {
            work(member);
        }
    }

    /** Goes on until there is a leader that could acknowledge a write; returns how many milliseconds that took. */
    long awaitLeader(long patienceMs) {
        long beganUs = nowUs;
        while (leader() == null) {
            if (nowUs - beganUs > patienceMs * 1000) {
                throw new AssertionError("nobody leads after " + patienceMs + " ms:" + cluster.describe());
            }
            next();
        }
        return (nowUs - beganUs) / 1000;
    }

    private TestMember leader() {
        TestMember leader = cluster.leader();
        return leader != null && leader.raft().hasCommittedInTerm() ? leader : null;
    }

    void run(long ms) {
        long untilUs = nowUs + ms * 1000;
        while (nowUs < untilUs) {
            next();
        }
    }

    private void next() {
        Event event = events.poll();
        nowUs = event.atUs();
        event.what().run();
    }

    /** At some moment the leader dies; returns who it was. */
    long killLeader() {
        run(200 + random.nextInt(300));
        TestMember leader = cluster.leader();
        leader.crash(0);
        return leader.id();
    }
}
