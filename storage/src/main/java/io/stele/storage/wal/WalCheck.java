package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/** Verifies every record of a log that no node has open, without changing anything. */
public final class WalCheck {
    private WalCheck() {}

    /**
     * What was found.
     *
     * @param problems one line each; empty if the log is sound
     * @param segmentCount segment files that hold records
     * @param recordCount valid records, up to the first problem
     * @param firstIndex index of the first entry; {@code lastIndex + 1} if there is none
     * @param lastIndex index of the last entry
     * @param headerCopies false if the second copy of the headers is missing or unusable, which is no problem by itself
     */
    public record Report(
            List<String> problems,
            int segmentCount,
            long recordCount,
            long firstIndex,
            long lastIndex,
            boolean headerCopies) {

        public boolean isSound() {
            return problems.isEmpty();
        }
    }

    public static Report run(FileStore store) {
        List<AutoCloseable> opened = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try {
            List<WalSegment> segments = WalRecovery.openSegments(store, false, opened);
            Checksum checksum = new Checksum();
            HeaderRing ring = HeaderRing.openExisting(store, checksum);
            if (ring != null) {
                opened.add(ring);
            }
            if (segments.isEmpty()) {
                if (ring != null && ring.evidence(checksum) > 0) {
                    problems.add(WalRecovery.missingSegments(ring.evidence(checksum)));
                }
                return new Report(problems, 0, 0, 1, 0, ring != null);
            }
            WalScanner scanner = new WalScanner(segments, ring);
            scanner.scan();
            if (scanner.fault() != null) {
                problems.add(scanner.fault());
            }
            int segmentCount = scanner.begun() ? scanner.segments().size() : 0;
            EntryIndex entries = scanner.entries();
            return new Report(
                    problems,
                    segmentCount,
                    scanner.recordCount(),
                    entries.firstIndex(),
                    entries.lastIndex(),
                    ring != null);
        } catch (StorageException e) {
            problems.add(e.getMessage());
            return new Report(problems, 0, 0, 1, 0, false);
        } finally {
            CloseHelper.closeAll(opened);
        }
    }
}
