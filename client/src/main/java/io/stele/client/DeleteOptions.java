package io.stele.client;

/** What to delete. Immutable: each method returns changed options. */
public final class DeleteOptions {
    public static final DeleteOptions DEFAULT = new DeleteOptions(KeyRange.ONE, Bytes.EMPTY, false);

    private final KeyRange range;
    private final Bytes end;
    private final boolean previous;

    private DeleteOptions(KeyRange range, Bytes end, boolean previous) {
        this.range = range;
        this.end = end;
        this.previous = previous;
    }

    /** All keys that start with the key given. */
    public DeleteOptions withPrefix() {
        return new DeleteOptions(KeyRange.PREFIX, Bytes.EMPTY, previous);
    }

    /** The key given and all behind it. */
    public DeleteOptions withFromKey() {
        return new DeleteOptions(KeyRange.FROM, Bytes.EMPTY, previous);
    }

    /** From the key given up to, and without, this one. */
    public DeleteOptions withRange(Bytes rangeEnd) {
        return new DeleteOptions(KeyRange.UNTIL, rangeEnd, previous);
    }

    /** Reply with the pairs deleted. */
    public DeleteOptions withPrevious() {
        return new DeleteOptions(range, end, true);
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

    boolean previous() {
        return previous;
    }
}
