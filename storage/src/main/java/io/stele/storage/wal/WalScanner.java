package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import java.util.List;

/** Reads the segments of a log from its first record to its last valid one. */
final class WalScanner {
    private final List<WalSegment> segments;
    private final EntryIndex entries = new EntryIndex();
    private final Checksum checksum = new Checksum();
    private int current;
    private int offset = WalDescriptor.SEGMENT_HEADER_LENGTH;
    private long digest;
    private boolean begun;

    WalScanner(List<WalSegment> segments) {
        this.segments = segments;
    }

    /** After {@link #scan()}: those that hold records. */
    List<WalSegment> segments() {
        return segments.subList(0, current + 1);
    }

    /** After {@link #scan()}: those after the log's end. */
    List<WalSegment> unused() {
        return segments.subList(current + 1, segments.size());
    }

    EntryIndex entries() {
        return entries;
    }

    int endOffset() {
        return offset;
    }

    long endDigest() {
        return digest;
    }

    /** False if there is no record at all. */
    boolean scan() {
        while (next()) {
            WalSegment segment = segments.get(current);
            apply(segment);
            digest = WalDescriptor.digest(segment.buffer(), offset);
            offset += WalDescriptor.frameLength(WalDescriptor.length(segment.buffer(), offset));
        }
        return begun;
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
        if ((!begun && kind == WalDescriptor.KIND_BASE) || kind == WalDescriptor.KIND_RESET) {
            entries.onBase(index, term);
            begun = true;
        } else if (kind == WalDescriptor.KIND_ENTRY && index == entries.lastIndex() + 1) {
            entries.onEntry(index, term, segment.position(offset));
        } else if (kind == WalDescriptor.KIND_TRUNCATE && index <= entries.lastIndex()) {
            entries.onTruncate(index, term);
        } else if (kind != WalDescriptor.KIND_BASE || index != entries.lastIndex()) {
            throw new StorageException(
                    Kind.CORRUPT,
                    segment.name() + ": record of kind " + kind + " and index " + index + " at " + offset
                            + " cannot follow index " + entries.lastIndex());
        }
    }
}
