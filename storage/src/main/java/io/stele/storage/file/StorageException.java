package io.stele.storage.file;

/** A disk operation failed. The node that sees one on its durability path stops; it never retries a failed force. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What failed, for the decision what to do about it. */
    public enum Kind {
        /** The disk is full; nothing was lost. */
        NO_SPACE,
        /** Reading, writing or forcing failed: what is on the disk is unknown. */
        IO,
        /** Bytes that were durable once do not match their checksum or their place. */
        CORRUPT,
        /** The directory belongs to another process, another cluster or another version. */
        FOREIGN
    }

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StorageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
