package io.stele.simulator.cluster.check;

import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Change;
import io.stele.simulator.workload.WatchSpec;

/**
 * What one watch may be told, over all connections and members on which it is opened again: exactly the changes of the
 * committed log that it is for, from its first revision on.
 *
 * <ul>
 *   <li>Ordered, unique, reliable, filtered, nothing uncommitted: each event is the next one of the model's, with all
 *       that belongs to it.
 *   <li>Atomic: a frame that does not say that it is a fragment ends with a whole revision.
 *   <li>Resumable: it is opened again at the first revision of which it has not got everything, anywhere.
 *   <li>Bookmarkable: nothing up to a revision of progress is still missing, and the member has got that far.
 *   <li>A gap is a compaction, and said to be one; then it goes on at the compact revision, which itself is not gone.
 * </ul>
 */
public final class WatchCheck {
    /** Where the member is that says something: its newest and its compact revision. */
    public record Stand(long revision, long compactRevision) {}

    private final String name;
    private final WatchSpec spec;
    private final EventHistory history;
    private final Coverage coverage;

    /** The first revision of which not everything was got; 0: the next one, whichever that is. */
    private long next;

    /** Place in the history of the next change that may be for it. */
    private int place;

    /** A revision of which a part was got, and it was said that there may be more; 0: none. */
    private long openRevision;

    private boolean isOpen;

    public WatchCheck(String name, WatchSpec spec, EventHistory history, Coverage coverage) {
        this.name = name;
        this.spec = spec;
        this.history = history;
        this.coverage = coverage;
        next = spec.start();
    }

    /** The revision to ask for. */
    public long next() {
        return next;
    }

    /** Its connection is gone: what was got of an unfinished revision is forgotten. */
    public void onLost() {
        isOpen = false;
        openRevision = 0;
    }

    public void onCreated(long revision, Stand stand) {
        if (revision > stand.revision) {
            throw violation("created", "at revision " + revision + ", the member is at " + stand.revision);
        }
        if (next > revision + 1) {
            coverage.note(Sometimes.WATCH_OF_THE_FUTURE);
        }
        if (next > 0 && next == stand.compactRevision) {
            coverage.note(Sometimes.WATCH_FROM_COMPACT_REVISION);
        }
        next = next == 0 ? revision + 1 : next;
        place = history.firstAt(next);
        isOpen = true;
    }

    /** The next change that it is to hear of; null if there is none yet. */
    private Change expected() {
        while (place < history.count()) {
            Change change = history.at(place);
            if (change.revision() >= next && spec.wants(change)) {
                return change;
            }
            place++;
        }
        return null;
    }

    public boolean isCaughtUp() {
        return isOpen && expected() == null && openRevision == 0;
    }

    public void onEvents(WatchFrame frame, Stand stand) {
        if (frame.events().isEmpty() && (frame.isFragment() || frame.revision() != openRevision)) {
            throw violation("protocol", "an empty frame of revision " + frame.revision() + ", open is " + openRevision);
        }
        for (Change event : frame.events()) {
            Change expected = expected();
            if (expected == null || !expected.isSamePair(event)) {
                throw difference(event, expected);
            }
            checkPrevious(event, expected, stand);
            place++;
        }
        if (!frame.events().isEmpty()) {
            Change last = frame.events().get(frame.events().size() - 1);
            if (last.revision() != frame.revision()) {
                throw violation("protocol", "a frame of revision " + frame.revision() + " ends with " + text(last));
            }
        }
        if (frame.isFragment()) {
            coverage.note(Sometimes.WATCH_REVISION_IN_FRAGMENTS);
            openRevision = frame.revision();
            next = Math.max(next, openRevision);
            return;
        }
        openRevision = 0;
        Change after = expected();
        if (after != null && after.revision() <= frame.revision()) {
            throw violation(
                    "atomic",
                    "revision " + frame.revision() + " is said to be complete, " + text(after) + " is missing");
        }
        next = frame.revision() + 1;
    }

    private void checkPrevious(Change event, Change expected, Stand stand) {
        Change previous = event.previous();
        if (previous == null) {
            boolean mayBeGone = event.revision() <= stand.compactRevision;
            if (spec.previous() && expected.previous() != null && !mayBeGone) {
                throw violation("previous pair", "none with " + text(event) + ", was " + text(expected.previous()));
            }
            return;
        }
        coverage.note(Sometimes.WATCH_PREVIOUS_PAIR);
        if (!spec.previous()
                || expected.previous() == null
                || !expected.previous().isSamePair(previous)) {
            throw violation(
                    "previous pair",
                    text(previous) + " with " + text(event) + ", was " + text(expected.previous())
                            + (spec.previous() ? "" : ", and not asked for"));
        }
    }

    /** What is wrong with an event that is not the expected one. */
    private Violation difference(Change event, Change expected) {
        int at = history.find(event);
        String found = text(event) + ", expected " + text(expected);
        if (at < 0) {
            return violation("committed", "never happened: " + found);
        }
        if (!spec.wants(event)) {
            return violation("filter", found);
        }
        if (event.revision() < next) {
            return violation("unique", "not after revision " + (next - 1) + ": " + found);
        }
        if (at > place) {
            return violation("reliable", "a gap before " + found);
        }
        return at < place ? violation("ordered", found) : violation("event", found);
    }

    /** All up to a revision is said to have been delivered. */
    public void onProgress(long revision, boolean isSynced, Stand stand) {
        Change missing = expected();
        if (missing != null && missing.revision() <= revision) {
            throw violation("bookmark", "progress of revision " + revision + " before " + text(missing));
        }
        if (revision > stand.revision) {
            throw violation("bookmark", "progress of revision " + revision + ", the member is at " + stand.revision);
        }
        if (openRevision != 0 && revision >= openRevision) {
            throw violation("bookmark", "progress of revision " + revision + " within " + openRevision);
        }
        if (isSynced && spec.start() > revision + 1) {
            throw violation("bookmark", "up to date at revision " + revision + ", before its start " + spec.start());
        }
        next = Math.max(next, revision + 1);
    }

    /** It was ended, because of a compaction. */
    public void onCompacted(long compactRevision, Stand stand) {
        if (compactRevision > stand.compactRevision || next >= compactRevision) {
            throw violation(
                    "compacted",
                    "compact revision " + compactRevision + " is given for revision " + next
                            + ", the member has compacted " + stand.compactRevision);
        }
        coverage.note(Sometimes.WATCH_COMPACTED);
        next = compactRevision;
        onLost();
    }

    private Violation violation(String check, String message) {
        return new Violation("watch " + check, name + " of " + spec + ", next " + next + ": " + message);
    }

    private static String text(Change change) {
        return change == null
                ? "nothing"
                : (change.isDeletion() ? "deletion of " : "put of ") + WatchSpec.nameOf(change.key()) + " in revision "
                        + change.revision() + " version " + change.version() + " created " + change.createRevision()
                        + " lease " + change.lease() + " " + change.value().length + " B";
    }

    @Override
    public String toString() {
        return name;
    }
}
