package io.stele.simulator.cluster.check;

import io.stele.consensus.RaftTrace;
import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;
import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.cluster.SimMember;
import io.stele.storage.wal.EntryView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.agrona.collections.Long2LongHashMap;

/**
 * What Raft promises, of all members and lives together.
 *
 * <ul>
 *   <li>One leader for each term, one vote for each member and term.
 *   <li>An index and a term name one entry, and one entry before it: so logs that agree at a place agree up to it.
 *   <li>A leader's log holds, when it is elected, all that leaders of earlier terms had committed by then.
 *   <li>What a leader commits is on the simulated disks of a quorum, of both when two rule together. Followers commit
 *       nothing that no leader has committed.
 *   <li>What is committed is never cut from a log, nor replaced; what a disk held is there in the next life.
 * </ul>
 */
public final class RaftChecks {
    private static final int INDEX_BITS = 32;
    private static final long NONE = -1;

    private record Vote(long term, long memberId) {}

    private final LongFunction<SimMember> byId;
    private final Coverage coverage;
    private final Long2LongHashMap leaders = new Long2LongHashMap(NONE);
    private final Map<Vote, Long> votes = new HashMap<>();

    /** Of each (index, term): what the entry is, with the term of the one before. */
    private final Long2LongHashMap entries = new Long2LongHashMap(NONE);

    /** Of each committed index: the term of its entry, and that in which it was committed. */
    private long[] committedTerms = new long[256];

    private long[] commitTerms = new long[256];
    private long committed;

    /** A member that was elected in its present cycle, and what was committed by then. */
    private SimMember elected;

    private long committedAtElection;

    public RaftChecks(LongFunction<SimMember> byId, Coverage coverage) {
        this.byId = byId;
        this.coverage = coverage;
    }

    /** Last log index that any leader has committed. */
    public long committed() {
        return committed;
    }

    /** What the core of a member tells. */
    public RaftTrace trace(SimMember member) {
        return new RaftTrace() {
            @Override
            public void onRole(long memberId, Role role, long term) {
                if (role == Role.LEADER) {
                    onLeader(member, term);
                }
            }

            @Override
            public void onCommit(long memberId, long logIndex, long term) {
                onCommitted(member, logIndex);
            }
        };
    }

    private void onLeader(SimMember member, long term) {
        long life = member.number * 1_000_000L + member.life();
        long before = leaders.get(term);
        if (before != NONE && before != life) {
            throw new Violation(
                    "election safety",
                    member + " leads in term " + term + ", in which m" + (before / 1_000_000 + 1) + " has led");
        }
        if (before == NONE) {
            coverage.note(Sometimes.LEADER_ELECTED);
        }
        leaders.put(term, life);
        elected = member;
        committedAtElection = committed;
        // One that was paused may take up its votes when others have ruled in later terms.
        while (committedAtElection > 0 && commitTerms[(int) committedAtElection] >= term) {
            committedAtElection--;
        }
    }

    void onVote(SimMember member, long term, long candidate) {
        Long before = votes.putIfAbsent(new Vote(term, member.memberId()), candidate);
        if (before != null && before != candidate) {
            throw new Violation("one vote", member + " votes twice in term " + term);
        }
    }

    void onAcknowledged(SimMember member, long logIndex) {
        observe(member);
        member.log.observeDisk(member.node().log(), member.disk);
        if (logIndex > member.log.durableTo()) {
            throw new Violation(
                    "acknowledged is durable",
                    member + " acknowledges entry " + logIndex + ", its disk holds its log up to "
                            + member.log.durableTo() + " only");
        }
        member.log.onAcknowledged(logIndex);
    }

    private void onCommitted(SimMember member, long logIndex) {
        if (member.node() == null) {
            return;
        }
        boolean leads = member.node().raft().role() == Role.LEADER;
        if (!leads && logIndex > committed) {
            throw new Violation(
                    "commit",
                    member + " takes entry " + logIndex + " for committed, leaders have committed up to " + committed);
        }
        if (!leads || logIndex <= committed) {
            return;
        }
        observe(member);
        long term = member.log.term(logIndex);
        Membership membership = member.node().raft().membership();
        checkQuorum(member, logIndex, term, membership.voters());
        if (membership.isJoint()) {
            checkQuorum(member, logIndex, term, membership.outgoingVoters());
        }
        if (logIndex >= committedTerms.length) {
            int capacity = (int) Math.max(2L * committedTerms.length, logIndex + 1);
            committedTerms = Arrays.copyOf(committedTerms, capacity);
            commitTerms = Arrays.copyOf(commitTerms, capacity);
        }
        while (committed < logIndex) {
            committed++;
            committedTerms[(int) committed] = member.node().log().term(committed);
            commitTerms[(int) committed] = member.node().raft().term();
        }
    }

    private void checkQuorum(SimMember leader, long logIndex, long term, long[] voters) {
        int count = 0;
        for (long voter : voters) {
            SimMember member = byId.apply(voter);
            if (member == null) {
                continue;
            }
            if (member.node() != null) {
                member.log.observeDisk(member.node().log(), member.disk);
            }
            count += member.log.holds(logIndex, term) ? 1 : 0;
        }
        if (count < voters.length / 2 + 1) {
            throw new Violation(
                    "committed is durable",
                    leader + " commits entry " + logIndex + " of term " + term + ", which is on the disks of " + count
                            + " of " + voters.length + " voters");
        }
    }

    /** A member's process is about to start. */
    public void onOpening(SimMember member) {
        elected = null;
    }

    /** It has recovered. */
    public void onOpened(SimMember member) {
        LogWatch log = member.log;
        long first = member.node().log().firstIndex();
        for (long logIndex = Math.max(first, log.first()); logIndex <= log.durableTo(); logIndex++) {
            long found = member.node().log().term(logIndex);
            if (found != log.term(logIndex)) {
                throw new Violation(
                        "durability",
                        member + " had entry " + logIndex + " of term " + log.term(logIndex)
                                + " on its disk, now it has " + (found < 0 ? "none" : "one of term " + found));
            }
        }
        observe(member);
    }

    /** A member's cycle is over. */
    public void onMoved(SimMember member) {
        observe(member);
        long commit = member.node().raft().commitIndex();
        if (commit > committed) {
            throw new Violation("commit", member + " has committed " + commit + ", leaders only " + committed);
        }
        checkCommitted(member, commit, "committed");
        if (elected == member) {
            elected = null;
            if (committedAtElection > member.log.last()) {
                throw new Violation(
                        "leader completeness",
                        member + " was elected with a log that ends at " + member.log.last() + ", committed is "
                                + committedAtElection);
            }
            checkCommitted(member, committedAtElection, "leader completeness");
        }
    }

    private void checkCommitted(SimMember member, long logIndex, String check) {
        long term = logIndex < member.log.first() ? committedTerms[(int) logIndex] : member.log.term(logIndex);
        if (logIndex > 0 && term != committedTerms[(int) logIndex]) {
            throw new Violation(
                    check,
                    member + " has entry " + logIndex + " of term " + term + ", committed is the one of term "
                            + committedTerms[(int) logIndex]);
        }
    }

    /** A member's process is about to end. */
    public void onEnding(SimMember member) {
        observe(member);
        member.log.observeDisk(member.node().log(), member.disk);
        if (member.log.durableTo() < member.log.last()) {
            coverage.note(Sometimes.CRASH_WITH_ENTRIES_UNFORCED);
        }
        if (member.node().raft().role() == Role.LEADER && member.node().raft().commitIndex() < member.log.last()) {
            coverage.note(Sometimes.LEADER_CRASHED_WITH_ENTRIES_UNCOMMITTED);
        }
        member.log.onEnded();
    }

    private void observe(SimMember member) {
        member.log.observe(member.node().log(), new LogWatch.Listener() {
            @Override
            public void onEntry(long logIndex, EntryView entry, long previousTerm) {
                onAppended(member, logIndex, entry, previousTerm);
            }

            @Override
            public void onCut(long lastKept, long lastBefore) {
                onLogCut(member, lastKept, lastBefore);
            }
        });
    }

    private void onAppended(SimMember member, long logIndex, EntryView entry, long previousTerm) {
        long key = entry.term() << INDEX_BITS | logIndex;
        long content = digest(entry, previousTerm);
        long before = entries.get(key);
        if (before == NONE) {
            entries.put(key, content);
        } else if (before != content) {
            throw new Violation(
                    "log matching",
                    member + " has another entry " + logIndex + " of term " + entry.term() + " than others have");
        }
    }

    private static long digest(EntryView entry, long previousTerm) {
        long hash = previousTerm * 31 + entry.type();
        for (int i = 0; i < entry.length(); i++) {
            hash = (hash ^ (entry.buffer().getByte(entry.offset() + i) & 0xFF)) * 0x100000001B3L;
        }
        return (hash ^ hash >>> 29) & Long.MAX_VALUE;
    }

    private void onLogCut(SimMember member, long lastKept, long lastBefore) {
        coverage.note(Sometimes.ENTRY_OVERWRITTEN);
        for (long logIndex = lastKept + 1; logIndex <= Math.min(lastBefore, committed); logIndex++) {
            if (member.log.term(logIndex) == committedTerms[(int) logIndex]) {
                throw new Violation("commit", member + " cuts entry " + logIndex + " from its log, which is committed");
            }
        }
    }
}
