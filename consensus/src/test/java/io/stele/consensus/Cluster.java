package io.stele.consensus;

import io.stele.consensus.membership.Membership;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** Members and the messages between them, in one thread; every step is checked. Who is cut off hears nothing. */
final class Cluster {
    private static final int ROUNDS_MAX = 10_000;

    private final Map<Long, TestMember> members = new TreeMap<>();
    private final Checker checker = new Checker(members);
    private final List<Packet> onTheWay = new ArrayList<>();
    private final TreeSet<Long> cutOff = new TreeSet<>();
    private final LongFunction<RaftConfig> configs;
    private Predicate<Packet> filter = packet -> true;
    private Consumer<String> story = line -> {};
    private long lastReadId;

    Cluster(LongFunction<RaftConfig> configs) {
        this.configs = configs;
    }

    /** So many voters with ids from 1 on. */
    static Cluster ofVoters(int count) {
        return ofVoters(count, Cluster::config);
    }

    static Cluster ofVoters(int count, LongFunction<RaftConfig> configs) {
        Cluster cluster = new Cluster(configs);
        long[] ids = new long[count];
        Arrays.setAll(ids, i -> i + 1);
        for (long id : ids) {
            cluster.add(id, Membership.ofVoters(ids));
        }
        return cluster;
    }

    static RaftConfig config(long id) {
        return new RaftConfig().memberId(id).seed(id);
    }

    TestMember add(long id, Membership initial) {
        TestMember member = new TestMember(configs.apply(id), initial, checker);
        members.put(id, member);
        return member;
    }

    /** A member whose log holds entries of these terms; the checker takes them as they are. */
    TestMember addWithLog(long id, Membership membership, long term, long... entryTerms) {
        TestMember member = TestMember.withLog(configs.apply(id), membership, checker, term, entryTerms);
        members.put(id, member);
        checker.onPreset(member);
        return member;
    }

    Map<Long, TestMember> members() {
        return members;
    }

    TestMember member(long id) {
        return members.get(id);
    }

    Raft raft(long id) {
        return members.get(id).raft();
    }

    /** Tells what happens, for scripts. */
    void tell(Consumer<String> listener) {
        story = listener;
        checker.tell(listener);
    }

    Checker checker() {
        return checker;
    }

    List<Packet> onTheWay() {
        return onTheWay;
    }

    // The network

    void cutOff(long id) {
        cutOff.add(id);
    }

    void heal() {
        cutOff.clear();
        filter = packet -> true;
    }

    /** Only messages that pass arrive. */
    void filter(Predicate<Packet> passes) {
        filter = passes;
    }

    boolean passes(Packet packet) {
        return !cutOff.contains(packet.from()) && !cutOff.contains(packet.to()) && filter.test(packet);
    }

    void deliver(Packet packet) {
        TestMember to = members.get(packet.to());
        if (to == null || !to.isUp() || !passes(packet)) {
            lose(packet);
            return;
        }
        if (packet.snapshot() != null) {
            story.accept(packet.describe());
            to.receive(packet.snapshot());
            reportSnapshot(packet, true);
        } else {
            story.accept(packet.describe());
            to.raft().step(packet.message());
        }
        checker.checkMember(to);
    }

    /** The core is not told, except that the node knows when a transfer has failed. */
    void lose(Packet packet) {
        story.accept("lost: " + packet.describe());
        if (packet.snapshot() != null) {
            reportSnapshot(packet, false);
        }
    }

    private void reportSnapshot(Packet packet, boolean installed) {
        TestMember from = members.get(packet.from());
        if (from.isUp()) {
            from.raft().onSnapshotDone(packet.to(), installed);
        }
    }

    // Members

    boolean work(TestMember member) {
        boolean worked = member.work(packet -> {
            checker.onLeaves(member, packet.message());
            onTheWay.add(packet);
        });
        checker.checkMember(member);
        return worked;
    }

    void tick(long id) {
        raft(id).tick();
    }

    void tickAll() {
        for (TestMember member : members.values()) {
            if (member.isUp()) {
                member.raft().tick();
            }
        }
    }

    long read(long id) {
        lastReadId++;
        checker.onReadRequested(lastReadId);
        raft(id).requestRead(lastReadId);
        return lastReadId;
    }

    /** Lets everybody work, force and talk until there is nothing left to do. */
    void settle() {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            boolean worked = false;
            for (TestMember member : members.values()) {
                if (member.isUp()) {
                    worked |= work(member);
                    worked |= member.sync();
                    checker.checkMember(member);
                }
            }
            List<Packet> now = new ArrayList<>(onTheWay);
            onTheWay.clear();
            now.forEach(this::deliver);
            if (!worked && now.isEmpty()) {
                return;
            }
        }
        throw new AssertionError("the cluster does not come to rest");
    }

    void ticks(int count) {
        for (int i = 0; i < count; i++) {
            tickAll();
            settle();
        }
    }

    /** Makes a member lead by letting it campaign. */
    void elect(long id) {
        raft(id).campaign();
        settle();
        if (raft(id).role() != Role.LEADER) {
            throw new AssertionError(id + " is " + raft(id).role());
        }
    }

    /** The leader of the highest term among those that are up and not cut off; null if there is none. */
    TestMember leader() {
        TestMember best = null;
        for (TestMember member : members.values()) {
            if (member.isUp()
                    && member.raft().role() == Role.LEADER
                    && !cutOff.contains(member.id())
                    && (best == null || member.raft().term() > best.raft().term())) {
                best = member;
            }
        }
        return best;
    }

    /** Who is what, for people. */
    String describe() {
        StringBuilder text = new StringBuilder();
        for (TestMember member : members.values()) {
            text.append('\n').append(member.id()).append(' ');
            if (!member.isUp()) {
                text.append("down");
                continue;
            }
            Raft raft = member.raft();
            text.append(raft.role())
                    .append(" term=")
                    .append(raft.term())
                    .append(" leader=")
                    .append(raft.leaderId());
            text.append(" commit=")
                    .append(raft.commitIndex())
                    .append(" applied=")
                    .append(raft.appliedIndex());
            text.append(" durable=")
                    .append(raft.durableIndex())
                    .append(" last=")
                    .append(raft.lastIndex());
            text.append(" first=")
                    .append(member.log().firstIndex())
                    .append(", ")
                    .append(raft.membership());
            for (int i = 0;
                    raft.role() == Role.LEADER && i < raft.leader().progress().count();
                    i++) {
                text.append("\n    ").append(raft.leader().progress().at(i));
            }
        }
        return text.toString();
    }

    RaftConfig configOf(long id) {
        return configs.apply(id);
    }
}
