package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StoredFile;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps the next segment ready, so that the node thread never waits for zeros to reach the disk, and takes back what
 * has been released: a used file becomes the next segment (its blocks exist already), what is too much is deleted. Once
 * the log grows so slowly that several releases find nothing, nothing is kept beside the next segment.
 *
 * <p>{@link #doWork()} runs on any one background thread. The node thread takes ready segments without waiting; only
 * {@link #acquire} falls back to making one itself. Released segments are handled oldest first: at any instant the
 * files on the disk are consecutive generations.
 */
final class SegmentPool implements AutoCloseable {
    private static final int IDLE_RELEASES = 3;

    private final FileStore store;
    private final WalContext context;
    private final long salt;
    private final Checksum checksum = new Checksum();
    private final Queue<WalSegment> ready = new ConcurrentLinkedQueue<>();
    private final Queue<WalSegment> retired = new ConcurrentLinkedQueue<>();
    /** Releases in a row that released nothing; written by the node thread. */
    private volatile int idleReleases;

    private long nextGeneration;

    SegmentPool(FileStore store, WalContext context, long salt, long nextGeneration) {
        this.store = store;
        this.context = context;
        this.salt = salt;
        this.nextGeneration = nextGeneration;
    }

    /** True if {@link #acquire} would neither wait nor touch the disk. */
    boolean isReady(int frameLength) {
        WalSegment segment = ready.peek();
        return segment != null && segment.capacity() - WalDescriptor.SEGMENT_OVERHEAD >= frameLength;
    }

    /**
     * The next segment. Made on the spot if none is ready, large enough for the frame then; a ready one may be
     * smaller.
     */
    WalSegment acquire(int frameLength) {
        WalSegment segment = ready.poll();
        return segment != null ? segment : acquireSlowly(frameLength);
    }

    private synchronized WalSegment acquireSlowly(int frameLength) {
        WalSegment segment = ready.poll();
        return segment != null ? segment : make(frameLength);
    }

    /** A segment found ready on the disk when the log was opened. */
    void addReady(WalSegment segment) {
        ready.add(segment);
    }

    /** Nothing in the segment is needed any more. */
    void retire(WalSegment segment) {
        retired.add(segment);
    }

    /** So many segments were released at once. A log that releases none for some time needs no spare ones. */
    void noteReleased(int count) {
        idleReleases = count > 0 ? 0 : Math.min(idleReleases + 1, IDLE_RELEASES);
    }

    /** Prepares the next segment or disposes of one that was released. A full disk is no failure here: it may pass. */
    synchronized int doWork() {
        if (ready.isEmpty()) {
            return prepareNext();
        }
        int spareMax = idleReleases < IDLE_RELEASES ? context.spareSegmentMax() : 0;
        if (retired.size() <= spareMax) {
            return 0;
        }
        WalSegment surplus = retired.peek();
        surplus.close();
        store.delete(surplus.name());
        retired.remove();
        return 1;
    }

    private int prepareNext() {
        // Ahead of need: what the disk keeps ready for those who can't wait is not for this.
        if (retired.isEmpty() && store.freeBytes() < context.segmentLength()) {
            return 0;
        }
        try {
            ready.add(make(0));
            return 1;
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NO_SPACE) {
                throw e;
            }
            return 0;
        }
    }

    private WalSegment make(int frameLength) {
        int needed = frameLength + WalDescriptor.SEGMENT_OVERHEAD;
        int page = WalDescriptor.SEGMENT_LENGTH_MIN;
        int length = Math.max(context.segmentLength(), (needed + page - 1) / page * page);
        StoredFile spare = null;
        while (spare == null && !retired.isEmpty()) {
            spare = recycle(retired.peek(), length);
        }
        if (spare == null) {
            if (store.exists(WalDescriptor.SPARE_NAME)) {
                store.delete(WalDescriptor.SPARE_NAME);
            }
            spare = store.create(WalDescriptor.SPARE_NAME, length);
        }
        WalSegment segment = WalSegment.prepare(store, spare, nextGeneration, salt, checksum);
        nextGeneration++;
        return segment;
    }

    /** Turns the oldest released segment into the spare file; deletes it, and returns null, if its length is wrong. */
    private StoredFile recycle(WalSegment segment, int length) {
        segment.close();
        // It stays the head of the queue until the disk has done its part: skipped, it would leave a gap behind it.
        if (segment.capacity() == length) {
            store.rename(segment.name(), WalDescriptor.SPARE_NAME);
            retired.remove();
            return store.open(WalDescriptor.SPARE_NAME);
        }
        store.delete(segment.name());
        retired.remove();
        return null;
    }

    @Override
    public void close() {
        closeAll(ready);
        closeAll(retired);
    }

    private static void closeAll(Queue<WalSegment> segments) {
        WalSegment segment = segments.poll();
        while (segment != null) {
            segment.close();
            segment = segments.poll();
        }
    }
}
