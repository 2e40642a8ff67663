package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * The write-ahead log: entries by consecutive index, in mapped segment files, made durable by group commit.
 *
 * <p>Threads, and what each may call:
 *
 * <pre>
 *   node thread    append, flush, canAppend, read, term, firstIndex, lastIndex, appendedPosition, truncateFrom,
 *                  releaseTo, reset. Goes no further than the page cache; never waits for the disk as long as
 *                  {@link #canAppend} says yes.
 *   sync thread    sync: forces all that was appended before the call. One call forces for all who wait.
 *   pool thread    doWork: prepares the next segment, recycles released ones. May be the sync thread, but then a
 *                  commit may wait for a segment of zeros to reach the disk.
 * </pre>
 *
 * The threads share one number each way: the node thread publishes the appended position, the sync thread the durable
 * one. Records below the appended position never change, which is why the sync thread may read them.
 *
 * <p>The first force that fails ends the log: every later {@link #sync()} and {@link #append} fails too, because what
 * is on the disk is unknown and a second force would not tell. The node stops, and recovery finds out.
 */
public final class Wal implements AutoCloseable {
    /** {@link #term}: not in the log. */
    public static final long NO_TERM = -1;

    private static final int SEGMENTS_CAPACITY = 16;
    private static final int BATCH_LENGTH = 256 * 1024;

    private final WalContext context;
    private final SegmentPool pool;
    private final HeaderRing ring;
    private final EntryIndex entries;
    private final Checksum checksum = new Checksum();
    private final WalSegment.Draft record = new WalSegment.Draft();

    /** Live segments by generation modulo length; {@code active} is the newest. */
    private WalSegment[] segments = new WalSegment[SEGMENTS_CAPACITY];

    private long oldestGeneration;
    private WalSegment active;

    /** What has been appended and not been written yet: it ends at the tail. */
    private final RecordBatch batch;

    private int tail;
    private long digest;

    /** Written by the node thread after the bytes, read by the sync thread before it touches them. */
    private final AtomicLong appendedPosition = new AtomicLong();

    /** Written by the sync thread after a force has succeeded. */
    private final AtomicLong durablePosition = new AtomicLong();

    /** The sync thread's place: the segment that holds the durable position. Older ones may be released. */
    private volatile WalSegment syncSegment;

    /** A segment has been finished: time to force the second copy of the headers, beside the commits. */
    private volatile boolean headersDue;

    private long durableIndex;
    private long durableTerm;
    private volatile StorageException failure;

    /** An entry was found damaged by {@link #read}. */
    private boolean damaged;

    private Wal(WalContext context, SegmentPool pool, HeaderRing ring, EntryIndex entries) {
        this.context = context;
        this.pool = pool;
        this.ring = ring;
        this.entries = entries;
        batch = new RecordBatch(Math.min(context.segmentLength(), BATCH_LENGTH));
    }

    /** Opens the log of a data directory, or begins one. All that it then holds is durable. */
    public static Wal open(FileStore store, WalContext context) {
        context.conclude();
        return WalRecovery.open(store, context);
    }

    /** Begins a log: the first segment's BASE record says that nothing came before. */
    static Wal begin(WalContext context, SegmentPool pool, HeaderRing ring, long salt) {
        Wal wal = new Wal(context, pool, ring, new EntryIndex());
        wal.digest = salt;
        wal.activate(pool.acquire(0));
        wal.flush();
        wal.startSync(wal.active, wal.active.position(WalDescriptor.SEGMENT_HEADER_LENGTH));
        wal.sync();
        return wal;
    }

    /** Continues a log where recovery has found its end, and forces what is not known to have been forced. */
    static Wal resume(WalContext context, SegmentPool pool, HeaderRing ring, WalScanner scanner) {
        Wal wal = new Wal(context, pool, ring, scanner.entries());
        wal.oldestGeneration = scanner.segments().get(0).generation();
        WalSegment syncSegment = null;
        for (WalSegment segment : scanner.segments()) {
            wal.addSegment(segment);
            if (segment.generation() == WalDescriptor.generation(scanner.evidence())) {
                syncSegment = segment;
            }
            wal.active = segment;
        }
        wal.tail = scanner.endOffset();
        wal.digest = scanner.endDigest();
        wal.appendedPosition.set(scanner.endPosition());
        wal.startSync(syncSegment, scanner.evidence());
        wal.writeControl(WalDescriptor.KIND_OPEN, wal.entries.lastIndex(), wal.entries.lastTerm());
        wal.sync();
        return wal;
    }

    private void startSync(WalSegment segment, long position) {
        syncSegment = segment;
        durablePosition.set(position);
        durableIndex = entries.lastIndex();
        durableTerm = entries.lastTerm();
    }

    /** True if an entry of this length can be appended without waiting for the disk. */
    public boolean canAppend(int length) {
        int frameLength = WalDescriptor.frameLength(length);
        return active.capacity() - tail >= frameLength || pool.isReady(frameLength);
    }

    /** Node thread: whether {@link #doWork()} should be called soon, lest {@link #append} make a segment itself. */
    public boolean wantsWork() {
        return !pool.isReady(0);
    }

    /**
     * Appends the entry after {@link #lastIndex()}. It may be read at once; it is durable when it was flushed and a
     * {@link #sync()} that was called later has returned. If the segment is full and no other is ready this makes one,
     * which takes long;
     * if it cannot for want of space it throws {@link Kind#NO_SPACE}, and nothing was appended.
     */
    public void append(long index, long term, byte type, DirectBuffer buffer, int offset, int length) {
        if (index != entries.lastIndex() + 1) {
            throw new IllegalArgumentException("cannot append " + index + " after " + entries.lastIndex());
        }
        if (length > context.entryLengthMax()) {
            throw new IllegalArgumentException(
                    "entry of " + length + " bytes is longer than " + context.entryLengthMax());
        }
        record.type = type;
        record.payload = buffer;
        record.payloadOffset = offset;
        long position = write(WalDescriptor.KIND_ENTRY, index, term, length);
        entries.onEntry(index, term, position);
    }

    /** Writes what was appended since the last call, in one go: the next {@link #sync()} makes it durable. */
    public void flush() {
        if (batch.isEmpty()) {
            return;
        }
        throwIfFailed();
        boolean isWritten = false;
        try {
            batch.writeTo(active, tail);
            isWritten = true;
        } catch (StorageException e) {
            failure = e;
            throw e;
        } finally {
            if (!isWritten) {
                forgetUnwritten();
            }
        }
        appendedPosition.setRelease(active.position(tail));
    }

    /** The log's life is over, but it may still be looked at: it holds what was written. */
    private void forgetUnwritten() {
        batch.clear();
        long last = entries.lastIndex();
        while (entries.contains(last) && entries.position(last) >= appendedPosition.get()) {
            last--;
        }
        entries.onTruncate(last, term(last));
    }

    /** Position after the last record that was flushed. Grows across segments too; not a count of bytes. */
    public long appendedPosition() {
        return appendedPosition.get();
    }

    public long appendedIndex() {
        return entries.lastIndex();
    }

    /** Index of the last entry; that of the entry before the first if there is none. */
    public long lastIndex() {
        return entries.lastIndex();
    }

    /** Index of the first entry that can be read; {@link #lastIndex()} + 1 if there is none. */
    public long firstIndex() {
        return entries.firstIndex();
    }

    /** Term of an entry, or of the one before the first; {@link #NO_TERM} for all others. */
    public long term(long index) {
        if (entries.contains(index)) {
            long position = entries.position(index);
            return WalDescriptor.term(segment(position).buffer(), WalDescriptor.offset(position));
        }
        return index == entries.firstIndex() - 1 ? entries.baseTerm() : NO_TERM;
    }

    /**
     * Points the view at an entry; false if the log does not hold it (any more). What was not written just now may have
     * left the page cache meanwhile, and come back from a disk that rots: it is checked each time, so that nobody else
     * is given a damaged entry. The member stops then, and recovery at its next start sees to it.
     */
    public boolean read(long index, EntryView view) {
        if (!entries.contains(index)) {
            return false;
        }
        long position = entries.position(index);
        WalSegment segment = segment(position);
        int offset = WalDescriptor.offset(position);
        boolean isFresh = segment == active && offset >= tail - context.freshBytes();
        if (!isFresh && !segment.holds(index, offset, checksum)) {
            damaged = true;
            throw new StorageException(
                    Kind.CORRUPT,
                    segment.name() + " offset " + offset + ": entry " + index
                            + " has been damaged since it was written");
        }
        view.wrap(segment.buffer(), offset);
        return true;
    }

    /** Whether {@link #read} has refused an entry. */
    public boolean isDamaged() {
        return damaged;
    }

    /** Takes back all entries from {@code index} on. Flushed already; durable with the next {@link #sync()}. */
    public void truncateFrom(long index) {
        if (index < entries.firstIndex()) {
            throw new IllegalArgumentException("cannot truncate from " + index + ": first is " + entries.firstIndex());
        }
        if (index <= entries.lastIndex()) {
            long term = term(index - 1);
            writeControl(WalDescriptor.KIND_TRUNCATE, index - 1, term);
            entries.onTruncate(index - 1, term);
        }
    }

    /**
     * Empties the log, which then continues after (index, term): a snapshot has taken the entries' place. Flushed
     * already; durable with the next {@link #sync()}.
     */
    public void reset(long index, long term) {
        writeControl(WalDescriptor.KIND_RESET, index, term);
        entries.onBase(index, term);
        releaseSegmentsBefore(active.generation());
    }

    /**
     * The entries up to {@code index} will not be asked for again. Whole segments go, so that {@link #firstIndex()}
     * follows with a delay, and may be smaller again after the log was reopened.
     */
    public void releaseTo(long index) {
        releaseTo(index, 0);
    }

    /** Likewise, but keeps so many bytes of them, as far as whole segments fit. */
    public void releaseTo(long index, long keptBytes) {
        long keep = Math.min(index, entries.lastIndex()) + 1;
        long generation =
                entries.contains(keep) ? WalDescriptor.generation(entries.position(keep)) : active.generation();
        long keptSegments = keptBytes / context.segmentLength();
        pool.noteReleased(releaseSegmentsBefore(Math.min(generation, active.generation() - keptSegments)));
    }

    private int releaseSegmentsBefore(long wanted) {
        long oldest = oldestGeneration;
        long generation = Math.min(wanted, syncSegment.generation());
        if (generation <= oldest) {
            return 0;
        }
        long first = entries.firstIndex();
        while (first <= entries.lastIndex() && WalDescriptor.generation(entries.position(first)) < generation) {
            first++;
        }
        entries.release(first, term(first - 1));
        while (oldestGeneration < generation) {
            int slot = slot(oldestGeneration);
            pool.retire(segments[slot]);
            segments[slot] = null;
            oldestGeneration++;
        }
        return (int) (generation - oldest);
    }

    /** Bytes that the log's segments take on the disk. */
    public long lengthInBytes() {
        long length = 0;
        for (long generation = oldestGeneration; generation <= active.generation(); generation++) {
            length += segments[slot(generation)].capacity();
        }
        return length;
    }

    /**
     * Sync thread: makes all durable that was flushed before the call, and returns the index of the last entry of it.
     * If the log was truncated meanwhile that entry may be gone: its term, {@link #durableTerm()}, tells.
     */
    public long sync() {
        throwIfFailed();
        long target = appendedPosition.get();
        try {
            force(target);
        } catch (StorageException e) {
            failure = e;
            throw e;
        } catch (RuntimeException | InternalError e) {
            // InternalError: the JVM met a fault in the mapping.
            failure = new StorageException(Kind.IO, "cannot force the log: " + e, e);
            throw failure;
        }
        return durableIndex;
    }

    /** Sync thread: term of the entry whose index {@link #sync()} has returned. */
    public long durableTerm() {
        return durableTerm;
    }

    /**
     * Sync or pool thread: forces the second copy of the headers too, which makes rot in the newest entries known as
     * such even after a power failure. For when the log is idle; {@link #doWork} does it once per segment.
     */
    public void syncHeaders() {
        throwIfFailed();
        headersDue = false;
        try {
            ring.sync();
        } catch (StorageException e) {
            failure = e;
            throw e;
        }
    }

    /** Pool thread: background work; returns the number of things done. */
    public int doWork() {
        int workCount = pool.doWork();
        if (headersDue) {
            syncHeaders();
            workCount++;
        }
        return workCount;
    }

    /** Flushes, forces and gives the files back. To be called when no other thread uses the log any more. */
    @Override
    public void close() {
        try {
            if (failure == null) {
                flush();
                sync();
                syncHeaders();
            }
        } finally {
            closeFiles();
        }
    }

    private void closeFiles() {
        for (long generation = oldestGeneration; generation <= active.generation(); generation++) {
            segments[slot(generation)].close();
        }
        CloseHelper.closeAll(pool, ring);
    }

    private void force(long target) {
        long position = durablePosition.get();
        if (position == target) {
            return;
        }
        WalSegment first = syncSegment;
        WalSegment last = first;
        first.sync();
        while (last.generation() < WalDescriptor.generation(target)) {
            last = last.next();
            last.sync();
        }
        noteDurable(WalDescriptor.offset(position), target);
        durablePosition.set(target);
        if (last != first) {
            headersDue = true;
        }
    }

    /** Walks the records that have just become durable, and notes their headers. */
    private void noteDurable(int from, long target) {
        WalSegment segment = syncSegment;
        int offset = from;
        while (segment.position(offset) != target) {
            WalSegment next = segment.next();
            if (next != null && offset == segment.endOffset()) {
                segment = next;
                offset = WalDescriptor.SEGMENT_HEADER_LENGTH;
            } else {
                ring.note(segment, offset);
                durableIndex = WalDescriptor.index(segment.buffer(), offset);
                durableTerm = WalDescriptor.term(segment.buffer(), offset);
                offset += WalDescriptor.frameLength(WalDescriptor.length(segment.buffer(), offset));
            }
        }
        syncSegment = segment;
    }

    private void writeControl(byte kind, long index, long term) {
        record.type = 0;
        write(kind, index, term, 0);
        flush();
    }

    private long write(byte kind, long index, long term, int length) {
        throwIfFailed();
        int frameLength = WalDescriptor.frameLength(length);
        while (active.capacity() - tail < frameLength) {
            roll(frameLength);
        }
        return put(kind, index, term, length);
    }

    private long put(byte kind, long index, long term, int length) {
        record.kind = kind;
        record.index = index;
        record.term = term;
        record.length = length;
        record.previousDigest = digest;
        record.durablePosition = durablePosition.get();
        int frameLength = WalDescriptor.frameLength(length);
        if (!batch.hasRoom(frameLength)) {
            flush();
            batch.makeRoom(frameLength);
        }
        int offset = tail;
        digest = batch.add(active, offset, record, checksum);
        tail += frameLength;
        return active.position(offset);
    }

    private void roll(int frameLength) {
        flush();
        byte type = record.type;
        WalSegment full = active;
        int end = tail;
        WalSegment next = pool.acquire(frameLength);
        // The sync thread meets the link only through a position beyond it, which put() publishes after this.
        full.continueIn(next, end);
        activate(next);
        record.type = type;
    }

    private void activate(WalSegment segment) {
        if (active == null) {
            oldestGeneration = segment.generation();
        }
        addSegment(segment);
        active = segment;
        tail = WalDescriptor.SEGMENT_HEADER_LENGTH;
        record.type = 0;
        put(WalDescriptor.KIND_BASE, entries.lastIndex(), entries.lastTerm(), 0);
    }

    private void addSegment(WalSegment segment) {
        if (segment.generation() - oldestGeneration == segments.length) {
            WalSegment[] grown = new WalSegment[segments.length * 2];
            for (WalSegment old : segments) {
                grown[(int) old.generation() & (grown.length - 1)] = old;
            }
            segments = grown;
        }
        segments[slot(segment.generation())] = segment;
    }

    /** The segment that holds a position, which may be read there then. */
    private WalSegment segment(long position) {
        flush();
        return segments[slot(WalDescriptor.generation(position))];
    }

    private int slot(long generation) {
        return (int) generation & (segments.length - 1);
    }

    private void throwIfFailed() {
        StorageException cause = failure;
        if (cause != null) {
            throw new StorageException(cause.kind(), "the log has failed before: " + cause.getMessage(), cause);
        }
    }
}
