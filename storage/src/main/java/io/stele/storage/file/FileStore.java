package io.stele.storage.file;

import java.util.List;

/**
 * One data directory, flat: the disk port. Names are plain file names without separators.
 *
 * <p>Every operation that changes the directory (create, rename, delete) is durable when it returns: the directory
 * itself has been forced. Failures are {@link StorageException}s; after a failed force the caller must stop the node.
 */
public interface FileStore extends AutoCloseable {

    /** Creates a file of {@code length} zero bytes, really written and forced; fails if it exists. */
    StoredFile create(String name, long length);

    /** Opens an existing file. */
    StoredFile open(String name);

    boolean exists(String name);

    /** Renames atomically, replacing {@code to} if it exists. */
    void rename(String from, String to);

    void delete(String name);

    /** Names of all files, sorted. */
    List<String> list();

    /** Bytes that may still be allocated. */
    long freeBytes();

    @Override
    void close();
}
