package io.stele.index;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.MapSegmentContext;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The key index in a Chronicle Map, in memory and off the heap. Never persisted: it is rebuilt from the page store.
 *
 * <p>Growth: a map is laid out for a number of entries and becomes slower beyond. When the current map is full a
 * larger one is laid out on a thread of its own; once it is there, new entries go to it, lookups ask it first and the
 * old map second, and {@link #doWork} drains the old one. A key is in one of them at most. Until the larger map is
 * there, the current one stretches ({@code maxBloatFactor}).
 *
 * <p>Building the first map compiles classes at run time, so it takes 0.6 s and needs the module {@code
 * jdk.compiler}. Where that is missing, or a map cannot be built or stretched any more, the index says so once and is
 * not ready for good: its owner goes to the page store for every key.
 */
public final class ChronicleKeyIndex implements KeyIndex {
    private static final int COUNT_INTERVAL = 1024;
    private static final double BLOAT_FACTOR_MAX = 100;
    private static final int SEGMENT_ENTRIES = 16 * 1024;

    private final IndexContext context;
    private final KeyRef keyRef = new KeyRef();
    private final KeyRef movedKey = new KeyRef();
    private final KeyRecord movedRecord = new KeyRecord();
    private final ChronicleMarshalling.RecordPlace place = new ChronicleMarshalling.RecordPlace();
    private final UnsafeBuffer keyScratch;
    private final Predicate<MapEntry<KeyRef, KeyRecord>> mover = this::moveEntry;

    /** Handed over by the thread that lays out maps. */
    private final AtomicReference<ChronicleMap<KeyRef, KeyRecord>> prepared = new AtomicReference<>();

    private volatile boolean cannotGrow;

    private ChronicleMap<KeyRef, KeyRecord> current;

    /** The map being drained into the current one, or null. */
    private ChronicleMap<KeyRef, KeyRecord> draining;

    private Thread preparation;
    private long capacity;
    private int drainedSegment;
    private int drainBudget;
    private int putsUntilCount = COUNT_INTERVAL;
    /** Over for good: closed, or failed. */
    private boolean ended;

    public ChronicleKeyIndex(IndexContext context) {
        this.context = context.conclude();
        keyScratch = new UnsafeBuffer(BufferUtil.allocateDirectAligned(IndexContext.KEY_LENGTH_MAX, 64));
        capacity = context.firstCapacity();
        if (ModuleLayer.boot().findModule("jdk.compiler").isEmpty()) {
            fail("the key index needs a full JDK and this runtime lacks the module jdk.compiler: "
                    + "running without it, point reads are served by the page store alone");
        } else {
            prepare(capacity);
        }
    }

    @Override
    public boolean accepts(int keyLength) {
        return keyLength <= context.keyLengthMax();
    }

    @Override
    public boolean isReady() {
        return current != null || takePrepared();
    }

    @Override
    public boolean get(DirectBuffer key, int offset, int length, KeyRecord into) {
        if (current == null || !accepts(length)) {
            return false;
        }
        KeyRef ref = refer(key, offset, length);
        return current.getUsing(ref, into) != null || (draining != null && draining.getUsing(ref, into) != null);
    }

    @Override
    public boolean put(DirectBuffer key, int offset, int length, KeyRecord record) {
        if (!accepts(length) || !isReady()) {
            return false;
        }
        KeyRef ref = refer(key, offset, length);
        if (current.getUsing(ref, place) != null) {
            // In place: half the price of the map's own way, whose locks nobody else needs.
            ChronicleMarshalling.write(record, place.address);
            return true;
        }
        try {
            current.put(ref, record);
        } catch (IllegalStateException | IllegalArgumentException ex) {
            fail("the key index cannot grow any more, point reads are served by the page store alone: " + ex);
            return false;
        }
        if (draining != null) {
            draining.remove(ref);
        }
        if (--putsUntilCount == 0) {
            putsUntilCount = COUNT_INTERVAL;
            growWhenFull();
        }
        return true;
    }

    @Override
    public void remove(DirectBuffer key, int offset, int length) {
        if (current == null || !accepts(length)) {
            return;
        }
        KeyRef ref = refer(key, offset, length);
        current.remove(ref);
        if (draining != null) {
            draining.remove(ref);
        }
    }

    @Override
    public int doWork(int budget) {
        if (takePrepared()) {
            return 1;
        }
        return draining == null ? 0 : drain(budget);
    }

    @Override
    public long entryCount() {
        return (current == null ? 0 : current.longSize()) + (draining == null ? 0 : draining.longSize());
    }

    @Override
    public long offHeapBytes() {
        return (current == null ? 0 : current.offHeapMemoryUsed())
                + (draining == null ? 0 : draining.offHeapMemoryUsed());
    }

    @Override
    public void clear() {
        if (draining != null) {
            draining.close();
            draining = null;
        }
        if (current != null) {
            current.clear();
        }
    }

    @Override
    public void close() {
        ended = true;
        awaitPreparation();
        ChronicleMap<KeyRef, KeyRecord> unused = prepared.getAndSet(null);
        if (unused != null) {
            unused.close();
        }
        drop();
    }

    private void drop() {
        if (draining != null) {
            draining.close();
            draining = null;
        }
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private void fail(String notice) {
        ended = true;
        drop();
        context.notices().accept(notice);
    }

    /** A map is on its way from here until {@link #takePrepared} has taken it. */
    private void prepare(long entries) {
        if (context.buildInBackground()) {
            preparation = new Thread(() -> layOut(entries), "stele-index-layout");
            preparation.setDaemon(true);
            preparation.start();
        } else {
            layOut(entries);
            takePrepared();
        }
    }

    private void layOut(long entries) {
        try {
            prepared.set(newMap(entries));
        } catch (RuntimeException | Error ex) { // Chronicle reports a missing compiler as an AssertionError
            cannotGrow = true;
            context.notices().accept("the key index has no map for " + entries + " keys: " + ex);
        }
    }

    private boolean takePrepared() {
        if (ended || prepared.get() == null) {
            return false;
        }
        assert draining == null : "a map is prepared only while none is drained";
        draining = current;
        drainedSegment = 0;
        current = prepared.getAndSet(null);
        preparation = null;
        return true;
    }

    private void growWhenFull() {
        boolean growing = draining != null || preparation != null || cannotGrow;
        if (!growing && current.longSize() >= capacity) {
            capacity = Math.multiplyExact(capacity, context.growthFactor());
            prepare(capacity);
        }
    }

    private int drain(int budget) {
        drainBudget = budget;
        while (drainBudget > 0 && drainedSegment < draining.segments()) {
            boolean emptied;
            try (MapSegmentContext<KeyRef, KeyRecord, ?> segment = draining.segmentContext(drainedSegment)) {
                emptied = segment.forEachSegmentEntryWhile(mover);
            }
            if (emptied) {
                drainedSegment++;
                drainBudget--;
            }
        }
        if (drainedSegment == draining.segments()) {
            draining.close();
            draining = null;
        }
        return budget - drainBudget;
    }

    private boolean moveEntry(MapEntry<KeyRef, KeyRecord> entry) {
        if (drainBudget <= 0) {
            return false;
        }
        drainBudget--;
        current.put(entry.key().getUsing(movedKey), entry.value().getUsing(movedRecord));
        entry.doRemove();
        return true;
    }

    private KeyRef refer(DirectBuffer key, int offset, int length) {
        if (key.byteArray() == null) {
            return keyRef.set(key.addressOffset() + offset, length);
        }
        key.getBytes(offset, keyScratch, 0, length);
        return keyRef.set(keyScratch.addressOffset(), length);
    }

    private void awaitPreparation() {
        if (preparation != null) {
            boolean interrupted = false;
            while (preparation.isAlive()) {
                try {
                    preparation.join();
                } catch (InterruptedException ex) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ChronicleMap<KeyRef, KeyRecord> newMap(long entries) {
        // Before the first Chronicle class is initialised: no usage events, no banner. Its analytics library is not
        // on the class path either.
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
        return ChronicleMapFactory.create(context, entries, segments(entries), BLOAT_FACTOR_MAX);
    }

    /** Enough that one segment's drain and one segment's stretch stay small. */
    private static int segments(long entries) {
        long wanted = Math.max(16, entries / SEGMENT_ENTRIES);
        return (int) Math.min(1 << 16, Long.highestOneBit(wanted));
    }
}
