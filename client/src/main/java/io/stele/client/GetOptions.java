package io.stele.client;

import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;

/** What to get. Immutable: each method returns changed options. */
public final class GetOptions {
    public static final GetOptions DEFAULT = new GetOptions();

    private KeyRange range = KeyRange.ONE;
    private Bytes end = Bytes.EMPTY;
    private long revision;
    private long limit;
    private SortOrder sortOrder = SortOrder.NONE;
    private SortTarget sortTarget = SortTarget.KEY;
    private long minModRevision;
    private long maxModRevision;
    private long minCreateRevision;
    private long maxCreateRevision;
    private boolean keysOnly;
    private boolean countOnly;
    private boolean serializable;

    private GetOptions() {}

    private GetOptions copy() {
        GetOptions copy = new GetOptions();
        copy.range = range;
        copy.end = end;
        copy.revision = revision;
        copy.limit = limit;
        copy.sortOrder = sortOrder;
        copy.sortTarget = sortTarget;
        copy.minModRevision = minModRevision;
        copy.maxModRevision = maxModRevision;
        copy.minCreateRevision = minCreateRevision;
        copy.maxCreateRevision = maxCreateRevision;
        copy.keysOnly = keysOnly;
        copy.countOnly = countOnly;
        copy.serializable = serializable;
        return copy;
    }

    private GetOptions withRange(KeyRange value, Bytes rangeEnd) {
        GetOptions copy = copy();
        copy.range = value;
        copy.end = rangeEnd;
        return copy;
    }

    /** All keys that start with the key given. */
    public GetOptions withPrefix() {
        return withRange(KeyRange.PREFIX, Bytes.EMPTY);
    }

    /** The key given and all behind it. */
    public GetOptions withFromKey() {
        return withRange(KeyRange.FROM, Bytes.EMPTY);
    }

    /** From the key given up to, and without, this one. */
    public GetOptions withRange(Bytes rangeEnd) {
        return withRange(KeyRange.UNTIL, rangeEnd);
    }

    /** As it was at this revision; 0: now. */
    public GetOptions withRevision(long value) {
        GetOptions copy = copy();
        copy.revision = value;
        return copy;
    }

    /** So many pairs at most; 0: all. */
    public GetOptions withLimit(long value) {
        GetOptions copy = copy();
        copy.limit = value;
        return copy;
    }

    public GetOptions withSort(SortTarget target, SortOrder order) {
        GetOptions copy = copy();
        copy.sortTarget = target;
        copy.sortOrder = order;
        return copy;
    }

    /** Leave out pairs last changed before or after; 0: no bound. */
    public GetOptions withModRevisions(long min, long max) {
        GetOptions copy = copy();
        copy.minModRevision = min;
        copy.maxModRevision = max;
        return copy;
    }

    /** Leave out pairs created before or after; 0: no bound. */
    public GetOptions withCreateRevisions(long min, long max) {
        GetOptions copy = copy();
        copy.minCreateRevision = min;
        copy.maxCreateRevision = max;
        return copy;
    }

    public GetOptions withKeysOnly() {
        GetOptions copy = copy();
        copy.keysOnly = true;
        return copy;
    }

    public GetOptions withCountOnly() {
        GetOptions copy = copy();
        copy.countOnly = true;
        return copy;
    }

    /** From the member asked, without asking the others: faster, may be stale. */
    public GetOptions withSerializable() {
        GetOptions copy = copy();
        copy.serializable = true;
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

    long revision() {
        return revision;
    }

    long limit() {
        return limit;
    }

    SortOrder sortOrder() {
        return sortOrder;
    }

    SortTarget sortTarget() {
        return sortTarget;
    }

    long minModRevision() {
        return minModRevision;
    }

    long maxModRevision() {
        return maxModRevision;
    }

    long minCreateRevision() {
        return minCreateRevision;
    }

    long maxCreateRevision() {
        return maxCreateRevision;
    }

    boolean keysOnly() {
        return keysOnly;
    }

    boolean countOnly() {
        return countOnly;
    }

    boolean serializable() {
        return serializable;
    }
}
