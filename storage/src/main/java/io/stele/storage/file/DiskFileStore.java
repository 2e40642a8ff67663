package io.stele.storage.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.stele.storage.file.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * A data directory on a real disk, held by one process at a time.
 *
 * <p>What it promises beyond the port: the directory is made with mode 0700 and files with 0600; a second process that
 * opens the directory is refused ({@link Kind#FOREIGN}); {@link #create} happens whole or not at all, because the
 * file is filled under a temporary name, forced, and renamed. Left-over temporary files are removed when the
 * directory is opened.
 *
 * <p>Files are filled with zeros in writes of 16 KiB: a file filled in larger ones sits in the page cache in large
 * folios, and the kernel then writes a whole folio back for each small store through a mapping. Threads that call into
 * this store must not be interrupted: the JDK closes a file channel under an interrupted thread.
 */
public final class DiskFileStore implements FileStore {
    private static final String LOCK_NAME = "lock";
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final String DIRECTORY_MODE = "rwx------";
    private static final String FILE_MODE = "rw-------";
    private static final int LOCK_TEXT_MAX = 32;

    private final Path directory;
    private final FileChannel lockChannel;
    private final FileAttribute<Set<PosixFilePermission>> fileMode =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FILE_MODE));

    private DiskFileStore(Path directory, FileChannel lockChannel) {
        this.directory = directory;
        this.lockChannel = lockChannel;
    }

    /** Opens a data directory, making it (and its parents) if there is none. */
    public static DiskFileStore open(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(DIRECTORY_MODE)));
                Path parent = directory.toAbsolutePath().getParent();
                if (parent != null) {
                    forceDirectory(parent);
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw new StorageException(Kind.FOREIGN, directory + " is not a directory", e);
        } catch (IOException e) {
            throw new StorageException(
                    Kind.FOREIGN,
                    failure("cannot make the data directory " + directory, e).getMessage(),
                    e);
        }
        return openExisting(directory);
    }

    /** Whether a name in a directory is that of a file which the store keeps there for itself. */
    public static boolean isOwn(String name) {
        return name.equals(LOCK_NAME) || name.endsWith(TEMPORARY_SUFFIX);
    }

    /** Opens a data directory that must exist. */
    public static DiskFileStore openExisting(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new StorageException(Kind.FOREIGN, directory + " is not a directory");
        }
        DiskFileStore store = new DiskFileStore(directory, lock(directory));
        try {
            store.removeTemporaryFiles();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static FileChannel lock(Path directory) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    directory.resolve(LOCK_NAME),
                    Set.of(CREATE, READ, WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FILE_MODE)));
            FileLock lock = channel.tryLock();
            if (lock == null) {
                String holder = holder(channel);
                channel.close();
                throw new StorageException(
                        Kind.FOREIGN, "data directory " + directory + " is in use by another process" + holder);
            }
            String pid = ProcessHandle.current().pid() + "\n";
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel, e);
            throw new StorageException(
                    Kind.FOREIGN, "data directory " + directory + " is already open in this process", e);
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw failure("cannot lock the data directory " + directory, e);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(LOCK_TEXT_MAX);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).trim();
        return pid.isEmpty() ? "" : " (pid " + pid + ")";
    }

    @Override
    public StoredFile create(String name, long length) {
        if (exists(name)) {
            throw new StorageException(Kind.IO, "file exists already: " + path(name));
        }
        Path temporary = directory.resolve(name + TEMPORARY_SUFFIX);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(temporary, Set.of(CREATE_NEW, READ, WRITE), fileMode);
            DiskStoredFile file = new DiskStoredFile(name, path(name), channel);
            file.extend(length);
            Files.move(temporary, path(name), StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(directory);
            return file;
        } catch (IOException e) {
            discard(temporary, channel, e);
            throw failure("cannot create " + path(name), e);
        } catch (StorageException e) {
            discard(temporary, channel, e);
            throw e;
        }
    }

    private static void discard(Path temporary, FileChannel channel, Exception cause) {
        closeQuietly(channel, cause);
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public StoredFile open(String name) {
        Path path = path(name);
        try {
            return new DiskStoredFile(name, path, FileChannel.open(path, READ, WRITE));
        } catch (IOException e) {
            throw failure("cannot open " + path, e);
        }
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name));
    }

    @Override
    public void rename(String from, String to) {
        try {
            Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(directory);
        } catch (IOException e) {
            throw failure("cannot rename " + path(from) + " to " + to, e);
        }
    }

    @Override
    public void delete(String name) {
        try {
            Files.delete(path(name));
            forceDirectory(directory);
        } catch (IOException e) {
            throw failure("cannot delete " + path(name), e);
        }
    }

    @Override
    public List<String> list() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!isOwn(name) && Files.isRegularFile(entry)) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw failure("cannot list " + directory, e);
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public long freeBytes() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw failure("cannot ask for the free space of " + directory, e);
        }
    }

    /** Gives the directory back to other processes. Files that are still open stay usable. */
    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw failure("cannot unlock " + directory, e);
        }
    }

    private void removeTemporaryFiles() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + TEMPORARY_SUFFIX)) {
            for (Path entry : entries) {
                Files.delete(entry);
            }
        } catch (IOException e) {
            throw failure("cannot clean " + directory, e);
        }
    }

    private Path path(String name) {
        if (!FileNames.valid(name) || name.equals(LOCK_NAME) || name.endsWith(TEMPORARY_SUFFIX)) {
            throw new IllegalArgumentException("not a name for a stored file: " + name);
        }
        return directory.resolve(name);
    }

    private static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private static void closeQuietly(FileChannel channel, Exception cause) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /** Sorts an I/O error into what the node can do about it. */
    static StorageException failure(String what, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return new StorageException(Kind.IO, what + ": no such file", cause);
        }
        String given = cause instanceof FileSystemException failed ? failed.getReason() : cause.getMessage();
        String reason = given == null ? cause.getClass().getSimpleName() : given;
        boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
        return new StorageException(full ? Kind.NO_SPACE : Kind.IO, what + ": " + reason, cause);
    }
}
