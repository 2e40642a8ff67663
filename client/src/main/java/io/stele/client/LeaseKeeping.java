package io.stele.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lease that is kept alive in the background until this is closed, which does not end the lease.
 *
 * <p>It counts as lost when the server says so, and also when its time has run out since the last renewal that was
 * answered was <em>sent</em>: then the server may have ended it. A process that slept finds it lost when it wakes.
 */
public final class LeaseKeeping implements AutoCloseable {
    private static final long FIRST_ANSWER_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long PERIOD_NS_MIN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int RENEWALS_PER_TTL = 3;

    private final LeaseRenewals renewals;
    private final long leaseId;
    private final LeaseListener listener;
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private boolean isAnswered;
    private volatile long deadlineNs;
    private volatile long periodNs = PERIOD_NS_MIN;

    LeaseKeeping(LeaseRenewals renewals, long leaseId, LeaseListener listener) {
        this.renewals = renewals;
        this.leaseId = leaseId;
        this.listener = listener;
        deadlineNs = System.nanoTime() + FIRST_ANSWER_NS;
    }

    void start() {
        renew();
        renewals.schedule(this::check, FIRST_ANSWER_NS);
    }

    public long leaseId() {
        return leaseId;
    }

    /** Whether the server has it still, as far as can be known from here. */
    public boolean isLive() {
        return !isOver.get() && System.nanoTime() - deadlineNs < 0;
    }

    /** Completes with the reason when it is lost; never if it is closed before. */
    public CompletableFuture<String> lost() {
        return lost;
    }

    /** Renews no more. */
    @Override
    public void close() {
        isOver.set(true);
        renewals.forget(this);
    }

    /** Sends at a fixed pace, whether answers come or not. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failure is no answer
    private void renew() {
        if (isOver.get()) {
            return;
        }
        long sentNs = System.nanoTime();
        renewals.send(leaseId).whenComplete((reply, failure) -> {
            if (reply != null) {
                onAnswer(sentNs, reply.ttl());
            }
        });
        renewals.schedule(this::renew, periodNs);
    }

    private void onAnswer(long sentNs, long ttl) {
        if (ttl <= 0) {
            lose("lease expired or revoked");
        } else if (!isOver.get()) {
            long ttlNs = TimeUnit.SECONDS.toNanos(ttl);
            synchronized (this) {
                boolean isNewer = !isAnswered || sentNs + ttlNs - deadlineNs > 0;
                deadlineNs = isNewer ? sentNs + ttlNs : deadlineNs;
                isAnswered = true;
                periodNs = Math.max(PERIOD_NS_MIN, ttlNs / RENEWALS_PER_TTL);
            }
            listener.onRenewed(ttl);
        }
    }

    private void check() {
        long leftNs = deadlineNs - System.nanoTime();
        if (isOver.get()) {
            return;
        }
        if (leftNs <= 0) {
            lose("lease not renewed in time");
        } else {
            renewals.schedule(this::check, Math.min(leftNs, Math.max(periodNs, PERIOD_NS_MIN)));
        }
    }

    void lose(String why) {
        if (isOver.compareAndSet(false, true)) {
            renewals.forget(this);
            lost.complete(why);
            listener.onLost(why);
        }
    }
}
