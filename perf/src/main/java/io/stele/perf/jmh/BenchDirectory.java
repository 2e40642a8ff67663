package io.stele.perf.jmh;

import io.stele.perf.crash.DirectoryTree;
import io.stele.storage.file.DiskFileStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        try {
            DirectoryTree.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
