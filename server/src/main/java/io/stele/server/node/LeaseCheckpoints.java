package io.stele.server.node;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.consensus.log.Entry;
import io.stele.server.lease.LeaseTimers;
import io.stele.server.machine.LeaseRecord;
import io.stele.transport.codec.LeaseCheckpointRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.LongArrayList;

/**
 * What is written down of leases between their grant and their end: how long old ones have left, many in one entry, and
 * that such a one was renewed.
 *
 * <p>Leases of up to five minutes are never written down, longer ones every five minutes, very long ones every
 * sixteenth of their time: a change of the leader gives a lease that much more at most.
 */
final class LeaseCheckpoints {
    static final long INTERVAL_MS = TimeUnit.MINUTES.toMillis(5);

    private static final int INTERVALS_PER_TTL = 16;
    private static final int ITEMS_MAX = 1000;
    private static final int ITEM_LENGTH = 3 * Long.BYTES;
    private static final long WAIT_MS_MAX = 1000;

    private final NodeState node;
    private final LeaseRecord record = new LeaseRecord();
    private final LongArrayList renewals = new LongArrayList();
    private final ExpandableArrayBuffer items = new ExpandableArrayBuffer(ITEMS_MAX * ITEM_LENGTH);
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(ITEMS_MAX * ITEM_LENGTH + 128);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final LeaseCheckpointRequestEncoder checkpoint = new LeaseCheckpointRequestEncoder();
    private int length;
    private long oldestMs;

    LeaseCheckpoints(NodeState node) {
        this.node = node;
    }

    void begin() {
        length = 0;
        renewals.clear();
    }

    /** When a lease that begins anew is to be written down. */
    long nextMs(long nowMs, long ttl) {
        long ttlMs = TimeUnit.SECONDS.toMillis(ttl);
        return ttlMs <= INTERVAL_MS ? LeaseTimers.NEVER : nowMs + Math.max(INTERVAL_MS, ttlMs / INTERVALS_PER_TTL);
    }

    /** What a lease has left; written down with others within a second. */
    void add(long leaseId, long leftMs, long nowMs) {
        if (length == ITEMS_MAX * ITEM_LENGTH) {
            flush();
        }
        if (length == 0) {
            oldestMs = nowMs;
        }
        put(leaseId, (leftMs + 999) / 1000);
    }

    /** False if too many are under way. */
    boolean addRenewal(long leaseId) {
        return renewals.size() < ITEMS_MAX && renewals.add(leaseId);
    }

    int propose(long nowMs) {
        if (length > 0 && (!renewals.isEmpty() || nowMs - oldestMs >= WAIT_MS_MAX)) {
            flush(); // a renewal must stand behind what it undoes
        }
        if (renewals.isEmpty()) {
            return 0;
        }
        for (int i = 0; i < renewals.size(); i++) {
            put(renewals.getLong(i), 0);
        }
        if (flush()) {
            renewals.clear();
        }
        return 1;
    }

    private void put(long leaseId, long seconds) {
        if (node.machine.findLease(leaseId, record)) {
            items.putLong(length, leaseId, LITTLE_ENDIAN);
            items.putLong(length + Long.BYTES, record.grantedIndex(), LITTLE_ENDIAN);
            items.putLong(length + 2 * Long.BYTES, seconds, LITTLE_ENDIAN);
            length += ITEM_LENGTH;
        }
    }

    /** False if it could not be proposed; a checkpoint may be missed, a renewal is tried again. */
    private boolean flush() {
        if (length == 0) {
            return true;
        }
        checkpoint
                .wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0)
                .term(node.raft.term());
        checkpoint.putLeases(items, 0, length);
        length = 0;
        return node.mayPropose(buffer, 0, checkpoint.limit())
                && node.raft.propose(Entry.COMMAND, buffer, 0, checkpoint.limit()) > 0;
    }
}
