package io.stele.storage.file.sim;

/** The calls of the disk port, as a {@link FaultPlan} sees them. */
public enum DiskOperation {
    CREATE,
    OPEN,
    EXISTS,
    RENAME,
    DELETE,
    LIST,
    FREE_BYTES,
    EXTEND,
    TRUNCATE,
    MAP,
    SYNC,
    READ,
    WRITE
}
