package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.log.Entry;
import io.stele.server.config.AutoCompaction;
import io.stele.transport.codec.CompactRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;

/**
 * Gives up history by itself, as etcd does: what is older than some time, or beyond so many revisions.
 *
 * <pre>
 *   PERIODIC   the newest revision is noted every tenth of the retention (at most of an hour); compacts to the one that
 *              was noted a retention ago, first after a retention, then every retention (at most every hour)
 *   REVISION   compacts to the newest less the retention, every five minutes
 * </pre>
 *
 * <p>Every member notes revisions, for it may lead one day; only the leader proposes. A compaction is an entry like any
 * client's: readers lose the history at once, the space is freed in slices in the background.
 */
final class AutoCompactor {
    private static final long INTERVAL_NS_MAX = TimeUnit.HOURS.toNanos(1);
    private static final int NOTES_PER_INTERVAL = 10;
    private static final long REVISION_INTERVAL_NS = TimeUnit.MINUTES.toNanos(5);

    private final NodeState node;
    private final AutoCompaction config;
    private final long intervalNs;
    private final long stepNs;
    private final ArrayDeque<Long> noted = new ArrayDeque<>();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final CompactRequestEncoder compact = new CompactRequestEncoder();
    private long nextStepNs;
    private long waitNs;
    private long lastNs;
    private long lastRevision;

    AutoCompactor(NodeState node, AutoCompaction config, long nowNs) {
        this.node = node;
        this.config = config;
        boolean isPeriodic = config.mode() == AutoCompaction.Mode.PERIODIC;
        intervalNs = isPeriodic ? Math.min(config.retention(), INTERVAL_NS_MAX) : REVISION_INTERVAL_NS;
        stepNs = isPeriodic ? Math.max(1, intervalNs / NOTES_PER_INTERVAL) : REVISION_INTERVAL_NS;
        waitNs = isPeriodic ? config.retention() : 0;
        lastNs = nowNs;
        nextStepNs = nowNs + stepNs;
        note();
    }

    int doWork() {
        if (!config.isOn() || node.nowNs - nextStepNs < 0) {
            return 0;
        }
        nextStepNs = node.nowNs + stepNs;
        long revision = revision();
        boolean isDue = node.nowNs - lastNs >= waitNs && revision > 0 && revision != lastRevision;
        if (isDue && node.raft.role() == Role.LEADER && propose(revision)) {
            waitNs = config.mode() == AutoCompaction.Mode.PERIODIC ? intervalNs : 0;
            lastNs = node.nowNs;
            lastRevision = revision;
        }
        note();
        return 1;
    }

    /** What is to become the oldest revision. */
    private long revision() {
        return config.mode() == AutoCompaction.Mode.PERIODIC
                ? noted.peek()
                : node.machine.revision() - config.retention();
    }

    private void note() {
        if (config.isOn() && config.mode() == AutoCompaction.Mode.PERIODIC) {
            noted.add(node.machine.revision());
            if (noted.size() > config.retention() / stepNs + 1) {
                noted.poll();
            }
        }
    }

    /** True if it is on its way, or done already. */
    private boolean propose(long revision) {
        if (revision <= node.machine.compactRevision()) {
            return true;
        }
        compact.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0)
                .revision(revision)
                .flags()
                .clear();
        return node.mayPropose(buffer, 0, compact.limit())
                && node.raft.propose(Entry.COMMAND, buffer, 0, compact.limit()) > 0;
    }
}
