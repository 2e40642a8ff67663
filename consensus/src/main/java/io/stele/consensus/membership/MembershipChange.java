package io.stele.consensus.membership;

import java.nio.ByteOrder;
import java.util.ArrayList;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A wish to change the membership: some steps, how to get there, and a context that only the state machine understands
 * (names and addresses). Without steps it is the wish to leave a joint configuration.
 */
public final class MembershipChange {
    /** What is done to one member. Its code is part of the layout. */
    public enum Kind {
        /** Adds a voter or promotes a learner. */
        ADD_VOTER(0),
        /** Adds a learner or demotes a voter. */
        ADD_LEARNER(1),
        REMOVE(2),
        /** Changes nothing but what the context says. */
        UPDATE(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** How the next configuration is reached. Its code is part of the layout. */
    public enum Transition {
        /** In one step if that is safe, else by a joint configuration that is left by itself. */
        AUTO(0),
        /** By a joint configuration that is left by itself. */
        JOINT_IMPLICIT(1),
        /** By a joint configuration that lasts until it is left by a further change. */
        JOINT_EXPLICIT(2);

        private final int code;

        Transition(int code) {
            this.code = code;
        }
    }

    private final Transition transition;
    private final ArrayList<Kind> kinds = new ArrayList<>();
    private final LongArrayList memberIds = new LongArrayList();
    private final UnsafeBuffer context = new UnsafeBuffer(0, 0);

    public MembershipChange(Transition transition) {
        this.transition = transition;
    }

    /** The wish to leave a joint configuration. */
    public static MembershipChange leave() {
        return new MembershipChange(Transition.AUTO);
    }

    public static MembershipChange addVoter(long memberId) {
        return new MembershipChange(Transition.AUTO).and(Kind.ADD_VOTER, memberId);
    }

    public static MembershipChange addLearner(long memberId) {
        return new MembershipChange(Transition.AUTO).and(Kind.ADD_LEARNER, memberId);
    }

    public static MembershipChange remove(long memberId) {
        return new MembershipChange(Transition.AUTO).and(Kind.REMOVE, memberId);
    }

    public static MembershipChange update(long memberId) {
        return new MembershipChange(Transition.AUTO).and(Kind.UPDATE, memberId);
    }

    /** Adds a step. */
    public MembershipChange and(Kind kind, long memberId) {
        kinds.add(kind);
        memberIds.addLong(memberId);
        return this;
    }

    /** Attaches bytes for the state machine; they are referred to, not copied. */
    public MembershipChange context(DirectBuffer buffer, int offset, int length) {
        context.wrap(buffer, offset, length);
        return this;
    }

    public Transition transition() {
        return transition;
    }

    public int stepCount() {
        return kinds.size();
    }

    public Kind kind(int step) {
        return kinds.get(step);
    }

    public long memberId(int step) {
        return memberIds.getLong(step);
    }

    public DirectBuffer context() {
        return context;
    }

    boolean leavesJoint() {
        return stepCount() == 0 && transition == Transition.AUTO;
    }

    /** Whether a simple step would not do. */
    boolean changesSeveralVoters(Membership before) {
        return MembershipEdit.simple(before, this).refusal() == MembershipEdit.Refusal.SEVERAL_VOTERS;
    }

    public int encodedLength() {
        return MembershipDescriptor.STEPS_OFFSET + stepCount() * MembershipDescriptor.STEP_LENGTH + context.capacity();
    }

    /** Writes this change; see {@link MembershipDescriptor}. Returns the length. */
    public int encode(MutableDirectBuffer buffer, int offset) {
        buffer.putByte(offset + MembershipDescriptor.VERSION_OFFSET, MembershipDescriptor.VERSION);
        buffer.putByte(offset + MembershipDescriptor.TRANSITION_OFFSET, (byte) transition.code);
        buffer.putShort(offset + MembershipDescriptor.STEP_COUNT_OFFSET, (short) stepCount(), ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + MembershipDescriptor.CONTEXT_LENGTH_OFFSET, context.capacity(), ByteOrder.LITTLE_ENDIAN);
        int at = offset + MembershipDescriptor.STEPS_OFFSET;
        for (int i = 0; i < stepCount(); i++) {
            buffer.putByte(at, (byte) kinds.get(i).code);
            buffer.putLong(at + 1, memberIds.getLong(i), ByteOrder.LITTLE_ENDIAN);
            at += MembershipDescriptor.STEP_LENGTH;
        }
        if (context.capacity() > 0) {
            buffer.putBytes(at, context, 0, context.capacity());
        }
        return at + context.capacity() - offset;
    }

    /** Reads what {@link #encode} has written; throws on anything else. The context refers to the buffer. */
    public static MembershipChange decode(DirectBuffer buffer, int offset, int length) {
        check(length >= MembershipDescriptor.STEPS_OFFSET, "too short");
        check(
                buffer.getByte(offset + MembershipDescriptor.VERSION_OFFSET) == MembershipDescriptor.VERSION,
                "unknown version");
        Transition transition = transitionOf(buffer.getByte(offset + MembershipDescriptor.TRANSITION_OFFSET));
        int steps = buffer.getShort(offset + MembershipDescriptor.STEP_COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
        int contextLength = buffer.getInt(offset + MembershipDescriptor.CONTEXT_LENGTH_OFFSET, ByteOrder.LITTLE_ENDIAN);
        int stepsEnd = MembershipDescriptor.STEPS_OFFSET + steps * MembershipDescriptor.STEP_LENGTH;
        check(stepsEnd <= length && contextLength == length - stepsEnd, "length does not fit");
        MembershipChange change = new MembershipChange(transition);
        int at = offset + MembershipDescriptor.STEPS_OFFSET;
        for (int i = 0; i < steps; i++) {
            change.and(kindOf(buffer.getByte(at)), buffer.getLong(at + 1, ByteOrder.LITTLE_ENDIAN));
            at += MembershipDescriptor.STEP_LENGTH;
        }
        return contextLength > 0 ? change.context(buffer, at, contextLength) : change;
    }

    private static Kind kindOf(int code) {
        for (Kind kind : Kind.values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("membership change: unknown kind " + code);
    }

    private static Transition transitionOf(int code) {
        for (Transition transition : Transition.values()) {
            if (transition.code == code) {
                return transition;
            }
        }
        throw new IllegalArgumentException("membership change: unknown transition " + code);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("membership change: " + message);
        }
    }
}
