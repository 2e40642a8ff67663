package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import java.util.List;

/**
 * Reads a log from its first record along the digest chain to the last valid one, and then judges the end.
 *
 * <p>The chain ends where no valid record follows. That is either the torn tail of a write whose force had not
 * returned, of which nobody was told, or rot in records that were durable. Evidence decides: the highest position
 * that is known to have been forced, from three witnesses that are written only after a force has returned,
 *
 * <ul>
 *   <li>the durable position in each record of the chain,
 *   <li>the durable position in whole record headers found beyond the chain's end,
 *   <li>the header ring.
 * </ul>
 *
 * An end before the evidence is rot, and a {@link #fault()}. Headers beyond the end that were dropped by an earlier
 * recovery witness nothing new: their evidence lies before the place where the log was cut then. Reads only.
 */
final class WalScanner {
    private static final int UNUSED_LOOK_LENGTH = 64 * 1024;

    private final List<WalSegment> segments;
    private final HeaderRing ring;
    private final EntryIndex entries = new EntryIndex();
    private final Checksum checksum = new Checksum();
    private int current;
    private int offset = WalDescriptor.SEGMENT_HEADER_LENGTH;
    private long digest;
    private boolean begun;
    private long evidence;
    private long recordCount;
    private String fault;

    /** The segments of a log in order, one at least; the ring may be null. */
    WalScanner(List<WalSegment> segments, HeaderRing ring) {
        this.segments = segments;
        this.ring = ring;
    }

    void scan() {
        while (fault == null && next()) {
            apply(segments.get(current));
        }
        if (fault == null) {
            judge();
        }
    }

    /** What is wrong with the log, with file, position and index; null if nothing. */
    String fault() {
        return fault;
    }

    /** False if there is no record at all. */
    boolean begun() {
        return begun;
    }

    /** Those that hold records. */
    List<WalSegment> segments() {
        return segments.subList(0, current + 1);
    }

    /** Those after the log's end. */
    List<WalSegment> unused() {
        return segments.subList(begun ? current + 1 : 0, segments.size());
    }

    EntryIndex entries() {
        return entries;
    }

    long recordCount() {
        return recordCount;
    }

    int endOffset() {
        return offset;
    }

    long endDigest() {
        return digest;
    }

    long endPosition() {
        return segments.get(current).position(offset);
    }

    /** Up to here everything is known to have been forced; the end of a record, or the start of the first. */
    long evidence() {
        return Math.max(evidence, segments.get(0).position(WalDescriptor.SEGMENT_HEADER_LENGTH));
    }

    /** Moves to the next record of the chain, if need be into the next segment. */
    private boolean next() {
        if (continues(segments.get(current), offset)) {
            return true;
        }
        boolean more = begun && current + 1 < segments.size();
        if (!more || !continues(segments.get(current + 1), WalDescriptor.SEGMENT_HEADER_LENGTH)) {
            return false;
        }
        segments.get(current).continueIn(segments.get(current + 1), offset);
        current++;
        offset = WalDescriptor.SEGMENT_HEADER_LENGTH;
        return true;
    }

    private boolean continues(WalSegment segment, int at) {
        return segment.valid(at, checksum) && (!begun || WalDescriptor.previousDigest(segment.buffer(), at) == digest);
    }

    private void apply(WalSegment segment) {
        byte kind = WalDescriptor.kind(segment.buffer(), offset);
        long index = WalDescriptor.index(segment.buffer(), offset);
        long term = WalDescriptor.term(segment.buffer(), offset);
        boolean isMark = kind == WalDescriptor.KIND_BASE || kind == WalDescriptor.KIND_OPEN;
        if ((!begun && kind == WalDescriptor.KIND_BASE) || (begun && kind == WalDescriptor.KIND_RESET)) {
            entries.onBase(index, term);
            begun = true;
        } else if (begun && kind == WalDescriptor.KIND_ENTRY && index == entries.lastIndex() + 1) {
            entries.onEntry(index, term, segment.position(offset));
        } else if (begun && kind == WalDescriptor.KIND_TRUNCATE && index <= entries.lastIndex()) {
            entries.onTruncate(index, term);
        } else if (!begun || !isMark || index != entries.lastIndex() || term != entries.lastTerm()) {
            fault = place(segment, offset) + ": a record of kind " + kind + " with index " + index
                    + " cannot follow index " + entries.lastIndex();
            return;
        }
        if (kind == WalDescriptor.KIND_ENTRY && ring != null && ring.contradicts(segment, offset, checksum)) {
            fault = place(segment, offset) + ": entry " + index + " is not the one that had been made durable here";
            return;
        }
        evidence = Math.max(evidence, WalDescriptor.durablePosition(segment.buffer(), offset));
        digest = WalDescriptor.digest(segment.buffer(), offset);
        offset += WalDescriptor.frameLength(WalDescriptor.length(segment.buffer(), offset));
        recordCount++;
    }

    private void judge() {
        long end = endPosition();
        if (ring != null) {
            evidence = Math.max(evidence, ring.evidence(checksum));
        }
        WalSegment last = segments.get(current);
        evidence = Math.max(evidence, evidenceBeyond(last, offset, last.capacity()));
        for (int i = current + 1; i < segments.size(); i++) {
            // A segment begins with short records: if its start holds none it was never used, and is not read further.
            WalSegment later = segments.get(i);
            long atStart = evidenceBeyond(later, WalDescriptor.SEGMENT_HEADER_LENGTH, UNUSED_LOOK_LENGTH);
            if (atStart > 0) {
                long further = evidenceBeyond(later, UNUSED_LOOK_LENGTH, later.capacity());
                evidence = Math.max(evidence, Math.max(atStart, further));
            }
        }
        if (evidence > end) {
            fault = rot();
        }
    }

    /** Searches a segment for whole record headers, which may lie anywhere once the chain is lost. */
    private long evidenceBeyond(WalSegment segment, int from, int to) {
        long found = 0;
        int last = Math.min(to, segment.capacity() - WalDescriptor.RECORD_HEADER_LENGTH);
        for (int at = from; at <= last; at += WalDescriptor.ALIGNMENT) {
            if (looksWritten(segment, at) && segment.validHeader(at, checksum)) {
                found = Math.max(found, WalDescriptor.durablePosition(segment.buffer(), at));
            }
        }
        return found;
    }

    private static boolean looksWritten(WalSegment segment, int at) {
        return at <= segment.capacity() - WalDescriptor.RECORD_HEADER_LENGTH
                && WalDescriptor.position(segment.buffer(), at) == segment.position(at);
    }

    private String rot() {
        WalSegment segment = segments.get(current);
        int at = offset;
        boolean inNext = WalDescriptor.generation(evidence) > segment.generation() && !looksWritten(segment, at);
        if (inNext && begun && current + 1 < segments.size()) {
            segment = segments.get(current + 1);
            at = WalDescriptor.SEGMENT_HEADER_LENGTH;
        }
        String what;
        if (!looksWritten(segment, at)) {
            what = "no record";
        } else if (!segment.validHeader(at, checksum)) {
            what = "a damaged record header";
        } else if (!segment.valid(at, checksum)) {
            what = "a damaged payload";
        } else {
            what = "a record of another history";
        }
        return place(segment, at) + ": " + what + " where index " + (entries.lastIndex() + 1)
                + " is expected; the log had been made durable up to "
                + WalDescriptor.segmentName(WalDescriptor.generation(evidence)) + " offset "
                + WalDescriptor.offset(evidence);
    }

    private static String place(WalSegment segment, int at) {
        return segment.name() + " offset " + at;
    }
}
