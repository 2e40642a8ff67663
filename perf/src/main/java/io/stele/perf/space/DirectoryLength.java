package io.stele.perf.space;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What a store's data directory takes, seen from outside while the store works in it.
 *
 * @param bytes   the lengths of all files.
 * @param log     of that, what a store keeps of a write-ahead log however little it holds: the two longest segments and
 *                the second copy of record headers, Stele's {@code wal.headers}.
 * @param reserve of that, what Stele holds ready to give back when the disk is full: its file {@code ballast}.
 */
public record DirectoryLength(long bytes, long log, long reserve) {
    /** Adds the files up. One that goes while this looks counts nothing. */
    public static DirectoryLength of(Path directory) throws IOException {
        Sum sum = new Sum();
        Files.walkFileTree(directory, sum);
        return new DirectoryLength(sum.bytes, sum.longest + sum.second + sum.headers, sum.reserve);
    }

    /** What is left without the two log segments and the reserve. */
    public long withoutFixed() {
        return bytes - log - reserve;
    }

    private static final class Sum extends SimpleFileVisitor<Path> {
        private long bytes;
        private long longest;
        private long second;
        private long headers;
        private long reserve;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            long length = attributes.size();
            bytes += length;
            if (file.endsWith("wal.headers")) {
                headers += length;
            } else if (isLogSegment(file)) {
                second = Math.max(second, Math.min(longest, length));
                longest = Math.max(longest, length);
            } else if (file.endsWith("ballast")) {
                reserve += length;
            }
            return FileVisitResult.CONTINUE;
        }

        /** Stele's {@code wal-….log}, etcd's {@code wal/….wal} and the {@code wal/….tmp} that it has ready. */
        private static boolean isLogSegment(Path file) {
            String name = file.getFileName().toString();
            return name.startsWith("wal-")
                    || name.endsWith(".wal")
                    || file.getParent().endsWith("wal");
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) throws IOException {
            if (Files.exists(file)) {
                throw gone;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
