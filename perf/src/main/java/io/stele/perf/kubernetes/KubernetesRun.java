package io.stele.perf.kubernetes;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.mvccpb.KeyValue;
import io.stele.perf.load.BenchException;
import io.stele.perf.load.ServerMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Objects written, listed and watched on one server the way kube-apiserver does it, phase by phase, so that the phases
 * of two servers can take turns.
 */
public final class KubernetesRun implements AutoCloseable {
    /** In this order. */
    public enum Phase {
        /** All objects, watched from before the first. */
        CREATE,
        /** All objects once, while lists are made and history is compacted. */
        UPDATE,
        /** Lists with nothing else going on. */
        LIST,
        /** A tenth of the objects. */
        DELETE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String BOOKMARK = "bookmark";
    private static final long BOOKMARK_INTERVAL_MS = 100;
    private static final long COMPACT_INTERVAL_MS = 2_000;
    private static final long LIST_PAUSE_MS = 500;
    private static final long EVENT_TTL_SECONDS = 3_600;
    /** As the API server shares leases: a new one after so many events. */
    private static final int LEASED_OBJECTS_MAX = 1_000;

    private static final int STALE_INTERVAL = 100;
    private static final int STALE_GENERATION = 1_000;
    private static final int DELETED_INTERVAL = 10;
    private static final long QUIET_MAX_NS = TimeUnit.SECONDS.toNanos(120);

    private final ObjectPlan plan;
    private final ObjectBytes bytes;
    private final WriteLog log;
    private final Differences differences = new Differences();
    private final KubernetesResult result = new KubernetesResult();
    private final ApiServer writer;
    private final ApiServer reader;
    private final List<ApiServer> watchServers = new ArrayList<>();
    private final List<ObjectWatch> watches = new ArrayList<>();
    private final ObjectLists lists;
    private final ServerMemory memory;
    private final Semaphore room;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong lastRevision = new AtomicLong();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "api-server-clock");
        thread.setDaemon(true);
        return thread;
    });
    private long lease;
    private long compactVersion;
    private long compactNext;

    /** Against a server that has nothing under the plan's prefix. */
    public KubernetesRun(ObjectPlan plan, String endpoint, ServerMemory memory) {
        this.plan = plan;
        this.memory = memory;
        bytes = new ObjectBytes(plan.prefix(), plan.valueLength());
        log = new WriteLog(plan.objects());
        room = new Semaphore(plan.inFlight());
        writer = new ApiServer(endpoint);
        reader = new ApiServer(endpoint);
        lists = new ObjectLists(reader, bytes, plan.objects(), differences);
        ByteString prefix = ByteString.copyFromUtf8(plan.prefix());
        RangeResponse before = reader.count(prefix, ObjectBytes.end(prefix)).join();
        if (before.getCount() > 0) {
            close();
            throw new BenchException("there is something under " + plan.prefix() + " at " + endpoint + " already");
        }
        long fromRevision = before.getHeader().getRevision() + 1;
        for (int i = 0; i <= plan.watchers(); i++) {
            ApiServer server = new ApiServer(endpoint);
            watchServers.add(server);
            Resource resource = i < plan.watchers() ? Resource.PODS : Resource.EVENTS;
            watches.add(new ObjectWatch(server, bytes, resource, fromRevision, differences, result.time(BOOKMARK)));
        }
    }

    /** Does one phase; returns when the watchers have seen all of it. */
    public void run(Phase phase) throws InterruptedException {
        watches.forEach(watch -> watch.lag(result.time("watch lag of " + phase.label() + "s")));
        var bookmarks = clock.scheduleAtFixedRate(
                () -> watches.forEach(ObjectWatch::askForBookmark),
                BOOKMARK_INTERVAL_MS,
                BOOKMARK_INTERVAL_MS,
                TimeUnit.MILLISECONDS);
        switch (phase) {
            case CREATE -> create();
            case UPDATE -> update();
            case LIST -> list();
            case DELETE -> delete();
        }
        awaitWatches();
        bookmarks.cancel(false);
    }

    private void create() throws InterruptedException {
        long beginNs = System.nanoTime();
        for (int object = 0; object < plan.objects(); object++) {
            write(object, 0, "create");
        }
        drain();
        result.rate("create", plan.objects() / ((System.nanoTime() - beginNs) / 1e9));
    }

    private void update() throws InterruptedException {
        compactNext = lastRevision.get();
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletableFuture<Void> lister = CompletableFuture.runAsync(() -> listUntil(over));
        var compactor = clock.scheduleWithFixedDelay(
                this::compact, COMPACT_INTERVAL_MS, COMPACT_INTERVAL_MS, TimeUnit.MILLISECONDS);
        long beginNs = System.nanoTime();
        for (int i = 0; i < plan.objects(); i++) {
            int object = (int) (i * 7_919L % plan.objects());
            if (i % STALE_INTERVAL == 0) {
                updateStale(object);
            }
            write(object, 1, "update");
        }
        drain();
        result.rate("update", plan.objects() / ((System.nanoTime() - beginNs) / 1e9));
        compactor.cancel(false);
        over.complete(null);
        lister.join();
    }

    private void list() {
        for (int i = 0; i < plan.lists(); i++) {
            lists.paged(plan.pageLimit(), result.time("page"), result.time("paged list"));
            lists.full(result.time("full list"));
        }
    }

    private void delete() throws InterruptedException {
        long beginNs = System.nanoTime();
        int count = 0;
        for (int object = 0; object < plan.objects(); object += DELETED_INTERVAL) {
            write(object, WriteLog.DELETED, "delete");
            count++;
        }
        drain();
        result.rate("delete", count / ((System.nanoTime() - beginNs) / 1e9));
    }

    private void write(int object, int generation, String what) throws InterruptedException {
        room.acquire();
        if (failure.get() != null) {
            room.release();
            throw new BenchException("a write has failed: " + failure.get().getMessage(), failure.get());
        }
        Histogram times = result.time(what);
        long leaseId = Resource.of(object) == Resource.EVENTS && generation >= 0 ? leaseOf(object) : 0;
        ByteString key = bytes.key(object);
        long sentNs = System.nanoTime();
        long revision = log.revision(object);
        CompletableFuture<TxnResponse> answer;
        if (generation == WriteLog.DELETED) {
            answer = writer.delete(key, revision);
        } else if (revision == 0) {
            answer = writer.create(key, bytes.value(object, generation, sentNs), leaseId);
        } else {
            answer = writer.update(key, revision, bytes.value(object, generation, sentNs), leaseId);
        }
        var unused = answer.whenComplete((response, thrown) -> {
            if (thrown != null) {
                failure.compareAndSet(null, thrown);
            } else {
                times.recordValue(System.nanoTime() - sentNs);
                onWritten(object, generation, response);
            }
            room.release();
        });
    }

    private void onWritten(int object, int generation, TxnResponse response) {
        long revision = response.getHeader().getRevision();
        if (!response.getSucceeded()) {
            differences.add("object " + object + " was not as it was left");
        } else if (!log.add(object, generation, revision)) {
            differences.add("two writes at revision " + revision);
        }
        lastRevision.accumulateAndGet(revision, Math::max);
    }

    /** By somebody who has not heard of the newest version: must be refused, with that version. */
    private void updateStale(int object) {
        TxnResponse response = writer.update(
                        bytes.key(object),
                        log.revision(object) - 1,
                        bytes.value(object, STALE_GENERATION, System.nanoTime()),
                        0)
                .join();
        if (response.getSucceeded()) {
            differences.add("an update of an old version went through: object " + object);
            return;
        }
        KeyValue now = response.getResponses(0).getResponseRange().getKvs(0);
        if (now.getModRevision() != log.revision(object)
                || bytes.generation(object, now.getValue()) != log.generation(object)) {
            differences.add("a refused update was shown something else than the newest: object " + object);
        }
    }

    private long leaseOf(int object) {
        if (object / LEASED_OBJECTS_MAX != (object - 10) / LEASED_OBJECTS_MAX || lease == 0) {
            lease = writer.grant(EVENT_TTL_SECONDS).join().getID();
        }
        return lease;
    }

    private void listUntil(CompletableFuture<Void> over) {
        while (!over.isDone()) {
            lists.paged(plan.pageLimit(), result.time("page beside updates"), result.time("paged list beside updates"));
            lists.full(result.time("full list beside updates"));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LIST_PAUSE_MS));
        }
    }

    /** As the API server's compactor: up to what was newest the last time, if no other server was first. */
    private void compact() {
        try {
            long revision = compactNext;
            TxnResponse claim =
                    writer.claimCompaction(compactVersion, lastRevision.get()).join();
            compactNext = claim.getHeader().getRevision();
            if (!claim.getSucceeded()) {
                compactVersion =
                        claim.getResponses(0).getResponseRange().getKvs(0).getVersion();
                return;
            }
            compactVersion++;
            long beginNs = System.nanoTime();
            watches.forEach(watch -> watch.compacted(revision));
            writer.compact(revision).join();
            result.time("compact").recordValue(System.nanoTime() - beginNs);
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void drain() throws InterruptedException {
        room.acquire(plan.inFlight());
        room.release(plan.inFlight());
        if (failure.get() != null) {
            throw new BenchException("a write has failed: " + failure.get().getMessage(), failure.get());
        }
    }

    private void awaitWatches() {
        long deadlineNs = System.nanoTime() + QUIET_MAX_NS;
        for (Resource resource : Resource.values()) {
            long newest = newest(resource);
            for (ObjectWatch watch : watches) {
                while (watch.resource() == resource
                        && watch.lastRevision() < newest
                        && System.nanoTime() < deadlineNs) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            }
        }
    }

    private long newest(Resource resource) {
        for (var entry : log.writes().descendingMap().entrySet()) {
            if (Resource.of(entry.getValue().object()) == resource) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** The result, with all that was seen set against all that was written. */
    public KubernetesResult finish() {
        lists.full(result.time("last list"));
        watches.forEach(watch -> watch.verify(log));
        lists.verify(log);
        result.verified(differences.list(), differences.count(), lists.expiredCount());
        result.memory(memory.residentMax(), memory.anonymousMax());
        return result;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        watches.forEach(ObjectWatch::close);
        watchServers.forEach(ApiServer::close);
        reader.close();
        writer.close();
    }
}
