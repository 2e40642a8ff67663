package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/** Opens a log: finds the segments, reads them, and decides what the end of the log is. */
final class WalRecovery {
    private WalRecovery() {}

    static Wal open(FileStore store, WalContext context) {
        List<WalSegment> segments = openSegments(store);
        try {
            if (segments.isEmpty()) {
                return Wal.begin(context, new SegmentPool(store, context, context.salt(), 1), context.salt());
            }
            WalScanner scanner = new WalScanner(segments);
            long salt = segments.get(0).salt();
            long nextGeneration = segments.get(segments.size() - 1).generation() + 1;
            SegmentPool pool = new SegmentPool(store, context, salt, nextGeneration);
            if (!scanner.scan()) {
                segments.forEach(pool::addReady);
                return Wal.begin(context, pool, salt);
            }
            scanner.unused().forEach(pool::addReady);
            return Wal.resume(context, pool, scanner);
        } catch (RuntimeException e) {
            CloseHelper.closeAll(segments);
            throw e;
        }
    }

    private static List<WalSegment> openSegments(FileStore store) {
        List<WalSegment> segments = new ArrayList<>();
        Checksum checksum = new Checksum();
        try {
            for (String name : store.list()) {
                long generation = WalDescriptor.generation(name);
                if (generation >= 0) {
                    WalSegment segment = WalSegment.open(store, generation);
                    segments.add(segment);
                    String fault = WalDescriptor.segmentHeaderFault(segment.buffer(), checksum, generation);
                    if (fault != null) {
                        throw new StorageException(Kind.CORRUPT, name + ": " + fault);
                    }
                }
            }
            return segments;
        } catch (RuntimeException e) {
            CloseHelper.closeAll(segments);
            throw e;
        }
    }
}
