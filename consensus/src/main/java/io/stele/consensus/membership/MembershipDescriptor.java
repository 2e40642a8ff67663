package io.stele.consensus.membership;

/**
 * How memberships and their changes are laid out in log entries and snapshot messages. Little endian, packed.
 *
 * <pre>
 *   change                                     membership
 *   0      version                (1)          0      version                         (1)
 *   1      transition             (1)          1      flags: 1 = leaves joint itself  (1)
 *   2      number of steps n      (2)          2      number of voters a              (2)
 *   4      context length c       (4)          4      number of outgoing voters b     (2)
 *   8      n times:                            6      number of learners c            (2)
 *            kind                 (1)          8      number of next learners d       (2)
 *            member id            (8)          10     a + b + c + d member ids        (8 each)
 *   8+9n   context                (c)
 * </pre>
 */
final class MembershipDescriptor {
    static final byte VERSION = 1;
    static final int VERSION_OFFSET = 0;

    static final int TRANSITION_OFFSET = 1;
    static final int STEP_COUNT_OFFSET = 2;
    static final int CONTEXT_LENGTH_OFFSET = 4;
    static final int STEPS_OFFSET = 8;
    static final int STEP_LENGTH = 9;

    static final int FLAGS_OFFSET = 1;
    static final int COUNTS_OFFSET = 2;
    static final int IDS_OFFSET = 10;
    static final int ID_LENGTH = 8;
    static final byte FLAG_AUTO_LEAVE = 1;

    private MembershipDescriptor() {}
}
