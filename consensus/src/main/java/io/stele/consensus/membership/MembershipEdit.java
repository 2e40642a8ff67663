package io.stele.consensus.membership;

import java.util.Arrays;

/**
 * One step from a {@link Membership} to the next, and the rules that make the step safe.
 *
 * <p>A <em>simple</em> step may change one voter: any majority before and any majority after share a member. A step
 * that changes more must <em>enter</em> a joint configuration and <em>leave</em> it by a second step. Learners count
 * nowhere, so any number of them may change at once.
 *
 * <p>Within one step, adding a member that is there, and removing or demoting one that is not, are nothing, so that a
 * change proposed twice does no harm.
 */
public final class MembershipEdit {
    /** Why a step is not taken. */
    public enum Refusal {
        NONE,
        /** A joint configuration must be left before anything else. */
        IS_JOINT,
        NOT_JOINT,
        NO_VOTERS,
        SEVERAL_VOTERS
    }

    private final Membership before;
    private long[] voters;
    private long[] outgoing;
    private long[] learners;
    private long[] learnersNext;
    private boolean autoLeave;
    private Refusal refusal = Refusal.NONE;

    private MembershipEdit(Membership before) {
        this.before = before;
        this.voters = before.voters();
        this.outgoing = before.outgoingVoters();
        this.learners = before.learners();
        this.learnersNext = before.learnersNext();
        this.autoLeave = before.autoLeave();
    }

    static MembershipEdit start(Membership before) {
        return new MembershipEdit(before);
    }

    /** Takes the step that a change asks for. */
    public static MembershipEdit of(Membership before, MembershipChange change) {
        if (change.leavesJoint()) {
            return leaveJoint(before);
        }
        return switch (change.transition()) {
            case AUTO ->
                change.changesSeveralVoters(before) ? enterJoint(before, change, true) : simple(before, change);
            case JOINT_IMPLICIT -> enterJoint(before, change, true);
            case JOINT_EXPLICIT -> enterJoint(before, change, false);
        };
    }

    /** Changes at most one voter. */
    public static MembershipEdit simple(Membership before, MembershipChange change) {
        MembershipEdit edit = start(before);
        if (before.isJoint()) {
            return edit.refuse(Refusal.IS_JOINT);
        }
        edit.take(change);
        if (edit.voters.length == 0) {
            return edit.refuse(Refusal.NO_VOTERS);
        }
        return edit.votersChanged() > 1 ? edit.refuse(Refusal.SEVERAL_VOTERS) : edit;
    }

    /** Makes the present voters the outgoing half and the changed ones the incoming. */
    public static MembershipEdit enterJoint(Membership before, MembershipChange change, boolean autoLeave) {
        MembershipEdit edit = start(before);
        if (before.isJoint()) {
            return edit.refuse(Refusal.IS_JOINT);
        }
        if (edit.voters.length == 0) {
            return edit.refuse(Refusal.NO_VOTERS);
        }
        edit.outgoing = edit.voters;
        edit.autoLeave = autoLeave;
        edit.take(change);
        return edit.voters.length == 0 ? edit.refuse(Refusal.NO_VOTERS) : edit;
    }

    /** Drops the outgoing half; demotions that waited for it take place. */
    public static MembershipEdit leaveJoint(Membership before) {
        MembershipEdit edit = start(before);
        if (!before.isJoint()) {
            return edit.refuse(Refusal.NOT_JOINT);
        }
        for (long id : edit.learnersNext) {
            edit.learners = with(edit.learners, id);
        }
        edit.learnersNext = new long[0];
        edit.outgoing = new long[0];
        edit.autoLeave = false;
        return edit;
    }

    public Refusal refusal() {
        return refusal;
    }

    /** The configuration after the step; the one before if it was refused. */
    public Membership result() {
        if (refusal != Refusal.NONE) {
            return before;
        }
        return new Membership(voters, outgoing, learners, learnersNext, autoLeave);
    }

    void addVoter(long memberId) {
        if (memberId != 0) {
            voters = with(voters, memberId);
            learners = without(learners, memberId);
            learnersNext = without(learnersNext, memberId);
        }
    }

    void addLearner(long memberId) {
        if (memberId == 0 || contains(learners, memberId)) {
            return;
        }
        voters = without(voters, memberId);
        if (contains(outgoing, memberId)) {
            learnersNext = with(learnersNext, memberId);
        } else {
            learners = with(learners, memberId);
        }
    }

    private void remove(long memberId) {
        voters = without(voters, memberId);
        learners = without(learners, memberId);
        learnersNext = without(learnersNext, memberId);
    }

    private void take(MembershipChange change) {
        for (int i = 0; i < change.stepCount(); i++) {
            long memberId = change.memberId(i);
            switch (change.kind(i)) {
                case ADD_VOTER -> addVoter(memberId);
                case ADD_LEARNER -> addLearner(memberId);
                case REMOVE -> remove(memberId);
                case UPDATE -> {
                    // only its context matters, and only to the state machine
                }
            }
        }
    }

    private MembershipEdit refuse(Refusal reason) {
        refusal = reason;
        return this;
    }

    private int votersChanged() {
        int changed = 0;
        for (long id : voters) {
            changed += before.isIncomingVoter(id) ? 0 : 1;
        }
        for (long id : before.voters()) {
            changed += contains(voters, id) ? 0 : 1;
        }
        return changed;
    }

    private static boolean contains(long[] ids, long memberId) {
        return Arrays.binarySearch(ids, memberId) >= 0;
    }

    private static long[] with(long[] ids, long memberId) {
        if (contains(ids, memberId)) {
            return ids;
        }
        long[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = memberId;
        Arrays.sort(longer);
        return longer;
    }

    private static long[] without(long[] ids, long memberId) {
        int at = Arrays.binarySearch(ids, memberId);
        if (at < 0) {
            return ids;
        }
        long[] shorter = new long[ids.length - 1];
        System.arraycopy(ids, 0, shorter, 0, at);
        System.arraycopy(ids, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }
}
