package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.SimDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A log beside its model. The model keeps what the log would hold after each operation; after a crash the log must hold
 * what it held after some operation that is not older than the last acknowledged one, and not newer than the last
 * begun.
 */
final class WalModel {
    /** Entries by index: term and payload, as one string; and where the log ends if it has none. */
    private record State(TreeMap<Long, String> entries, long lastIndex, long lastTerm) {
        State copy() {
            return new State(new TreeMap<>(entries), lastIndex, lastTerm);
        }
    }

    private final SimDisk disk;
    private final WalContext context;
    private final EntryView view = new EntryView();
    private final List<State> states = new ArrayList<>();
    private final Random random;
    private int acknowledged;
    private long released;
    private long term = 1;
    private FileStore store;
    private Wal wal;

    WalModel(SimDisk disk, WalContext context, long seed) {
        this.disk = disk;
        this.context = context;
        random = new Random(seed);
        states.add(new State(new TreeMap<>(), 0, 0));
    }

    Wal wal() {
        return wal;
    }

    SimDisk disk() {
        return disk;
    }

    /** Opens the log and checks what it holds; whatever that is counts as acknowledged from now on. */
    void open() {
        store = disk.mount();
        wal = Wal.open(store, context);
        int match = verify();
        State state = states.get(match);
        states.clear();
        states.add(state);
        acknowledged = 0;
    }

    /** Finds the operation after which the log was as it is now. */
    private int verify() {
        assertTrue(wal.firstIndex() <= released + 1, "first is " + wal.firstIndex() + ", released " + released);
        for (int i = states.size() - 1; i >= acknowledged; i--) {
            if (matches(states.get(i))) {
                return i;
            }
        }
        return fail("the log is in no state between the " + acknowledged + "th, acknowledged, and the "
                + (states.size() - 1) + "th: entries " + wal.firstIndex() + ".." + wal.lastIndex() + ", expected "
                + states.get(acknowledged).entries.keySet());
    }

    private boolean matches(State state) {
        if (wal.lastIndex() != state.lastIndex || wal.term(wal.lastIndex()) != state.lastTerm) {
            return false;
        }
        for (long index = wal.firstIndex(); index <= wal.lastIndex(); index++) {
            assertTrue(wal.read(index, view), "entry " + index);
            assertEquals(index, view.index());
            String text = view.term() + " " + view.buffer().getStringWithoutLengthAscii(view.offset(), view.length());
            if (!text.equals(state.entries.get(index))) {
                return false;
            }
        }
        return true;
    }

    void assertCurrent() {
        assertTrue(matches(states.get(states.size() - 1)), "the log differs from its model");
    }

    private State begin() {
        return states.get(states.size() - 1).copy();
    }

    void append(int count, int lengthMax) {
        for (int i = 0; i < count; i++) {
            State before = states.get(states.size() - 1);
            long index = before.lastIndex + 1;
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(lengthMax + 1);
            while (text.length() < length) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            State after = before.copy();
            after.entries.put(index, term + " " + text);
            step(new State(after.entries, index, term), () -> {
                UnsafeBuffer buffer = new UnsafeBuffer(new byte[text.length()]);
                buffer.putStringWithoutLengthAscii(0, text.toString());
                wal.append(index, term, (byte) 3, buffer, 0, text.length());
                wal.flush();
            });
        }
    }

    /** Takes back the last entries, and goes on in the next term. */
    void truncate(int count) {
        State before = begin();
        long from = Math.max(wal.firstIndex(), before.lastIndex - count + 1);
        if (from > before.lastIndex) {
            return;
        }
        long lastTerm = wal.term(from - 1);
        before.entries.tailMap(from, true).clear();
        step(new State(before.entries, from - 1, lastTerm), () -> wal.truncateFrom(from));
        term++;
    }

    /** Continues as after a snapshot, far ahead. */
    void reset() {
        long index = states.get(states.size() - 1).lastIndex + 100;
        term++;
        released = Math.max(released, index);
        step(new State(new TreeMap<>(), index, term), () -> wal.reset(index, term));
    }

    /** The operation may be durable from its beginning on; if it is refused it has not happened. */
    private void step(State after, Runnable operation) {
        states.add(after);
        try {
            operation.run();
        } catch (StorageException | IllegalArgumentException e) {
            states.remove(states.size() - 1);
            throw e;
        }
    }

    void sync() {
        int covered = states.size() - 1;
        long index = wal.sync();
        assertEquals(states.get(covered).lastIndex, index);
        acknowledged = covered;
    }

    /** Releases all but the newest acknowledged entries. */
    void release(int kept) {
        long index = Math.min(states.get(acknowledged).lastIndex, wal.lastIndex()) - kept;
        if (index >= wal.firstIndex()) {
            released = Math.max(released, index);
            wal.releaseTo(index);
        }
    }

    void work() {
        int workCount;
        do {
            workCount = wal.doWork();
        } while (workCount > 0);
    }

    /** A clean stop. */
    void close() {
        int covered = states.size() - 1;
        wal.close();
        store.close();
        acknowledged = covered;
    }
}
