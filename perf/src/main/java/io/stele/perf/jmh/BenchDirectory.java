package io.stele.perf.jmh;

import io.stele.storage.file.DiskFileStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory on a real disk for the time of a trial: below {@code -Dstele.bench.dir}, else the working directory. */
final class BenchDirectory implements AutoCloseable {
    private final Path path;
    private final DiskFileStore files;

    BenchDirectory() throws IOException {
        path = Files.createTempDirectory(
                Path.of(System.getProperty("stele.bench.dir", "")).toAbsolutePath(), "jmh-");
        files = DiskFileStore.open(path);
    }

    DiskFileStore files() {
        return files;
    }

    @Override
    public void close() {
        files.close();
        try (Stream<Path> entries = Files.walk(path)) {
            List<Path> deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
            for (Path entry : deepestFirst) {
                Files.delete(entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
