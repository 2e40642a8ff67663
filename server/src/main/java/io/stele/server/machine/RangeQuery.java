package io.stele.server.machine;

import io.stele.transport.codec.RangeFlagsDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/** What a RangeRequest asks for, with copies of its two keys: outlives the request. */
final class RangeQuery {
    private final RangeRequestDecoder decoder = new RangeRequestDecoder();
    private final MutableDirectBuffer buffer = new ExpandableDirectByteBuffer(1024);
    private final KeyRange range = new KeyRange();

    long correlationId;
    long revision;
    /** Pairs at most; {@code Long.MAX_VALUE} for any number. */
    long pairLimit;

    long minModRevision;
    long maxModRevision;
    long minCreateRevision;
    long maxCreateRevision;
    short sortOrder;
    short sortTarget;
    boolean keysOnly;
    boolean countOnly;

    /** Takes up the request whose block starts at {@code offset}. */
    RangeQuery wrap(DirectBuffer request, int bodyOffset, int blockLength, int version) {
        decoder.wrap(request, bodyOffset, blockLength, version);
        correlationId = decoder.correlationId();
        revision = decoder.revision();
        pairLimit = decoder.pairLimit() > 0 ? decoder.pairLimit() : Long.MAX_VALUE;
        minModRevision = decoder.minModRevision();
        maxModRevision = decoder.maxModRevision();
        minCreateRevision = decoder.minCreateRevision();
        maxCreateRevision = decoder.maxCreateRevision();
        sortOrder = decoder.sortOrderRaw();
        sortTarget = decoder.sortTargetRaw();
        RangeFlagsDecoder flags = decoder.flags();
        keysOnly = flags.keysOnly();
        countOnly = flags.countOnly();
        int keyLength = decoder.keyLength();
        buffer.putBytes(0, request, decoder.limit() + RangeRequestDecoder.keyHeaderLength(), keyLength);
        decoder.skipKey();
        int endLength = decoder.rangeEndLength();
        buffer.putBytes(keyLength, request, decoder.limit() + RangeRequestDecoder.rangeEndHeaderLength(), endLength);
        range.wrap(buffer, 0, keyLength, keyLength, endLength);
        return this;
    }

    KeyRange range() {
        return range;
    }

    boolean hasFilters() {
        return minModRevision != 0 || maxModRevision != 0 || minCreateRevision != 0 || maxCreateRevision != 0;
    }

    boolean accepts(long modRevision, long createRevision) {
        return (maxModRevision == 0 || modRevision <= maxModRevision)
                && (minModRevision == 0 || modRevision >= minModRevision)
                && (maxCreateRevision == 0 || createRevision <= maxCreateRevision)
                && (minCreateRevision == 0 || createRevision >= minCreateRevision);
    }

    /** Whether the order of the result is another one than that of the keys. */
    boolean isSorted() {
        return sortTarget != SortTarget.KEY.value() || sortOrder == SortOrder.DESCEND.value();
    }

    /**
     * Rows to look at before sorting. With no order given the limit (and one row more, for {@code more}) comes before
     * the sort, though a target was given: etcd takes "no order" for the default order there, and only there.
     */
    long sortedRowsWanted() {
        boolean limitFirst = sortOrder == SortOrder.NONE.value() && !hasFilters();
        return limitFirst && pairLimit != Long.MAX_VALUE ? pairLimit + 1 : Long.MAX_VALUE;
    }

    /** Since etcd 3.7 keys alone come without their lease, unless they are sorted by value. */
    boolean omitsLease() {
        return keysOnly && sortTarget != SortTarget.VALUE.value();
    }
}
