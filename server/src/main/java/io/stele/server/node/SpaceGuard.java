package io.stele.server.node;

import io.stele.storage.file.FileStore;

/**
 * Watches the free space of the disk, so that writes are refused, with a clear answer, before an append fails: deletes,
 * compactions and reads go on, and writes do so by themselves when there is space again (rule R1, fault D6).
 *
 * <p>{@link #measure} runs on the checkpoint thread; the node's thread reads one flag.
 */
final class SpaceGuard {
    private final FileStore files;
    private final long reserveBytes;
    private volatile boolean exhausted;

    /** @param reserveBytes what must stay free: room for the log and the next checkpoint of what is not refused */
    SpaceGuard(FileStore files, long reserveBytes) {
        this.files = files;
        this.reserveBytes = reserveBytes;
    }

    boolean isExhausted() {
        return exhausted;
    }

    /** Looks at the disk; returns whether the answer has changed. */
    boolean measure() {
        boolean now = files.freeBytes() < reserveBytes;
        boolean changed = now != exhausted;
        exhausted = now;
        return changed;
    }
}
