package io.stele.server.node;

import org.agrona.DirectBuffer;

/**
 * What may still be proposed on a full disk. What adds data may not. Removals may, they are what makes room: but a
 * removal writes before it frees, so that those on their way must find room in the log and in the pages to be had.
 *
 * <p>How much a removal writes is estimated: a few pages copied at each place where it begins, little for each key. A
 * wrong guess costs a stop for want of space, as if nobody had guessed.
 */
final class Scarcity {
    private static final long BYTES_PER_REQUEST = 192 * 1024;

    /** Two versions and a tombstone in the history, a lease, but for keys longer than most. */
    private static final long BYTES_PER_KEY = 1024;

    private final NodeState node;
    private long olderBytes;
    private long newerBytes;
    private long newerFrom;

    Scarcity(NodeState node) {
        this.node = node;
    }

    boolean allows(DirectBuffer request, int offset, int length) {
        long keys = node.machine.removalCount(request, offset, length);
        if (keys < 0 || !node.wal.canAppend(length + NodeState.ENTRY_OVERHEAD_BYTES)) {
            return false;
        }
        if (node.machine.appliedIndex() >= newerFrom) {
            // All that was let through before the newer ones has been applied.
            olderBytes = newerBytes;
            newerBytes = 0;
            newerFrom = node.raft.lastIndex() + 1;
        }
        long bytes = keys == 0 ? length : BYTES_PER_REQUEST + keys * BYTES_PER_KEY + length;
        if (olderBytes + newerBytes + bytes > node.store.spaceObtainable()) {
            return false;
        }
        newerBytes += bytes;
        return true;
    }
}
