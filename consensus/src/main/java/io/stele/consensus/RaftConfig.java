package io.stele.consensus;

/**
 * What a core is told once. Times are in ticks; what a tick is, the node decides. {@link #validate()} is called by the
 * core.
 *
 * <p>The seed must differ between members and between the lives of one member: election timeouts are drawn from it,
 * and the ids of attempts to read, which must never come twice, or a late answer could confirm a read it was not
 * meant for.
 */
public final class RaftConfig {
    private long memberId;
    private long seed;
    private int electionTicks = 10;
    private int heartbeatTicks = 1;
    private boolean preVote = true;
    private boolean checkQuorum = true;
    private boolean forwardProposals = true;
    private int entryBytesMax = 2 * 1024 * 1024;
    private int appendBytesMax = 1024 * 1024;
    private int appendEntriesMax = 4096;
    private int unstableBytesMax; // 0: follows from the others
    private int inflightMessagesMax = 256;
    private long inflightBytesMax = 16 * 1024 * 1024;
    private int uncommittedEntriesMax = 16 * 1024;
    private long uncommittedBytesMax; // 0: follows from the others
    private int applyingEntriesMax = 16 * 1024;
    private int readsMax = 64 * 1024;

    public RaftConfig memberId(long id) {
        memberId = id;
        return this;
    }

    public RaftConfig seed(long value) {
        seed = value;
        return this;
    }

    /** A follower that has not heard a leader for one to two times as long campaigns. */
    public RaftConfig electionTicks(int ticks) {
        electionTicks = ticks;
        return this;
    }

    public RaftConfig heartbeatTicks(int ticks) {
        heartbeatTicks = ticks;
        return this;
    }

    /** Ask before campaigning, so that a member that was cut off disturbs nobody when it comes back. */
    public RaftConfig preVote(boolean on) {
        preVote = on;
        return this;
    }

    /** A leader that does not hear a quorum for an election timeout steps down; who hears a leader votes for nobody. */
    public RaftConfig checkQuorum(boolean on) {
        checkQuorum = on;
        return this;
    }

    public RaftConfig forwardProposals(boolean on) {
        forwardProposals = on;
        return this;
    }

    public RaftConfig entryBytesMax(int bytes) {
        entryBytesMax = bytes;
        return this;
    }

    public RaftConfig appendBytesMax(int bytes) {
        appendBytesMax = bytes;
        return this;
    }

    public RaftConfig appendEntriesMax(int count) {
        appendEntriesMax = count;
        return this;
    }

    /** What may be accepted, in bytes, between two batches; by default four of the longest entries or appends. */
    public RaftConfig unstableBytesMax(int bytes) {
        unstableBytesMax = bytes;
        return this;
    }

    public RaftConfig inflightMessagesMax(int count) {
        inflightMessagesMax = count;
        return this;
    }

    public RaftConfig inflightBytesMax(long bytes) {
        inflightBytesMax = bytes;
        return this;
    }

    /** A power of two. */
    public RaftConfig uncommittedEntriesMax(int count) {
        uncommittedEntriesMax = count;
        return this;
    }

    /** What may be proposed and not yet committed, in bytes; by default 64 MiB, or four of the longest entries. */
    public RaftConfig uncommittedBytesMax(long bytes) {
        uncommittedBytesMax = bytes;
        return this;
    }

    /** How far the entries handed out for applying may be ahead of what has been applied. */
    public RaftConfig applyingEntriesMax(int count) {
        applyingEntriesMax = count;
        return this;
    }

    public RaftConfig readsMax(int count) {
        readsMax = count;
        return this;
    }

    public long memberId() {
        return memberId;
    }

    public long seed() {
        return seed;
    }

    public int electionTicks() {
        return electionTicks;
    }

    public int heartbeatTicks() {
        return heartbeatTicks;
    }

    public boolean preVote() {
        return preVote;
    }

    public boolean checkQuorum() {
        return checkQuorum;
    }

    public boolean forwardProposals() {
        return forwardProposals;
    }

    public int entryBytesMax() {
        return entryBytesMax;
    }

    public int appendBytesMax() {
        return appendBytesMax;
    }

    public int appendEntriesMax() {
        return appendEntriesMax;
    }

    public int unstableBytesMax() {
        return unstableBytesMax > 0 ? unstableBytesMax : 4 * Math.max(entryBytesMax, appendBytesMax);
    }

    public int inflightMessagesMax() {
        return inflightMessagesMax;
    }

    public long inflightBytesMax() {
        return inflightBytesMax;
    }

    public int uncommittedEntriesMax() {
        return uncommittedEntriesMax;
    }

    public long uncommittedBytesMax() {
        return uncommittedBytesMax > 0 ? uncommittedBytesMax : Math.max(64L << 20, 4L * entryBytesMax);
    }

    public int applyingEntriesMax() {
        return applyingEntriesMax;
    }

    public int readsMax() {
        return readsMax;
    }

    /** Throws on the first value that cannot work. */
    public RaftConfig validate() {
        check(memberId != 0, "memberId must not be 0");
        check(electionTicks > 1 && electionTicks <= Limits.ELECTION_TICKS_MAX, "electionTicks is out of range");
        check(heartbeatTicks > 0 && heartbeatTicks < electionTicks, "heartbeatTicks must be below electionTicks");
        check(entryBytesMax > 0 && entryBytesMax <= Limits.ENTRY_BYTES_MAX, "entryBytesMax is out of range");
        check(appendBytesMax > 0 && appendBytesMax <= Limits.APPEND_BYTES_MAX, "appendBytesMax is out of range");
        check(
                appendEntriesMax > 0 && appendEntriesMax <= Limits.APPEND_ENTRIES_MAX,
                "appendEntriesMax is out of range");
        check(
                unstableBytesMax() >= Math.max(entryBytesMax, appendBytesMax)
                        && unstableBytesMax() <= Limits.UNSTABLE_BYTES_MAX,
                "unstableBytesMax must have room for the longest entry and append");
        check(
                inflightMessagesMax > 0 && inflightMessagesMax <= Limits.INFLIGHT_MESSAGES_MAX,
                "inflightMessagesMax is out of range");
        check(inflightBytesMax > 0, "inflightBytesMax is out of range");
        check(
                uncommittedEntriesMax > 0
                        && uncommittedEntriesMax <= Limits.UNCOMMITTED_ENTRIES_MAX
                        && Integer.bitCount(uncommittedEntriesMax) == 1,
                "uncommittedEntriesMax must be a power of two within its limit");
        check(uncommittedBytesMax() >= entryBytesMax, "uncommittedBytesMax must have room for the longest entry");
        check(applyingEntriesMax > 0, "applyingEntriesMax is out of range");
        check(readsMax > 0 && readsMax <= Limits.READS_MAX, "readsMax is out of range");
        return this;
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
