package io.stele.simulator.cluster;

import io.stele.consensus.membership.Membership;
import io.stele.server.machine.MemberRecord;
import io.stele.server.machine.MemberTable;
import io.stele.server.node.Joining;
import io.stele.server.node.NodeIdentity;
import io.stele.simulator.Decision;
import io.stele.simulator.Sometimes;
import io.stele.simulator.check.Answer;
import io.stele.transport.client.sim.SimClient;
import io.stele.transport.codec.MemberChangeRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.MoveLeaderRequestEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.ExpandableArrayBuffer;

/**
 * Adds members, promotes and removes them and moves the leader, without waiting for good times. Starts the processes of
 * members that were added, and ends those of removed ones after a while.
 */
final class Administrator {
    private static final int ADD = 1;
    private static final int ADD_LEARNER = 2;
    private static final int PROMOTE = 3;
    private static final int REMOVE = 4;
    private static final int MEMBERS_EVER_MAX = 16;
    private static final int VOTERS_MIN = 2;
    private static final long LOOK_NS = 50 * SimTime.MS_NS;
    /** Nobody waits longer for what was asked. */
    static final long PATIENCE_NS = 9 * SimTime.SECOND_NS;

    private static final long RETIREMENT_NS = 5 * SimTime.SECOND_NS;
    private static final long FIRST_CORRELATION_ID = 1L << 50;

    private final ClusterWorld world;
    private final SplittableRandom random;
    private final int place;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final List<SimMember> retiring = new ArrayList<>();
    private long correlationId = FIRST_CORRELATION_ID;
    private long nextActionNs;
    private SimMember member;
    private int life;
    private SimClient connection;
    private Sometimes success;
    private String asked;
    private long askedNs;

    Administrator(ClusterWorld world) {
        this.world = world;
        random = world.dice.stream(Decision.ADMIN, 0, 0);
        place = world.agenda.add(this::turn);
        nextActionNs = world.time.nanoTime() + ClusterOptions.around(random, world.options.reformNs);
        world.agenda.set(place, nextActionNs);
    }

    void end() {
        world.agenda.set(place, Agenda.NEVER);
        hangUp();
    }

    private void turn() {
        long nowNs = world.time.nanoTime();
        world.agenda.set(place, nowNs + LOOK_NS);
        reconcile();
        listen(nowNs);
        if (asked == null && nowNs >= nextActionNs) {
            nextActionNs = nowNs + ClusterOptions.around(random, world.options.reformNs);
            act();
        }
    }

    /** The table of members of the one who has got furthest. */
    private MemberTable table() {
        SimMember furthest = null;
        for (SimMember each : world.up()) {
            if (furthest == null || each.applied() > furthest.applied()) {
                furthest = each;
            }
        }
        return furthest == null ? null : furthest.node().machine().members();
    }

    /** Who is a member has a process; who is not, has none for long. */
    void reconcile() {
        MemberTable table = table();
        if (table == null || table.membership().isEmpty()) {
            return;
        }
        Membership membership = table.membership();
        for (MemberRecord record : table.members()) {
            if (world.memberById(record.memberId()) == null) {
                world.coverage.note(Sometimes.MEMBER_JOINED);
                NodeIdentity any = world.up().get(0).node().identity();
                world.join(
                        record.memberId(),
                        new Joining(new NodeIdentity(any.clusterId(), record.memberId()), table.members()));
            }
        }
        for (SimMember each : world.members) {
            boolean isRemoved = table.wasRemoved(each.memberId()) && !membership.contains(each.memberId());
            if (isRemoved && !retiring.contains(each)) {
                retiring.add(each);
                world.agenda.once(world.time.nanoTime() + RETIREMENT_NS, () -> retire(each));
            }
        }
    }

    /** Ends the processes of those that were removed. */
    void retireAll() {
        reconcile();
        retiring.forEach(this::retire);
    }

    private void retire(SimMember removed) {
        if (!removed.isGone) {
            world.say(removed + ": removed, and ends for good");
            removed.isGone = true;
            if (removed.isUp()) {
                removed.kill();
            }
        }
    }

    private void act() {
        MemberTable table = table();
        List<SimMember> up = world.up();
        if (table == null || table.membership().isEmpty() || up.isEmpty()) {
            return;
        }
        member = up.get(random.nextInt(up.size()));
        long[] voters = table.membership().voters();
        long[] learners = table.membership().learners();
        long voter = voters[random.nextInt(voters.length)];
        switch (random.nextInt(6)) {
            case 0 -> add(ADD_LEARNER, Sometimes.LEARNER_ADDED);
            case 1 -> add(ADD, Sometimes.VOTER_ADDED);
            case 2, 3 -> {
                if (learners.length > 0) {
                    change(PROMOTE, learners[0], "", Sometimes.LEARNER_PROMOTED);
                } else {
                    moveLeader(voter);
                }
            }
            case 4 -> {
                if (voters.length > VOTERS_MIN) {
                    change(REMOVE, voter, "", Sometimes.MEMBER_REMOVED);
                }
            }
            default -> moveLeader(voter);
        }
    }

    private void add(int operation, Sometimes onSuccess) {
        if (world.members.size() < MEMBERS_EVER_MAX) {
            change(operation, 0, "http://m" + (world.members.size() + 1) + ":2380", onSuccess);
        }
    }

    private void change(int operation, long memberId, String peerUrls, Sometimes onSuccess) {
        MemberChangeRequestEncoder change = new MemberChangeRequestEncoder();
        change.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(++correlationId)
                .memberId(memberId)
                .operation((short) operation);
        change.name("").peerUrls(peerUrls).clientUrls("");
        SimMember concerned = world.memberById(memberId);
        ask(onSuccess + " " + (concerned == null ? peerUrls : concerned), change.limit(), onSuccess);
    }

    private void moveLeader(long target) {
        MoveLeaderRequestEncoder move = new MoveLeaderRequestEncoder();
        move.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(++correlationId)
                .targetId(target);
        SimMember leader = world.leader();
        member = leader == null ? member : leader;
        ask("move the leader to " + world.memberById(target), move.limit(), Sometimes.LEADER_MOVED);
    }

    private void ask(String what, int length, Sometimes onSuccess) {
        world.say("administrator asks " + member + ": " + what);
        asked = what;
        askedNs = world.time.nanoTime();
        success = onSuccess;
        life = member.life();
        connection = member.connect();
        connection.send(buffer, 0, length);
        member.wake(world.time.nanoTime());
    }

    private void listen(long nowNs) {
        if (asked == null) {
            return;
        }
        boolean isLost = !member.isUp() || member.life() != life || connection.isClosed();
        byte[] frame = isLost ? null : connection.receive();
        if (frame != null) {
            String error = Answer.errorText(frame);
            world.say("administrator: " + asked + ": " + (error == null ? "done" : error));
            if (error == null) {
                world.coverage.note(success);
            }
        }
        if (frame != null || isLost || nowNs - askedNs > PATIENCE_NS) {
            hangUp();
        }
    }

    private void hangUp() {
        if (connection != null && member.isUp() && member.life() == life) {
            connection.cut();
        }
        connection = null;
        asked = null;
    }
}
