package io.stele.simulator.cluster.check;

import io.stele.server.machine.StateMachine;
import io.stele.simulator.Violation;
import io.stele.simulator.cluster.SimMember;
import org.agrona.collections.Long2ObjectHashMap;

/** Members that have applied the same entries have the same state. */
public final class Divergence {
    private record State(String member, long low, long high, long revision, long compactRevision, long keys) {}

    private final Long2ObjectHashMap<State> states = new Long2ObjectHashMap<>();

    /** Compares a member with those that were where it is now. */
    public void check(SimMember member) {
        StateMachine machine = member.node().machine();
        if (machine.members().membership().isEmpty()) {
            return; // it has joined and has no state yet
        }
        State now = new State(
                member.name,
                machine.digestLow(),
                machine.digestHigh(),
                machine.revision(),
                machine.compactRevision(),
                machine.keyCount());
        State before = states.get(machine.appliedIndex());
        if (before == null) {
            states.put(machine.appliedIndex(), now);
        } else if (before.low != now.low
                || before.high != now.high
                || before.revision != now.revision
                || before.compactRevision != now.compactRevision
                || before.keys != now.keys) {
            throw new Violation(
                    "divergence", "after entry " + machine.appliedIndex() + " there are " + before + " and " + now);
        }
    }
}
