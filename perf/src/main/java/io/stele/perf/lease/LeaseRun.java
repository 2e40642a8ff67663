package io.stele.perf.lease;

import io.stele.perf.load.BenchException;
import io.stele.perf.process.Standstills;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Leases: granted, each with a key; renewed once as fast as it goes; kept alive for a while, through whatever happens
 * to the servers; then left alone, to see when they end. {@link LeaseLedger} says what is right.
 */
public final class LeaseRun {
    private static final long LATENCY_MAX_NS = TimeUnit.HOURS.toNanos(1);
    private static final int ROUNDS_PER_TTL = 3;
    private static final long END_MAX_SECONDS = 60;
    private static final long TERM_INTERVAL_MS = 20;
    private static final long TERM_MAX_SECONDS = 60;

    private final LeasePlan plan;
    private final IntFunction<LeaseLink> factory;
    private final Trouble trouble;
    private final Standstills standstills = Standstills.watched();
    private final LeaseLedger ledger;
    private final List<LeaseLink> links = new ArrayList<>();
    private final Semaphore room;
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong ttl = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean isOver;
    private volatile Histogram latency = new ConcurrentHistogram(1_000, LATENCY_MAX_NS, 3);

    /** Done while leases are kept alive, once for each kill of the plan. */
    @FunctionalInterface
    public interface Trouble {
        void make() throws InterruptedException;
    }

    private LeaseRun(LeasePlan plan, IntFunction<LeaseLink> factory, Trouble trouble) {
        this.plan = plan;
        this.factory = factory;
        this.trouble = trouble;
        ledger = new LeaseLedger(plan.leases(), standstills);
        room = new Semaphore(plan.inFlight());
    }

    /** Runs against a store that has none of these leases. The target is {@code stele} or {@code etcd}. */
    public static LeaseResult run(LeasePlan plan, String target, List<String> endpoints, Trouble trouble)
            throws InterruptedException {
        IntFunction<LeaseLink> factory = switch (target) {
            case "stele" -> number -> new SteleLeaseLink(endpoints, number);
            case "etcd" -> number -> new EtcdLeaseLink(endpoints, number);
            default -> throw new BenchException("unknown target '" + target + "'");
        };
        LeaseRun run = new LeaseRun(plan, factory, trouble);
        try {
            return run.run();
        } finally {
            run.isOver = true;
            run.standstills.close();
            run.links.forEach(LeaseLink::close);
        }
    }

    private LeaseResult run() throws InterruptedException {
        for (int i = 0; i < plan.connections(); i++) {
            links.add(factory.apply(i));
        }
        links.get(0).watchDeletions(lease -> ledger.onEnded(lease, System.nanoTime()));
        askForTerm();
        long beginNs = System.nanoTime();
        grantAll();
        long grantNs = System.nanoTime() - beginNs;
        Histogram grants = takeLatency();
        beginNs = System.nanoTime();
        for (int lease = 0; lease < plan.leases(); lease++) {
            renew(lease, System.nanoTime());
        }
        drain();
        long burstNs = System.nanoTime() - beginNs;
        Histogram burst = takeLatency();
        keepAlive();
        Histogram renewals = plan.seconds() == 0 && plan.kills() == 0 ? burst : takeLatency();
        ledger.onAbandoned();
        awaitEnds();
        askForTermAgain();
        ledger.checkLate(TimeUnit.MILLISECONDS.toNanos(plan.graceMs()));
        return new LeaseResult(
                ttl.get(),
                grantNs,
                grants,
                burstNs,
                renewals,
                failed.get(),
                ledger.unrenewedCount(),
                ledger.endedCount(),
                ledger.leaderChangeCount(),
                standstills.count(),
                standstills.totalNs(),
                ledger.beyond(),
                ledger.violations());
    }

    private Histogram takeLatency() {
        Histogram taken = latency;
        latency = new ConcurrentHistogram(1_000, LATENCY_MAX_NS, 3);
        return taken;
    }

    /** Again and again, until the link is closed. */
    private void askForTerm() {
        var unused = links.get(0).term().whenComplete((term, thrown) -> {
            if (thrown == null) {
                ledger.onTerm(term, System.nanoTime());
            }
            if (!isOver) {
                CompletableFuture.delayedExecutor(TERM_INTERVAL_MS, TimeUnit.MILLISECONDS)
                        .execute(this::askForTerm);
            }
        });
    }

    /** Nothing is judged by the term of a leader who may have been followed by another one. */
    private void askForTermAgain() throws InterruptedException {
        try {
            ledger.onTerm(links.get(0).term().get(TERM_MAX_SECONDS, TimeUnit.SECONDS), System.nanoTime());
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchException("nobody says who leads: " + e, e);
        }
    }

    private LeaseLink link(int lease) {
        return links.get(lease % links.size());
    }

    private void grantAll() throws InterruptedException {
        for (int i = 0; i < plan.leases(); i++) {
            int lease = i;
            room.acquire();
            long sentNs = System.nanoTime();
            var unused = link(lease)
                    .grant(lease, plan.ttl())
                    .thenCompose(granted -> {
                        long nowNs = System.nanoTime();
                        ttl.set(granted);
                        ledger.ttlNs(TimeUnit.SECONDS.toNanos(granted));
                        ledger.onRenewed(lease, sentNs, nowNs);
                        latency.recordValue(Math.min(nowNs - sentNs, LATENCY_MAX_NS));
                        return link(lease).attach(lease);
                    })
                    .whenComplete((attached, thrown) -> {
                        if (thrown != null) {
                            failure.compareAndSet(null, thrown);
                        }
                        room.release();
                    });
        }
        drain();
        if (failure.get() != null) {
            throw new BenchException("a lease could not be granted: " + failure.get(), failure.get());
        }
    }

    private void drain() throws InterruptedException {
        room.acquire(plan.inFlight());
        room.release(plan.inFlight());
    }

    private void renew(int lease, long dueNs) throws InterruptedException {
        room.acquire();
        if (ledger.isEnded(lease)) {
            room.release();
            return;
        }
        long sentNs = System.nanoTime();
        var unused = link(lease).keepAlive(lease).whenComplete((left, thrown) -> {
            long nowNs = System.nanoTime();
            if (thrown != null) {
                failed.incrementAndGet();
                ledger.onUnknown(lease, nowNs);
            } else if (left <= 0) {
                ledger.onEnded(lease, nowNs);
            } else {
                ledger.onRenewed(lease, sentNs, nowNs);
                latency.recordValue(Math.min(nowNs - dueNs, LATENCY_MAX_NS));
            }
            room.release();
        });
    }

    /**
     * Each lease three times in its time to live, evenly, until there was trouble enough or time is over. After the
     * last trouble there is one more round, so that leases end one after the other, as they were renewed, and not all
     * at the moment to which the last leader has extended them.
     */
    private void keepAlive() throws InterruptedException {
        CompletableFuture<Void> end = CompletableFuture.runAsync(this::makeTrouble);
        long roundNs = TimeUnit.SECONDS.toNanos(ttl.get()) / ROUNDS_PER_TTL;
        long beginNs = System.nanoTime();
        for (long i = 0; !end.isDone(); i++) {
            long round = i / plan.leases();
            int lease = (int) (i % plan.leases());
            long dueNs = beginNs + round * roundNs + roundNs / plan.leases() * lease;
            for (long nowNs = System.nanoTime(); nowNs < dueNs && !end.isDone(); nowNs = System.nanoTime()) {
                LockSupport.parkNanos(Math.min(dueNs - nowNs, TimeUnit.MILLISECONDS.toNanos(100)));
            }
            renew(lease, dueNs);
        }
        drain();
        try {
            end.get();
        } catch (ExecutionException e) {
            throw new BenchException("cannot make trouble: " + e.getCause(), e);
        }
    }

    private void makeTrouble() {
        try {
            for (int kill = 0; kill < plan.kills(); kill++) {
                TimeUnit.SECONDS.sleep(plan.killEverySeconds());
                trouble.make();
            }
            long roundSeconds = ttl.get() / ROUNDS_PER_TTL + 1;
            TimeUnit.SECONDS.sleep(plan.kills() == 0 ? plan.seconds() : roundSeconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnds() {
        long waitedNs = TimeUnit.SECONDS.toNanos(ttl.get() + END_MAX_SECONDS);
        long deadlineNs = System.nanoTime() + waitedNs + TimeUnit.MILLISECONDS.toNanos(plan.graceMs());
        while (ledger.endedCount() < plan.leases() && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
