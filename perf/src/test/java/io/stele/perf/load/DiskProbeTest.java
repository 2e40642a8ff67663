package io.stele.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskProbeTest {
    @TempDir
    private Path directory;

    @Test
    void shouldMeasureAtLeastOnceAndLeaveNothingBehind() throws IOException {
        assertTrue(DiskProbe.measure(directory, 256, 1).getTotalCount() >= 1);
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }
}
