package io.stele.perf.kubernetes;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.etcdserverpb.WatchProgressRequest;
import io.stele.gateway.etcdserverpb.WatchRequest;
import io.stele.gateway.etcdserverpb.WatchResponse;
import io.stele.gateway.mvccpb.Event;
import io.stele.perf.load.BenchException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;

/**
 * One watcher of a resource, as an API server's watch cache is: with previous values and bookmarks, from the revision
 * of a list on. What it sees is kept, to be set against what was written.
 */
final class ObjectWatch implements StreamObserver<WatchResponse>, AutoCloseable {
    private static final long CREATED_MAX_SECONDS = 30;
    private static final long ASK_AGAIN_NS = TimeUnit.SECONDS.toNanos(1);
    /** In place of a generation: the value before is gone by a compaction. */
    private static final int COMPACTED = -2;

    private final ObjectBytes bytes;
    private final Resource resource;
    private final Differences differences;
    private volatile ConcurrentHistogram lag;
    private final ConcurrentHistogram bookmarkLatency;
    private final StreamObserver<WatchRequest> requests;
    private final CompletableFuture<Void> created = new CompletableFuture<>();
    private final LongArrayList revisions = new LongArrayList();
    private final IntArrayList objects = new IntArrayList();
    private final IntArrayList generations = new IntArrayList();
    private final IntArrayList previous = new IntArrayList();
    private final LongArrayList previousRevisions = new LongArrayList();
    /** When the bookmark was asked for that is still to come; 0 if none is. */
    private long askedNs;

    private long askedAgainNs;
    private long bookmark;
    private volatile long lastRevision;
    private volatile long compactRevision;
    private volatile boolean isClosed;

    ObjectWatch(
            ApiServer server,
            ObjectBytes bytes,
            Resource resource,
            long fromRevision,
            Differences differences,
            ConcurrentHistogram bookmarkLatency) {
        this.bytes = bytes;
        this.resource = resource;
        this.differences = differences;
        lag = bookmarkLatency; // until a phase begins there are no events
        this.bookmarkLatency = bookmarkLatency;
        requests = server.watch().watch(this);
        ByteString directory = bytes.directory(resource);
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(directory)
                        .setRangeEnd(ObjectBytes.end(directory))
                        .setStartRevision(fromRevision)
                        .setPrevKv(true)
                        .setProgressNotify(true))
                .build());
        created.orTimeout(CREATED_MAX_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Asks how far the watch has come, as the API server does before a consistent read of its cache. */
    void askForBookmark() {
        synchronized (this) {
            long nowNs = System.nanoTime();
            if (isClosed || (askedNs != 0 && nowNs - askedAgainNs < ASK_AGAIN_NS)) {
                return;
            }
            askedNs = askedNs == 0 ? nowNs : askedNs;
            askedAgainNs = nowNs; // etcd does not answer a watch that is behind
        }
        requests.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
    }

    void compacted(long revision) {
        compactRevision = revision;
    }

    Resource resource() {
        return resource;
    }

    /** Where the times go from sending to seeing. */
    void lag(ConcurrentHistogram histogram) {
        lag = histogram;
    }

    long lastRevision() {
        return lastRevision;
    }

    @Override
    public void onNext(WatchResponse response) {
        long nowNs = System.nanoTime();
        if (response.getCanceled()) {
            differences.add("a watch of " + resource + " was ended: " + response.getCancelReason());
        } else if (response.getCreated()) {
            created.complete(null);
        } else if (response.getEventsCount() == 0) {
            onBookmark(response.getHeader().getRevision(), nowNs);
        }
        for (Event event : response.getEventsList()) {
            onEvent(event, nowNs);
        }
    }

    private synchronized void onBookmark(long revision, long nowNs) {
        if (askedNs != 0) {
            bookmarkLatency.recordValue(nowNs - askedNs);
            askedNs = 0;
        }
        bookmark = Math.max(bookmark, revision);
    }

    private synchronized void onEvent(Event event, long nowNs) {
        long revision = event.getKv().getModRevision();
        ByteString value = event.getKv().getValue();
        int object = bytes.object(event.getKv().getKey());
        boolean isDeleted = event.getType() == Event.EventType.DELETE;
        if (revision <= bookmark) {
            differences.addCovered("a watch of " + resource + ": event of revision " + revision
                    + " after the bookmark of " + bookmark);
        }
        int generation = isDeleted ? WriteLog.DELETED : bytes.generation(object, value);
        if (!isDeleted && generation != ObjectBytes.WRONG) {
            lag.recordValue(Math.max(0, nowNs - ObjectBytes.sentNs(value)));
        }
        int before = WriteLog.DELETED;
        if (event.hasPrevKv()) {
            before = bytes.generation(object, event.getPrevKv().getValue());
        } else if (revision - 1 < compactRevision) {
            before = COMPACTED;
        }
        revisions.addLong(revision);
        objects.addInt(object);
        generations.addInt(generation);
        previous.addInt(before);
        previousRevisions.addLong(event.getPrevKv().getModRevision());
        lastRevision = revision;
    }

    /** Sets what was seen against what was written. */
    synchronized void verify(WriteLog log) {
        int seen = 0;
        for (Map.Entry<Long, WriteLog.Write> entry : log.writes().entrySet()) {
            WriteLog.Write write = entry.getValue();
            if (Resource.of(write.object()) != resource) {
                continue;
            }
            String what = "a watch of " + resource + ", event " + seen + ": ";
            if (seen == revisions.size()) {
                differences.add(what + "nothing came after revision " + lastRevision + ", written was " + entry.getKey()
                        + " " + write);
                return;
            }
            if (revisions.getLong(seen) != entry.getKey()
                    || objects.getInt(seen) != write.object()
                    || generations.getInt(seen) != write.generation()) {
                differences.add(what + "revision " + revisions.getLong(seen) + ", object " + objects.getInt(seen)
                        + ", generation " + generations.getInt(seen) + "; written was " + entry.getKey() + " " + write);
                return;
            }
            boolean isCompacted = previous.getInt(seen) == COMPACTED;
            if (!isCompacted
                    && (previous.getInt(seen) != write.previousGeneration()
                            || previousRevisions.getLong(seen) != write.previousRevision())) {
                differences.add(what + "before it was generation " + previous.getInt(seen) + " of revision "
                        + previousRevisions.getLong(seen) + "; written was " + entry.getKey() + " " + write);
                return;
            }
            seen++;
        }
        if (seen < revisions.size()) {
            differences.add("a watch of " + resource + ": " + (revisions.size() - seen) + " events too many");
        }
    }

    @Override
    public void onError(Throwable thrown) {
        if (!isClosed) {
            differences.add("a watch of " + resource + " has failed: " + thrown);
        }
        created.completeExceptionally(new BenchException("cannot watch: " + thrown.getMessage(), thrown));
    }

    @Override
    public void onCompleted() {
        onError(new BenchException("the server has ended the stream"));
    }

    @Override
    public void close() {
        isClosed = true;
        requests.onCompleted();
    }
}
