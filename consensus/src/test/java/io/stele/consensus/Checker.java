package io.stele.consensus;

import io.stele.consensus.MemoryLog.Stored;
import io.stele.consensus.membership.Membership;
import io.stele.consensus.quorum.Quorum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Sees everything that happens in a cluster and fails on the first thing that must not: the paper's safety properties
 * (figure 3), and that what is committed, acknowledged or voted is on the disks.
 */
final class Checker implements RaftTrace {
    private record Place(long logIndex, long term) {}

    private record Link(Stored entry, long previousTerm) {}

    private final Map<Long, TestMember> members;
    private final Map<Long, Long> leaders = new TreeMap<>();
    private final Map<Place, Link> links = new HashMap<>();
    private final Map<Place, Long> votes = new HashMap<>(); // of (member, term)
    private final List<Stored> committed = new ArrayList<>(); // place i holds the entry with index i + 1
    private final Map<Long, Long> readFloors = new HashMap<>();
    private final Map<Long, Integer> readsSeen = new HashMap<>();
    private int truncations;
    private int snapshots;
    private int memberships;
    private int joints;

    private Consumer<String> story = line -> {};

    Checker(Map<Long, TestMember> members) {
        this.members = members;
    }

    /** Tells what happens, for scripts. */
    void tell(Consumer<String> listener) {
        story = listener;
    }

    long committed() {
        return committed.size();
    }

    Stored committed(long logIndex) {
        return committed.get((int) logIndex - 1);
    }

    int leaderCount() {
        return leaders.size();
    }

    int truncationCount() {
        return truncations;
    }

    int snapshotCount() {
        return snapshots;
    }

    int membershipCount() {
        return memberships;
    }

    int jointCount() {
        return joints;
    }

    @Override
    public void onTruncate(long memberId, long fromIndex) {
        story.accept(memberId + " cuts its log from " + fromIndex);
        truncations++;
    }

    @Override
    public void onSnapshot(long memberId, long logIndex, long term) {
        story.accept(memberId + " takes a snapshot up to " + logIndex + "/" + term);
        snapshots++;
    }

    @Override
    public void onMembership(long memberId, long logIndex, Membership membership) {
        story.accept(memberId + " changes at " + logIndex + " to " + membership);
        memberships++;
        joints += membership.isJoint() ? 1 : 0;
    }

    void onPreset(TestMember member) {
        for (long at = 1; at <= member.log().lastIndex(); at++) {
            Stored entry = member.log().get(at);
            links.put(new Place(at, entry.term()), new Link(entry, member.log().term(at - 1)));
        }
    }

    void onReadRequested(long requestId) {
        readFloors.put(requestId, committed());
    }

    @Override
    public void onRole(long memberId, Role role, long term) {
        story.accept(memberId + " becomes " + role + " in term " + term);
        if (role == Role.LEADER) {
            Long other = leaders.putIfAbsent(term, memberId);
            check(other == null || other == memberId, "two leaders in term " + term + ": " + other + ", " + memberId);
            checkLeaderCompleteness(memberId);
        }
    }

    private void checkLeaderCompleteness(long memberId) {
        Raft raft = members.get(memberId).raft();
        for (long at = 1; at <= committed(); at++) {
            long term = raft.log().term(at);
            boolean has = term == committed(at).term() || (term < 0 && at <= raft.commitIndex());
            check(has, "leader " + memberId + " lacks the committed entry " + at);
        }
    }

    @Override
    public void onAppend(long memberId, long logIndex, long term) {
        TestMember member = members.get(memberId);
        if (member == null) {
            return; // it is just being created
        }
        var entry = member.raft().log().entry(logIndex);
        byte[] payload = new byte[entry.length()];
        if (payload.length > 0) {
            entry.buffer().getBytes(entry.offset(), payload);
        }
        Stored stored = new Stored(
                entry.term(), entry.type(), new String(payload, java.nio.charset.StandardCharsets.ISO_8859_1));
        Link link = new Link(stored, member.raft().log().term(logIndex - 1));
        Link other = links.putIfAbsent(new Place(logIndex, term), link);
        check(other == null || other.equals(link), "logs do not match at " + logIndex + ": " + other + ", " + link);
    }

    /** A leader has decided; followers only hear of it. */
    @Override
    public void onCommit(long memberId, long logIndex, long term) {
        story.accept(memberId + " commits " + logIndex);
        Raft raft = members.get(memberId).raft();
        if (raft.role() != Role.LEADER) {
            check(logIndex <= committed(), memberId + " takes " + logIndex + " as committed, which no leader has");
            return;
        }
        for (long at = committed() + 1; at <= logIndex; at++) {
            Stored entry = links.get(new Place(at, raft.log().term(at))).entry();
            checkDurable(at, entry, raft.membership());
            committed.add(entry);
        }
    }

    private void checkDurable(long logIndex, Stored entry, Membership membership) {
        check(
                holders(logIndex, entry, membership.voters()) >= Quorum.majority(membership.voters().length)
                        && holders(logIndex, entry, membership.outgoingVoters())
                                >= Quorum.majority(membership.outgoingVoters().length),
                "entry " + logIndex + " is committed, but not durable on a quorum of " + membership);
    }

    private int holders(long logIndex, Stored entry, long[] voters) {
        int count = 0;
        for (long voter : voters) {
            TestMember member = members.get(voter);
            count += member != null && member.log().isDurable(logIndex, entry) ? 1 : 0;
        }
        return count;
    }

    void forgetReads(TestMember member) {
        readsSeen.remove(member.id());
    }

    /** What leaves a member must be on its disk if it is a promise. */
    void onLeaves(TestMember member, Message message) {
        HardState durable = member.hardState();
        if (message.type() == MessageType.VOTE_REPLY && !message.flag()) {
            check(
                    durable.term() > message.term()
                            || (durable.term() == message.term() && durable.vote() == message.to()),
                    "vote leaves before it is durable: " + message);
            Long other = votes.putIfAbsent(new Place(member.id(), message.term()), message.to());
            check(other == null || other == message.to(), "votes twice: " + message);
        }
        if (message.type() == MessageType.VOTE) {
            check(durable.term() >= message.term(), "candidacy leaves before it is durable: " + message);
            Long other = votes.putIfAbsent(new Place(member.id(), message.term()), member.id());
            check(other == null || other == member.id(), "votes twice: " + message);
        }
        if (message.type() == MessageType.APPEND_REPLY && !message.flag()) {
            long at = message.logIndex();
            check(durable.term() >= message.term(), "acknowledges before its term is durable: " + message);
            check(
                    at < member.log().firstIndex()
                            || member.log().isDurable(at, member.log().get(at)),
                    "acknowledges before it is durable: " + message);
        }
    }

    /** After each step: what is applied, what is known to be committed, what was read. */
    void checkMember(TestMember member) {
        if (!member.isUp()) {
            return;
        }
        Raft raft = member.raft();
        check(raft.commitIndex() <= committed(), member.id() + " has committed " + raft.commitIndex());
        check(raft.appliedIndex() <= raft.durableIndex(), member.id() + " applies what is not durable");
        List<Stored> state = member.state();
        int from = Math.max(0, state.size() - 64); // the rest was looked at when it was new
        for (int i = from; i < state.size(); i++) {
            check(state.get(i).equals(committed.get(i)), member.id() + " has applied another entry " + (i + 1));
        }
        List<TestMember.Read> reads = member.reads();
        for (int i = readsSeen.getOrDefault(member.id(), 0); i < reads.size(); i++) {
            long floor = readFloors.get(reads.get(i).requestId());
            check(reads.get(i).readIndex() >= floor, "stale read: " + reads.get(i) + " must see " + floor);
        }
        readsSeen.put(member.id(), reads.size());
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
