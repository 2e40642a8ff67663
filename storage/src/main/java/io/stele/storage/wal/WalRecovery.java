package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * Opens a log. In order:
 *
 * <ol>
 *   <li>Map the segments; read along the chain; judge the end ({@link WalScanner}). Rot: refuse, change no record.
 *   <li>Write again, in place, what is not known to have been forced. After a force that failed the page cache may show
 *       bytes that the disk never got and that the kernel takes for clean; a new write makes them dirty.
 *   <li>Append an OPEN record where the torn tail begins, and force. It makes the chain differ from whatever an earlier
 *       life has left behind it: what was dropped once cannot come back, and nothing has to be zeroed.
 * </ol>
 *
 * A crash at any step leaves a log that the next opening reads in the same way.
 */
final class WalRecovery {
    private WalRecovery() {}

    static Wal open(FileStore store, WalContext context) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            return open(store, context, opened);
        } catch (RuntimeException e) {
            CloseHelper.quietCloseAll(opened);
            throw e;
        }
    }

    private static Wal open(FileStore store, WalContext context, List<AutoCloseable> opened) {
        Checksum checksum = new Checksum();
        List<WalSegment> segments = openSegments(store, true, opened);
        HeaderRing old = HeaderRing.openExisting(store, checksum);
        if (old != null) {
            opened.add(old);
        }
        long salt = segments.isEmpty() ? context.salt() : segments.get(0).salt();
        WalScanner scanner = judge(segments, old, checksum);
        HeaderRing ring = old;
        if (old == null || old.salt() != salt) {
            CloseHelper.close(old);
            ring = HeaderRing.create(store, context.headerCount(), salt, checksum);
            opened.add(ring);
        }
        long nextGeneration =
                segments.isEmpty() ? 1 : segments.get(segments.size() - 1).generation() + 1;
        SegmentPool pool = new SegmentPool(store, context, salt, nextGeneration);
        opened.add(pool);
        if (scanner == null || !scanner.begun()) {
            segments.forEach(pool::addReady);
            return Wal.begin(context, pool, ring, salt);
        }
        scanner.unused().forEach(pool::addReady);
        writeAgain(scanner);
        return Wal.resume(context, pool, ring, scanner);
    }

    private static WalScanner judge(List<WalSegment> segments, HeaderRing ring, Checksum checksum) {
        if (segments.isEmpty()) {
            if (ring != null && ring.evidence(checksum) > 0) {
                throw new StorageException(Kind.CORRUPT, missingSegments(ring.evidence(checksum)));
            }
            return null;
        }
        WalScanner scanner = new WalScanner(segments, ring);
        scanner.scan();
        if (scanner.fault() != null) {
            throw new StorageException(Kind.CORRUPT, scanner.fault());
        }
        return scanner;
    }

    static String missingSegments(long evidence) {
        return "no segment files, but the log had been made durable up to "
                + WalDescriptor.segmentName(WalDescriptor.generation(evidence)) + " offset "
                + WalDescriptor.offset(evidence);
    }

    private static void writeAgain(WalScanner scanner) {
        long evidence = scanner.evidence();
        List<WalSegment> segments = scanner.segments();
        for (int i = 0; i < segments.size(); i++) {
            WalSegment segment = segments.get(i);
            boolean isLast = i == segments.size() - 1;
            int from = segment.generation() == WalDescriptor.generation(evidence)
                    ? WalDescriptor.offset(evidence)
                    : WalDescriptor.SEGMENT_HEADER_LENGTH;
            int to = isLast ? scanner.endOffset() : segment.endOffset();
            if (segment.generation() >= WalDescriptor.generation(evidence) && from < to) {
                segment.write(from, segment.buffer(), from, to - from);
            }
        }
    }

    /** Opens the segment files in order of generation; with {@code repair}, fills those that were cut short. */
    static List<WalSegment> openSegments(FileStore store, boolean repair, List<AutoCloseable> opened) {
        List<WalSegment> segments = new ArrayList<>();
        Checksum checksum = new Checksum();
        for (String name : store.list()) {
            long generation = WalDescriptor.generation(name);
            if (generation >= 0) {
                long expected = segments.isEmpty()
                        ? generation
                        : segments.get(segments.size() - 1).generation() + 1;
                if (generation != expected) {
                    throw new StorageException(
                            Kind.CORRUPT, WalDescriptor.segmentName(expected) + ": segment file is missing");
                }
                WalSegment segment = WalSegment.open(store, generation, repair, checksum);
                segments.add(segment);
                opened.add(segment);
            }
        }
        return segments;
    }
}
