package io.stele.consensus;

/** What became of a proposal, where it is not the log index (which is at least 1). */
public final class ProposeResult {
    /** Sent to the leader: the entry may come or not, its index is not known. */
    public static final long FORWARDED = 0;

    /** This member does not lead, and may not or cannot forward. */
    public static final long NOT_LEADER = -1;

    /** Nobody is known to lead. */
    public static final long NO_LEADER = -2;

    /** Leadership is being handed over. */
    public static final long TRANSFERRING = -3;

    /** Too much is under way; later it will fit again. */
    public static final long OVERLOADED = -4;

    /** Longer than an entry may be. */
    public static final long TOO_LARGE = -5;

    /** Another membership change is under way, or the leader has not yet committed an entry of its own term. */
    public static final long MEMBERSHIP_PENDING = -6;

    /** The change does not fit the present membership; see {@code MembershipEdit.Refusal}. */
    public static final long MEMBERSHIP_INVALID = -7;

    private ProposeResult() {}

    /** For people. */
    public static String text(long result) {
        if (result > 0) {
            return "entry " + result;
        }
        return switch ((int) result) {
            case 0 -> "forwarded";
            case -1 -> "not leader";
            case -2 -> "no leader";
            case -3 -> "leadership is being transferred";
            case -4 -> "too much under way";
            case -5 -> "too large";
            case -6 -> "another membership change is under way";
            case -7 -> "membership change does not fit";
            default -> "unknown result " + result;
        };
    }
}
