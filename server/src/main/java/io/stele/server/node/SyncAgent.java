package io.stele.server.node;

import io.stele.storage.wal.Wal;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * Forces the write-ahead log. Everything appended before a force begins rides on it (group commit).
 *
 * <p>One number each way: how far the log was appended, and how far it is durable. The durable index travels together
 * with the log epoch at the force's beginning, in one word, so that a truncation between them cannot vouch for an entry
 * that was never forced:
 *
 * <pre>
 *    63        48 47                              0
 *   +------------+--------------------------------+
 *   | log epoch  |  log index (2^48 is enough)     |
 *   +------------+--------------------------------+
 * </pre>
 *
 * A failed force leaves the durable index where it was and stops the node; it is never retried (rule R2).
 */
public final class SyncAgent implements Agent {
    private static final int EPOCH_SHIFT = 48;
    private static final long INDEX_MASK = (1L << EPOCH_SHIFT) - 1;

    private final Wal wal;
    private final NanoClock clock;
    private Wakeable node = Wakeable.NEVER_ASLEEP;
    private volatile long logEpoch;
    private volatile long requestedPosition;
    private volatile long durable;
    private long syncedPosition;
    private long syncs;
    private final Durations durations = new Durations();
    private volatile long syncCount;

    SyncAgent(Wal wal, NanoClock clock) {
        this.wal = wal;
        this.clock = clock;
        requestedPosition = wal.appendedPosition();
        syncedPosition = requestedPosition;
        durable = wal.lastIndex();
    }

    /** Who waits for {@link #durable()}; set before the agents start. */
    void node(Wakeable wakeable) {
        node = wakeable;
    }

    /** Node thread: the log was appended up to {@code position} in {@code epoch}; returns whether that is news. */
    boolean request(long position, long epoch) {
        if (position == requestedPosition) {
            return false;
        }
        logEpoch = epoch;
        requestedPosition = position;
        return true;
    }

    /** Any thread: the last entry known durable, to be read with {@link #index} and {@link #epoch}. */
    long durable() {
        return durable;
    }

    static long index(long durable) {
        return durable & INDEX_MASK;
    }

    /** The full epoch of a durable word, known to be the current one or one shortly before it. */
    static long epoch(long durable, long currentEpoch) {
        long age = (currentEpoch - (durable >>> EPOCH_SHIFT)) & 0xFFFF;
        return currentEpoch - age;
    }

    /** How long they took. */
    Durations durations() {
        return durations;
    }

    /** Forces done so far. */
    long syncCount() {
        return syncCount;
    }

    @Override
    public int doWork() {
        long position = requestedPosition;
        if (position == syncedPosition) {
            return 0;
        }
        long epochAtBegin = logEpoch;
        long beginNs = clock.nanoTime();
        long index = wal.sync();
        durations.record(clock.nanoTime() - beginNs);
        durable = epochAtBegin << EPOCH_SHIFT | index;
        syncedPosition = position;
        syncs++;
        syncCount = syncs;
        node.wake();
        return 1;
    }

    @Override
    public String roleName() {
        return "stele-sync";
    }
}
