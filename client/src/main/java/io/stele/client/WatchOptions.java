package io.stele.client;

/** What to watch. Immutable: each method returns changed options. */
public final class WatchOptions {
    public static final WatchOptions DEFAULT = new WatchOptions();

    private KeyRange range = KeyRange.ONE;
    private Bytes end = Bytes.EMPTY;
    private long startRevision;
    private boolean previous;
    private boolean progressNotify;
    private boolean noPut;
    private boolean noDelete;
    private boolean fragments;
    private boolean withoutLeader;

    private WatchOptions() {}

    private WatchOptions copy() {
        WatchOptions copy = new WatchOptions();
        copy.range = range;
        copy.end = end;
        copy.startRevision = startRevision;
        copy.previous = previous;
        copy.progressNotify = progressNotify;
        copy.noPut = noPut;
        copy.noDelete = noDelete;
        copy.fragments = fragments;
        copy.withoutLeader = withoutLeader;
        return copy;
    }

    private WatchOptions withRange(KeyRange value, Bytes rangeEnd) {
        WatchOptions copy = copy();
        copy.range = value;
        copy.end = rangeEnd;
        return copy;
    }

    /** All keys that start with the key given. */
    public WatchOptions withPrefix() {
        return withRange(KeyRange.PREFIX, Bytes.EMPTY);
    }

    /** The key given and all behind it. */
    public WatchOptions withFromKey() {
        return withRange(KeyRange.FROM, Bytes.EMPTY);
    }

    /** From the key given up to, and without, this one. */
    public WatchOptions withRange(Bytes rangeEnd) {
        return withRange(KeyRange.UNTIL, rangeEnd);
    }

    /** From this revision on, past or future; 0: from the next one on. */
    public WatchOptions withStartRevision(long value) {
        WatchOptions copy = copy();
        copy.startRevision = value;
        return copy;
    }

    /** Each event with the pair as it was before. */
    public WatchOptions withPrevious() {
        WatchOptions copy = copy();
        copy.previous = true;
        return copy;
    }

    /** Told from time to time how far it is while nothing happens. */
    public WatchOptions withProgressNotify() {
        WatchOptions copy = copy();
        copy.progressNotify = true;
        return copy;
    }

    public WatchOptions withoutPuts() {
        WatchOptions copy = copy();
        copy.noPut = true;
        return copy;
    }

    public WatchOptions withoutDeletions() {
        WatchOptions copy = copy();
        copy.noDelete = true;
        return copy;
    }

    /** A very large revision may come in parts, as {@link WatchEvents#isFragment} says, instead of being gathered. */
    public WatchOptions withFragments() {
        WatchOptions copy = copy();
        copy.fragments = true;
        return copy;
    }

    /** Stays with a member that has no leader, and so may hear of nothing, instead of looking for another one. */
    public WatchOptions withoutLeader() {
        WatchOptions copy = copy();
        copy.withoutLeader = true;
        return copy;
    }

    KeyRange range() {
        return range;
    }

    Bytes start(Bytes key) {
        return range.start(key);
    }

    Bytes end(Bytes key) {
        return range.end(key, end);
    }

    long startRevision() {
        return startRevision;
    }

    boolean previous() {
        return previous;
    }

    boolean progressNotify() {
        return progressNotify;
    }

    boolean noPut() {
        return noPut;
    }

    boolean noDelete() {
        return noDelete;
    }

    boolean fragments() {
        return fragments;
    }

    boolean requireLeader() {
        return !withoutLeader;
    }
}
