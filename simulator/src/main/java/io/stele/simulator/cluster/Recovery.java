package io.stele.simulator.cluster;

import io.stele.consensus.membership.Membership;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.DiskCheck;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.LeaseOptions;
import io.stele.simulator.workload.RequestWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The end of a run: harm is no longer done, a quorum is up, and has to serve within a bounded time, whatever has
 * happened and whoever stays away; then all come back, and have to agree in everything.
 */
final class Recovery {
    /** Longest wait that a node may make of its own accord: it gives a snapshot's other side up after 30 s. */
    private static final long PATIENCE_NS = 90 * SimTime.SECOND_NS;

    private static final int ELECTIONS = 40;

    /** By then all leases have ended that nobody renews; the check of their time says more exactly when. */
    private static final long LEASES_NS = 3L * LeaseOptions.TTL_MAX * SimTime.SECOND_NS;

    private final ClusterWorld world;
    private final Administrator administrator;
    private final SplittableRandom random;

    /** @param administrator null where nobody has changed who the members are */
    Recovery(ClusterWorld world, Administrator administrator, SplittableRandom random) {
        this.world = world;
        this.administrator = administrator;
        this.random = random;
    }

    void run() {
        List<SimMember> core = core();
        world.say("only " + core + " are left, in peace");
        for (SimMember member : world.members) {
            if (!core.contains(member) && member.isUp()) {
                member.kill();
            }
        }
        core.forEach(SimMember::boot);
        world.clients.forEach(ClusterClient::stop);
        world.watchers.forEach(WatchClient::settle);
        world.holders.forEach(LeaseClient::settle);
        world.writers.forEach(OnceClient::settle);
        if (administrator != null) {
            settle();
            core = core();
        }
        serve(core);
        List<SimMember> all = new ArrayList<>(world.members);
        all.removeIf(member -> member.isGone);
        if (all.size() > core.size()) {
            world.say("all come back");
            world.coverage.note(Sometimes.MINORITY_CAME_BACK);
            all.forEach(SimMember::boot);
            serve(all);
        }
        for (SimMember member : all) {
            if (!member.rot.isHarmed()) {
                DiskCheck.running(member.node());
            }
            member.close();
            member.rot.look();
            if (!member.rot.isHarmed()) {
                DiskCheck.beforeStart(member.disk);
            }
        }
        for (SimMember member : all) {
            member.boot();
        }
        serve(all);
        world.runUntil("the ends of all leases", LEASES_NS, world.leases::areAllOver);
    }

    /** Waits until it is known who the members are; the processes of others end. */
    private void settle() {
        administrator.end();
        // What it asked last may still be on its way to the leader, who will carry it out.
        long quietNs = world.time.nanoTime() + Administrator.PATIENCE_NS;
        world.runUntil("a leader", PATIENCE_NS + Administrator.PATIENCE_NS, () -> {
            SimMember leader = world.leader();
            if (leader == null) {
                administrator.reconcile(); // it may lack the vote of a member that was added and not started
            }
            return leader != null
                    && world.time.nanoTime() >= quietNs
                    && leader.node().raft().hasCommittedInTerm()
                    && leader.applied() == leader.node().raft().lastIndex()
                    && leader.node().raft().membership().isVoter(leader.memberId());
        });
        administrator.retireAll();
    }

    /** A random majority, or all. */
    private List<SimMember> core() {
        List<SimMember> core = new ArrayList<>(world.members);
        core.removeIf(member -> member.isGone);
        // What was harmed is repaired from any of the others, so all of them are needed.
        boolean isHarmed = core.stream().anyMatch(member -> member.rot.isHarmed());
        boolean mayLeaveSome = world.options.reformNs == 0 && random.nextBoolean() && !isHarmed;
        int majority = core.size() / 2 + 1;
        while (mayLeaveSome && core.size() > majority) {
            core.remove(random.nextInt(core.size()));
        }
        return core;
    }

    private void serve(List<SimMember> members) {
        long withinNs = PATIENCE_NS + (long) ELECTIONS * world.options.electionMs * SimTime.MS_NS;
        world.runUntil("calm", withinNs, () -> isCalm(members));
        List<Call> calls = new ArrayList<>();
        List<ClusterClient> askers = new ArrayList<>();
        Membership membership = world.leader().node().raft().membership();
        for (SimMember member : members) {
            if (!membership.isVoter(member.memberId())) {
                continue; // a learner sends clients to the others
            }
            ClusterClient client = new ClusterClient(world, 100 + member.number);
            client.stop();
            client.waitForEver();
            client.connect(member);
            askers.add(client);
            ask(client, calls);
        }
        world.runUntil("answers", withinNs, () -> askers.stream().allMatch(ClusterClient::isQuiet));
        for (Call call : calls) {
            if (call.mustSucceed && (call.outcome != Call.Outcome.ANSWERED || call.wasRefused)) {
                throw new Violation("liveness", call + " was not served by a healthy cluster");
            }
        }
        askers.forEach(ClusterClient::cut);
        world.writers.forEach(OnceClient::settle);
        world.runUntil(
                "what became of numbered writes",
                withinNs,
                () -> world.writers.stream().allMatch(OnceClient::isSettled));
        world.runUntil("agreement", withinNs, () -> isCalm(members));
        world.runUntil("watches", withinNs, () -> world.watchers.stream().allMatch(WatchClient::isCaughtUp));
    }

    /** One leads, all have applied what it has committed, nobody waits. */
    private boolean isCalm(List<SimMember> members) {
        SimMember leader = world.leader();
        if (leader == null || !leader.node().raft().hasCommittedInTerm()) {
            return false;
        }
        long commit = leader.node().raft().commitIndex();
        for (SimMember member : members) {
            if (!member.isUp()
                    || member.node().raft().leaderId() != leader.memberId()
                    || member.node().machine().appliedIndex() != commit
                    || !member.node().status().ready()
                    || member.node().isOutOfSpace()) {
                return false;
            }
        }
        return commit == world.prefix.lastIndex()
                && commit == leader.node().raft().lastIndex()
                && world.clients.stream().allMatch(ClusterClient::isQuiet)
                && world.holders.stream().allMatch(LeaseClient::isQuiet);
    }

    private void ask(ClusterClient client, List<Call> calls) {
        long revision = world.answers.model().revision();
        byte[] key = "k000".getBytes(StandardCharsets.US_ASCII);
        calls.add(send(
                client,
                id -> new RequestWriter().put(id, key, new byte[10], 0, 0).take(),
                "last put"));
        calls.add(send(client, id -> new RequestWriter().everything(id, 0).take(), "everything"));
        calls.add(send(
                client,
                id -> new RequestWriter()
                        .everything(id, Math.max(1, revision / 2))
                        .take(),
                "everything at revision " + revision / 2));
        calls.add(send(client, id -> new RequestWriter().leases(id).take(), "leases"));
    }

    private Call send(ClusterClient client, java.util.function.LongFunction<byte[]> request, String text) {
        return client.send(id -> {
            Call call = new Call(id, request.apply(id), text);
            // Whoever finds a damaged page by this stops to serve, and to lead.
            call.mustSucceed = world.members.stream().noneMatch(member -> member.rot.isHarmed());
            return call;
        });
    }
}
