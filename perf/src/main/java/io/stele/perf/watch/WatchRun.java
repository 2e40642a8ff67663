package io.stele.perf.watch;

import io.stele.perf.load.BenchException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;

/**
 * Watchers, puts, and the question whether each watcher got exactly the log, once and in order. The log is what a watch
 * from the first revision on gets when all is over; every acknowledged put must be in it.
 */
public final class WatchRun {
    private static final long SETTLE_MAX_NS = TimeUnit.SECONDS.toNanos(120);
    private static final int VIOLATIONS_SHOWN = 10;

    /** For so long after a kill puts are counted apart. */
    private static final int KILL_AFTERMATH_SECONDS = 2;

    private final WatchPlan plan;
    private final WatchLink.Factory links;
    private final WatchedServers servers;
    private final PutLoad load;
    private final PutTimes times;
    private final List<WatchLink> opened = new ArrayList<>();
    private final List<Observer.Lags> lags = new ArrayList<>();
    private final List<Observer> observers = new ArrayList<>();

    private WatchRun(WatchPlan plan, WatchLink.Factory links, WatchedServers servers, Putter puts) {
        this.plan = plan;
        this.links = links;
        this.servers = servers;
        load = new PutLoad(puts, plan.keys(), plan.valueLength());
        times = new PutTimes(load);
    }

    /** Runs against a store that nobody else writes to. The target is {@code stele} or {@code etcd}. */
    public static WatchResult run(WatchPlan plan, String target, WatchedServers servers, Putter puts)
            throws InterruptedException {
        List<String> endpoints = servers.endpoints();
        WatchLink.Factory links = switch (target) {
            case "stele" -> number -> new SteleWatchLink(endpoints, number);
            case "etcd" -> number -> new EtcdWatchLink(endpoints, number);
            default -> throw new BenchException("unknown target '" + target + "'");
        };
        WatchRun run = new WatchRun(plan, links, servers, puts);
        try {
            return run.run();
        } finally {
            run.opened.forEach(WatchLink::close);
        }
    }

    private WatchResult run() throws InterruptedException {
        Stalls stalls = new Stalls();
        Kills kills = new Kills();
        long firstRevision = probe();
        if (plan.behind() > 0) {
            load.bulk(plan.behind());
        }
        long goal = plan.behind() > 0 ? probe() : 0;
        long beginNs = System.nanoTime();
        open(firstRevision);
        CaughtUp caughtUp = new CaughtUp(goal, beginNs);
        caughtUp.start();
        stalls.start();
        kills.start();
        load.paced(plan.rate(), TimeUnit.SECONDS.toNanos(plan.seconds()));
        stalls.interrupt();
        stalls.join();
        kills.end();
        opened.forEach(link -> link.stall(false));
        long lastPutNs = System.nanoTime();
        Truth truth = truth(firstRevision);
        long late = settle(truth);
        long settledNs = System.nanoTime() - lastPutNs;
        caughtUp.interrupt();
        caughtUp.join();
        List<String> violations = check(truth);
        if (late > 0) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(SETTLE_MAX_NS);
            violations.add(0, late + " watchers had not got their last event after " + seconds + " s");
        }
        Histogram lag = new Histogram(1_000, 3_600_000_000_000L, 3);
        for (int i = plan.stalledConnections(); i < lags.size(); i++) {
            lags.get(i).addTo(lag);
        }
        long events = observers.stream().mapToLong(Observer::count).sum();
        return new WatchResult(
                truth.acknowledged,
                load.failedCount(),
                events,
                putLatency(),
                times.of(PutTimes.State.CALM),
                times.of(PutTimes.State.STALLED),
                times.of(PutTimes.State.KILLED),
                caughtUp.meanwhile,
                lag,
                caughtUp.elapsedNs,
                settledNs,
                stalls.growthBytes,
                kills.count,
                violations);
    }

    private Histogram putLatency() {
        Histogram all = times.of(PutTimes.State.CALM);
        all.add(times.of(PutTimes.State.AFTERMATH));
        all.add(times.of(PutTimes.State.STALLED));
        return all;
    }

    private void open(long firstRevision) {
        for (int i = 0; i < plan.connections(); i++) {
            opened.add(links.open(i));
            lags.add(new Observer.Lags());
        }
        for (int i = 0; i < plan.watchers() + plan.keyWatchers(); i++) {
            int connection = i % plan.connections();
            long key = i < plan.watchers() ? -1 : (i - plan.watchers()) % plan.keys();
            Observer observer = new Observer(key, firstRevision, lags.get(connection));
            observers.add(observer);
            opened.get(connection).watch(observer);
        }
        opened.forEach(WatchLink::awaitCreated);
    }

    /** The revision of one more put. */
    private long probe() throws InterruptedException {
        WatchLink link = links.open(0);
        try {
            Observer probe = new Observer(-1, 0, new Observer.Lags());
            link.watch(probe);
            link.awaitCreated();
            load.bulk(1);
            await(() -> probe.lastRevision() > 0);
            return probe.lastRevision();
        } finally {
            link.close();
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + SETTLE_MAX_NS;
        while (!condition.getAsBoolean() && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** The first connections stop reading, all at the same time, again and again. */
    private final class Stalls extends Thread {
        private volatile long growthBytes;

        Stalls() {
            super("stalls");
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                if (plan.stalledConnections() > 0) {
                    long calmMs = TimeUnit.SECONDS.toMillis(plan.stallEverySeconds() - plan.stallSeconds());
                    TimeUnit.MILLISECONDS.sleep(calmMs / 2);
                    times.warm();
                    TimeUnit.MILLISECONDS.sleep(calmMs - calmMs / 2);
                    stallAgainAndAgain(calmMs);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void stallAgainAndAgain(long calmMs) throws InterruptedException {
            while (true) {
                stall();
                TimeUnit.MILLISECONDS.sleep(calmMs);
            }
        }

        private void stall() throws InterruptedException {
            long beforeBytes = servers.memoryBytes();
            stalled(true);
            try {
                for (int second = 0; second < plan.stallSeconds(); second++) {
                    TimeUnit.SECONDS.sleep(1);
                    growthBytes = Math.max(growthBytes, servers.memoryBytes() - beforeBytes);
                }
            } finally {
                stalled(false);
            }
        }

        private void stalled(boolean stalled) {
            times.stalled(stalled);
            for (int i = 0; i < plan.stalledConnections(); i++) {
                opened.get(i).stall(stalled);
            }
        }
    }

    /** The leader is killed, now and then. */
    private final class Kills extends Thread {
        private int count;
        private volatile RuntimeException failure;
        private final CountDownLatch ending = new CountDownLatch(1);

        Kills() {
            super("kills");
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (plan.killEverySeconds() > 0 && !ending.await(plan.killEverySeconds(), TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        private void kill() throws InterruptedException {
            times.killed(true);
            try {
                servers.killLeader();
                count++;
                TimeUnit.SECONDS.sleep(KILL_AFTERMATH_SECONDS);
            } finally {
                times.killed(false);
            }
        }

        /** A kill under way is finished: all servers are there in the end. */
        void end() throws InterruptedException {
            ending.countDown();
            join();
            if (failure != null) {
                throw failure;
            }
        }
    }

    private Truth truth(long firstRevision) {
        Truth truth = new Truth(firstRevision);
        WatchLink link = links.open(0);
        try {
            link.watch(truth);
            await(() -> truth.hasAll(load));
        } finally {
            link.close();
        }
        truth.finish(load);
        return truth;
    }

    /** Waits until each has got the last event that it is to get; how many have not, after a long time. */
    private long settle(Truth truth) {
        Predicate<Observer> isBehind = observer -> observer.lastRevision() < truth.lastOf(observer.key());
        await(() -> observers.stream().noneMatch(isBehind));
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // more than that must not come
        return observers.stream().filter(isBehind).count();
    }

    private List<String> check(Truth truth) {
        List<String> violations = new ArrayList<>();
        if (truth.missing > 0) {
            violations.add(truth.missing + " acknowledged puts are not in the log");
        }
        for (int i = 0; i < observers.size() && violations.size() < VIOLATIONS_SHOWN; i++) {
            Observer observer = observers.get(i);
            Ledger of = truth.of(observer.key());
            String wrong =
                    observer.key() < 0 ? observer.check(truth.count, truth.sum) : observer.check(of.count, of.sum);
            if (wrong != null) {
                violations.add("watcher " + i + (observer.key() < 0 ? "" : " of key " + observer.key()) + ": " + wrong);
            }
        }
        return violations;
    }

    /** Notes when all watchers have reached a revision. */
    private final class CaughtUp extends Thread {
        private final long goal;
        private final long beginNs;
        private volatile long elapsedNs;
        private volatile Histogram meanwhile;

        CaughtUp(long goal, long beginNs) {
            super("caught-up");
            setDaemon(true);
            this.goal = goal;
            this.beginNs = beginNs;
        }

        @Override
        public void run() {
            while (goal > 0 && elapsedNs == 0 && !isInterrupted()) {
                if (observers.stream().allMatch(o -> o.key() >= 0 || o.lastRevision() >= goal)) {
                    elapsedNs = System.nanoTime() - beginNs;
                    lags.forEach(Observer.Lags::reset);
                    meanwhile = times.begin(PutTimes.State.CALM);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    /** The log as it is. */
    private static final class Truth implements EventSink {
        private static final Ledger NOTHING = new Ledger();

        private final long startRevision;
        private final Map<Long, Ledger> byKey = new HashMap<>();
        private final BitSet puts = new BitSet();
        private long count;
        private long sum;
        private long last;
        private long missing;
        private long acknowledged;

        Truth(long startRevision) {
            this.startRevision = startRevision;
        }

        @Override
        public long key() {
            return -1;
        }

        @Override
        public long startRevision() {
            return startRevision;
        }

        @Override
        public void onEnd(String why) {}

        @Override
        public synchronized void onEvent(long revision, long key, long put, long sentNs, long nowNs) {
            long mixed = Observer.mix(revision);
            count++;
            sum += mixed;
            last = revision;
            puts.set((int) put);
            Ledger of = byKey.computeIfAbsent(key, k -> new Ledger());
            of.count++;
            of.sum += mixed;
            of.last = revision;
        }

        synchronized boolean hasAll(PutLoad load) {
            BitSet wanted = load.acknowledged();
            wanted.andNot(puts);
            return wanted.isEmpty();
        }

        synchronized void finish(PutLoad load) {
            BitSet wanted = load.acknowledged();
            acknowledged = wanted.cardinality();
            wanted.andNot(puts);
            missing = wanted.cardinality();
        }

        /** Of one key, or of all keys for a negative one. */
        long lastOf(long key) {
            return key < 0 ? last : of(key).last;
        }

        Ledger of(long key) {
            return byKey.getOrDefault(key, NOTHING);
        }
    }

    /** What the log has of one key. */
    private static final class Ledger {
        private long count;
        private long sum;
        private long last;
    }
}
