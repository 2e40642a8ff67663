package io.stele.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {
    @TempDir
    private Path directory;

    @Test
    @Timeout(60)
    void shouldSeeForcesAndLeaveNothingBehind() throws Exception {
        try (DiskWatch watch = DiskWatch.begin(directory)) {
            long slowestNs = 0;
            while (slowestNs == 0) {
                slowestNs = watch.slowestNs();
                Thread.onSpinWait();
            }
            assertTrue(slowestNs > 0);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }
}
