package io.stele.server;

import io.stele.storage.file.DiskFileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.wal.Superblock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The directory of everything durable: ours already, or empty. A path mistaken for it gets no file of ours. */
final class DataDirectory {
    private static final String FILE_SYSTEM_OWN = "lost+found";

    private DataDirectory() {}

    /** Opens it, making it where it is not there. */
    static DiskFileStore open(Path directory) {
        if (Files.isDirectory(directory) && !Files.exists(directory.resolve(Superblock.NAME))) {
            requireNothingForeign(directory);
        }
        return DiskFileStore.open(directory);
    }

    private static void requireNothingForeign(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            String foreign = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !mayBeThere(name))
                    .sorted()
                    .findFirst()
                    .orElse(null);
            if (foreign != null) {
                throw new StorageException(
                        StorageException.Kind.FOREIGN,
                        "data directory " + directory + " holds '" + foreign
                                + "', which is not Stele's: choose an empty or a new --data-dir");
            }
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.FOREIGN, "cannot list the data directory " + directory + ": " + e, e);
        }
    }

    /** What an interrupted first start leaves, what file systems put there, and what the node itself judges. */
    private static boolean mayBeThere(String name) {
        return DiskFileStore.isOwn(name) || name.startsWith(".") || name.equals(FILE_SYSTEM_OWN) || isLogOrPages(name);
    }

    private static boolean isLogOrPages(String name) {
        return name.startsWith("wal") || name.startsWith("pages");
    }
}
