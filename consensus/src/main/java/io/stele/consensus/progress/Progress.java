package io.stele.consensus.progress;

/**
 * What the leader knows of one member's log, and how it sends to it. All transitions live here.
 *
 * <pre>
 *                  an append was refused, the member was unreachable
 *            +--------------------------------------------------------+
 *            v                                                        |
 *        +-------+   first acknowledgement                       +-----------+
 *   ---> | PROBE | --------------------------------------------> | REPLICATE |
 *        +-------+                                               +-----------+
 *          |   ^                                                      |
 *          |   | the transfer ended, well or not      what it needs has been released
 *          v   |                                                      |
 *        +----------+                                                 |
 *        | SNAPSHOT | <-----------------------------------------------+
 *        +----------+
 * </pre>
 *
 * <p>Invariant: {@code 0 <= match < next}. {@code match} only grows: it counts what the member has made durable. But
 * for one that says itself that it has lost some of it.
 */
public final class Progress {
    /** How the leader sends. */
    public enum State {
        /** One append at a time: the place where the logs agree is being looked for. */
        PROBE,
        /** Appends follow one another without waiting, up to the in-flight limits. */
        REPLICATE,
        /** Nothing: the member gets a snapshot first. */
        SNAPSHOT
    }

    private final long memberId;
    private final Inflights inflights;
    private State state = State.PROBE;
    private long match;
    private long next;
    private boolean paused;
    private long snapshotIndex;
    private long sentCommit;
    private long ackedRound;
    private boolean active;
    private boolean fit = true;
    private long token;
    private boolean incomingVoter;
    private boolean outgoingVoter;

    public Progress(long memberId, long next, Inflights inflights) {
        this.memberId = memberId;
        this.next = next;
        this.inflights = inflights;
    }

    public long memberId() {
        return memberId;
    }

    public State state() {
        return state;
    }

    public long match() {
        return match;
    }

    public long next() {
        return next;
    }

    public Inflights inflights() {
        return inflights;
    }

    /** The highest commit index sent so far that the member can take, for all we know. */
    public long sentCommit() {
        return sentCommit;
    }

    /** The last heartbeat round that the member has answered. */
    public long ackedRound() {
        return ackedRound;
    }

    /** Whether the member has been heard since this was last cleared. */
    public boolean isActive() {
        return active;
    }

    public void active(boolean heard) {
        active = heard;
    }

    /** Whether the member is fit to lead, as it has last said. */
    public boolean isFit() {
        return fit;
    }

    public boolean isIncomingVoter() {
        return incomingVoter;
    }

    public boolean isOutgoingVoter() {
        return outgoingVoter;
    }

    public boolean isLearner() {
        return !incomingVoter && !outgoingVoter;
    }

    void voter(boolean incoming, boolean outgoing) {
        incomingVoter = incoming;
        outgoingVoter = outgoing;
    }

    /** Whether an append may leave now. */
    public boolean maySend() {
        return switch (state) {
            case PROBE -> !paused;
            case REPLICATE -> !inflights.isFull();
            case SNAPSHOT -> false;
        };
    }

    /** Notes an append that is about to leave. */
    public void onSent(int entryCount, long bytes, long commit) {
        assert maySend();
        if (state == State.PROBE) {
            paused = true;
        } else if (entryCount > 0) {
            next += entryCount;
            inflights.add(next - 1, bytes);
        }
        long carried = state == State.PROBE ? next - 1 + entryCount : next - 1;
        sentCommit = Math.max(sentCommit, Math.min(commit, carried));
    }

    /** Takes an acknowledgement; false if it says nothing new. */
    public boolean onAcked(long logIndex) {
        if (state == State.REPLICATE) {
            inflights.freeTo(logIndex);
        }
        paused = false;
        if (logIndex <= match) {
            return false;
        }
        match = logIndex;
        next = Math.max(next, match + 1);
        return true;
    }

    /** The leader's own log has become durable. */
    public void onOwnDurable(long durable) {
        match = Math.max(match, durable);
        next = match + 1;
    }

    /**
     * Takes a refusal of the append behind {@code refused}; false if it is out of date, that is, answers something
     * else than what was last sent.
     */
    public boolean onRefused(long refused, long hint) {
        if (state == State.REPLICATE) {
            if (refused <= match) {
                return false;
            }
            becomeProbe();
            return true;
        }
        if (state == State.SNAPSHOT || next - 1 != refused) {
            return false;
        }
        next = Math.max(Math.min(refused, hint + 1), match + 1);
        sentCommit = Math.min(sentCommit, next - 1);
        paused = false;
        return true;
    }

    /** The member has lost what it had acknowledged behind an entry, and says so under a token. */
    public void onShortened(long agree, long newToken) {
        token = newToken;
        match = Math.min(match, agree);
        if (state != State.SNAPSHOT) {
            becomeProbe();
        }
    }

    /** Shows the member that its loss is known; 0 if it has told of none. */
    public long token() {
        return token;
    }

    /** A heartbeat was answered: the member lives, so one more append may leave whatever came of the last one. */
    public void onHeartbeatReply(long round, long memberCommit, boolean memberIsFit) {
        active = true;
        fit = memberIsFit;
        paused = false;
        ackedRound = Math.max(ackedRound, round);
        if (memberCommit < sentCommit && memberCommit < match) {
            sentCommit = memberCommit; // lost on the way, or forgotten in a restart
        }
        if (state == State.REPLICATE && inflights.isFull()) {
            inflights.freeFirst();
        }
    }

    /** A round of our own heartbeats begins: we have heard ourselves. */
    public void onOwnRound(long round) {
        ackedRound = round;
        active = true;
    }

    public void becomeProbe() {
        long from = state == State.SNAPSHOT ? Math.max(match, snapshotIndex) : match;
        state = State.PROBE;
        next = from + 1;
        sentCommit = Math.min(sentCommit, next - 1);
        paused = false;
        snapshotIndex = 0;
        inflights.clear();
    }

    public void becomeReplicate() {
        state = State.REPLICATE;
        next = match + 1;
        paused = false;
        inflights.clear();
    }

    public void becomeSnapshot(long logIndex) {
        state = State.SNAPSHOT;
        snapshotIndex = logIndex;
        paused = false;
        inflights.clear();
    }

    /** The transfer failed: what it would have brought is not there. */
    public void onSnapshotFailed() {
        snapshotIndex = 0;
        becomeProbe();
        paused = true; // until the member is heard again, or the next attempt would follow at once
    }

    @Override
    public String toString() {
        return memberId + ": " + state + " match=" + match + " next=" + next + (paused ? " paused" : "")
                + (isLearner() ? " learner" : "");
    }
}
