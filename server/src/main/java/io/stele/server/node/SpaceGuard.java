package io.stele.server.node;

import io.stele.storage.file.BallastedFileStore;

/**
 * Watches the free space of the disk, so that writes are refused, with a clear answer, before an append fails: deletes,
 * compactions and reads go on, and writes do so by themselves when there is space again (rule R1, fault D6).
 *
 * <p>Where others fill the disk faster than this looks, the ballast gives the space for what is under way; the node
 * that has dropped it refuses writes until it has been able to take it up again.
 *
 * <p>{@link #measure} runs on the checkpoint thread; the node's thread reads two flags.
 */
final class SpaceGuard {
    private final BallastedFileStore files;
    private final long reserveBytes;
    private final boolean hasBallast;
    private final SpaceListener listener;
    private volatile boolean exhausted;
    private boolean reported;

    /** @param reserveBytes what must stay free: room for the log and the next checkpoint of what is not refused */
    SpaceGuard(BallastedFileStore files, long reserveBytes, boolean hasBallast, SpaceListener listener) {
        this.files = files;
        this.reserveBytes = reserveBytes;
        this.hasBallast = hasBallast;
        this.listener = listener;
    }

    boolean isExhausted() {
        return exhausted || files.isDropped();
    }

    /** Looks at the disk, and takes the ballast up where it can; returns whether the answer has changed. */
    boolean measure() {
        if (hasBallast) {
            files.takeUp();
        }
        long freeBytes = files.freeBytes();
        // Once refused, writes wait for a little more: a log segment comes and goes with each checkpoint.
        exhausted = freeBytes < (exhausted ? reserveBytes + reserveBytes / 2 : reserveBytes);
        boolean now = isExhausted();
        if (now == reported) {
            return false;
        }
        reported = now;
        listener.onChange(now, freeBytes);
        return true;
    }
}
