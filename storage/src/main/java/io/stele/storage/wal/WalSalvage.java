package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StoredFile;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is left of a log that {@link Wal#open} refuses: its whole beginning, and up to where it went. For a member whose
 * peers have what it has lost.
 *
 * <ol>
 *   <li>{@link #examine} only reads. What it finds to have been the last entry, going by every header that can still be
 *       read anywhere, has to be remembered durably, before
 *   <li>{@link #cut} throws away everything behind the first damage, so that the log can be opened. A crash in between
 *       leaves a log that is refused again, or one that is cut already.
 * </ol>
 */
public final class WalSalvage {
    /** {@link #lastIndex}: nothing that can be read says where the log went. */
    public static final long UNKNOWN = Long.MAX_VALUE / 2;

    private static final int ZEROS_LENGTH = 64 * 1024;

    private final FileStore store;
    private final Checksum checksum = new Checksum();
    private long wholeGeneration = -1;
    private int wholeOffset;
    private long lastIndex;
    private long lastTerm;
    private long knownTo;
    private boolean blind;

    private WalSalvage(FileStore store) {
        this.store = store;
    }

    /** Looks at the log of a directory that no node has open. */
    public static WalSalvage examine(FileStore store) {
        WalSalvage salvage = new WalSalvage(store);
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            salvage.examine(opened);
        } finally {
            CloseHelper.closeAll(opened);
        }
        return salvage;
    }

    private void examine(List<AutoCloseable> opened) {
        HeaderRing ring = HeaderRing.openExisting(store, checksum);
        if (ring != null) {
            opened.add(ring);
            ring.forEach(checksum, this::see);
        }
        List<WalSegment> beginning = new ArrayList<>();
        boolean isWhole = true;
        long newest = -1;
        long newestUnreadable = -1;
        for (String name : store.list()) {
            long generation = WalDescriptor.generation(name);
            if (generation < 0) {
                continue;
            }
            WalSegment segment = open(generation, opened);
            isWhole &= segment != null && (newest < 0 || generation == newest + 1);
            newest = generation;
            if (segment == null) {
                newestUnreadable = generation;
            } else {
                seeHeaders(segment);
            }
            if (isWhole) {
                beginning.add(segment);
            }
        }
        blind = WalDescriptor.generation(knownTo) < newestUnreadable || lastTerm == 0;
        findWhole(beginning);
    }

    private WalSegment open(long generation, List<AutoCloseable> opened) {
        try {
            WalSegment segment = WalSegment.open(store, generation, false, checksum);
            opened.add(segment);
            return segment;
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.CORRUPT) {
                throw e;
            }
            return null;
        }
    }

    private void findWhole(List<WalSegment> beginning) {
        if (beginning.isEmpty()) {
            return;
        }
        WalScanner scanner = new WalScanner(beginning, null);
        scanner.scan();
        if (scanner.begun()) {
            wholeGeneration = WalDescriptor.generation(scanner.endPosition());
            wholeOffset = WalDescriptor.offset(scanner.endPosition());
        }
    }

    private void seeHeaders(WalSegment segment) {
        int last = segment.capacity() - WalDescriptor.RECORD_HEADER_LENGTH;
        for (int at = WalDescriptor.SEGMENT_HEADER_LENGTH; at <= last; at += WalDescriptor.ALIGNMENT) {
            if (segment.validHeader(at, checksum)) {
                see(
                        segment.position(at),
                        WalDescriptor.index(segment.buffer(), at),
                        WalDescriptor.term(segment.buffer(), at));
            }
        }
    }

    private void see(long position, long index, long term) {
        knownTo = Math.max(knownTo, position);
        if (term > lastTerm || (term == lastTerm && index > lastIndex)) {
            lastTerm = term;
            lastIndex = index;
        }
    }

    /** No entry was ever appended that a log which ends here has not; {@link #UNKNOWN} if that cannot be said. */
    public long lastIndex() {
        return blind ? UNKNOWN : lastIndex;
    }

    /** Its term; the highest that was seen. */
    public long lastTerm() {
        return lastTerm;
    }

    /** Leaves the log's whole beginning, if there is one. Newest files go first, so that what is left has no gap. */
    public void cut() {
        List<String> names = new ArrayList<>();
        for (String name : store.list()) {
            if (WalDescriptor.generation(name) > wholeGeneration) {
                names.add(name);
            }
        }
        for (int i = names.size() - 1; i >= 0; i--) {
            store.delete(names.get(i));
        }
        if (wholeGeneration >= 0) {
            fillWithZeros(WalDescriptor.segmentName(wholeGeneration));
        }
        if (store.exists(HeaderRing.NAME)) {
            store.delete(HeaderRing.NAME);
        }
    }

    private void fillWithZeros(String name) {
        try (StoredFile file = store.open(name)) {
            UnsafeBuffer zeros = new UnsafeBuffer(new byte[ZEROS_LENGTH]);
            for (long at = wholeOffset; at < file.length(); at += ZEROS_LENGTH) {
                file.write(at, zeros, 0, (int) Math.min(ZEROS_LENGTH, file.length() - at));
            }
            file.sync();
        }
    }
}
