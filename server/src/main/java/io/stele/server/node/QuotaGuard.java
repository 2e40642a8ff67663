package io.stele.server.node;

import io.stele.transport.MessageSequence;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * Holds the data, live and history, to {@code --quota-backend-bytes}. Measured is what the pages in use take: not the
 * file, which may be longer, and shrinks by itself once history is given up.
 *
 * <p>What would go beyond is refused before it is proposed, at the cost that etcd gives it; what was on its way by then
 * may end up a little beyond. Either way there is an alarm then, see {@link AlarmKeeper}.
 */
final class QuotaGuard {
    /** etcd's costs: of a pair beside its bytes, and of a lease. */
    private static final int PAIR_COST = 256;

    private static final int LEASE_COST = 64;

    private final NodeState node;
    private final long quotaBytes;
    private final MessageSequence parts = new MessageSequence();
    private boolean wasExceeded;
    private long checkedRevision;

    /** @param quotaBytes 0 or less for none */
    QuotaGuard(NodeState node, long quotaBytes) {
        this.node = node;
        this.quotaBytes = Math.max(0, quotaBytes);
        checkedRevision = node.machine.revision();
    }

    /** 0: none. */
    long quotaBytes() {
        return quotaBytes;
    }

    /** Whether a request would take the data beyond the quota. */
    boolean refuses(DirectBuffer request, int offset, int length) {
        if (quotaBytes == 0) {
            return false;
        }
        long left = quotaBytes - node.store.spaceUsed();
        if (left > (long) length * PAIR_COST) {
            return false; // whatever it is
        }
        long cost = cost(request, offset, length);
        boolean refused = cost > 0 && cost > left;
        wasExceeded |= refused;
        return refused;
    }

    /** Whether it is, or a request would have been, beyond the quota since this was asked last. */
    boolean pollExceeded() {
        boolean exceeded = wasExceeded;
        wasExceeded = false;
        if (quotaBytes > 0 && node.machine.revision() != checkedRevision) {
            checkedRevision = node.machine.revision();
            exceeded |= node.store.spaceUsed() > quotaBytes;
        }
        return exceeded;
    }

    /** Of both branches of a transaction together, where etcd takes the dearer one. */
    private long cost(DirectBuffer request, int offset, int length) {
        parts.wrap(request, offset, length);
        long cost = 0;
        while (parts.next()) {
            if (parts.templateId() == PutRequestDecoder.TEMPLATE_ID) {
                cost += PAIR_COST + parts.messageLength();
            } else if (parts.templateId() == LeaseGrantRequestDecoder.TEMPLATE_ID) {
                cost += LEASE_COST;
            }
        }
        return cost;
    }
}
