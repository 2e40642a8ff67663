package io.stele.server.node;

import io.stele.consensus.Fitness;
import java.util.concurrent.TimeUnit;

/**
 * Whether this member is fit to lead: its forces return in time, its duty cycle comes round in time, its state can be
 * believed. All of it is measured by the node's thread with its own clock, so that the simulator sees the same.
 *
 * <pre>
 *   force    wait for the durable index to move while the log is ahead of it
 *   slow     a wait has passed {@link #FORCE_SLOW_NS}, and no shorter one has followed, for {@link #SLOW_FOR_NS}
 *   stalls   the duty cycle has stood still for half an election timeout, {@link #STALLS_MAX} times in a while
 * </pre>
 *
 * Time in which the whole process stood still is no time of the disk's.
 */
final class LeaderHealth {
    static final long FORCE_SLOW_NS = TimeUnit.MILLISECONDS.toNanos(500);
    static final long SLOW_FOR_NS = TimeUnit.SECONDS.toNanos(3);
    static final int STALLS_MAX = 3;
    static final long STALLS_WITHIN_NS = TimeUnit.SECONDS.toNanos(30);

    /** A disk of which nothing is asked any more is forgiven after this time. */
    private static final long CALM_NS = TimeUnit.SECONDS.toNanos(10);

    /** A process that has just begun stands still for its own reasons: code is loaded and compiled. */
    static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(15);

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long NEVER = Long.MIN_VALUE;

    private final NodeState node;
    private final Introductions introductions;
    private final long stallNs;
    private final long[] stalls = new long[STALLS_MAX];
    private final long beganNs;
    private int stallCount;
    private long lastNs = NEVER;
    private long waitingSinceNs = NEVER;
    private long slowSinceNs = NEVER;
    private long lastSlowNs = NEVER;
    private long lastDurable;

    LeaderHealth(NodeState node, Introductions introductions, long electionTimeoutNs) {
        this.node = node;
        this.introductions = introductions;
        stallNs = electionTimeoutNs / 2;
        beganNs = node.nowNs;
        lastDurable = node.creditedDurable;
    }

    int doWork() {
        long nowNs = node.nowNs;
        if (lastNs != NEVER) {
            onCycle(nowNs, nowNs - lastNs);
        }
        lastNs = nowNs;
        watchForces(nowNs);
        node.raft.fitness(fitness());
        return 0;
    }

    private Fitness fitness() {
        if (node.soundness.isLost() || !introductions.isIntroduced()) {
            return Fitness.UNFIT;
        }
        return reason() == null ? Fitness.FIT : Fitness.RELUCTANT;
    }

    private void onCycle(long nowNs, long gapNs) {
        if (gapNs >= PAUSE_NS) {
            waitingSinceNs = later(waitingSinceNs, gapNs);
            slowSinceNs = later(slowSinceNs, gapNs);
        }
        if (gapNs >= stallNs && nowNs - beganNs >= WARM_UP_NS) {
            stalls[stallCount++ % STALLS_MAX] = nowNs;
        }
    }

    private static long later(long timeNs, long byNs) {
        return timeNs == NEVER ? NEVER : timeNs + byNs;
    }

    private void watchForces(long nowNs) {
        long durable = node.creditedDurable;
        boolean isBehind = SyncAgent.index(durable) < node.wal.lastIndex();
        if (durable != lastDurable) {
            lastDurable = durable;
            if (waitingSinceNs != NEVER && nowNs - waitingSinceNs < FORCE_SLOW_NS) {
                slowSinceNs = NEVER;
            }
            waitingSinceNs = NEVER;
        }
        if (!isBehind) {
            waitingSinceNs = NEVER;
            if (slowSinceNs != NEVER && nowNs - lastSlowNs >= CALM_NS) {
                slowSinceNs = NEVER;
            }
            return;
        }
        if (waitingSinceNs == NEVER) {
            waitingSinceNs = nowNs;
        }
        if (nowNs - waitingSinceNs >= FORCE_SLOW_NS) {
            slowSinceNs = slowSinceNs == NEVER ? waitingSinceNs : slowSinceNs;
            lastSlowNs = nowNs;
        }
    }

    /** Why it should not lead; null if it is fit. */
    String reason() {
        if (slowSinceNs != NEVER && lastSlowNs - slowSinceNs >= SLOW_FOR_NS) {
            return "forces of its log have taken more than 500 ms for 3 s";
        }
        if (stallCount >= STALLS_MAX && lastNs - stalls[stallCount % STALLS_MAX] <= STALLS_WITHIN_NS) {
            return "it stood still several times";
        }
        return null;
    }
}
