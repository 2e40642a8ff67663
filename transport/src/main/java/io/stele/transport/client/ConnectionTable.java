package io.stele.transport.client;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.collections.IntArrayList;

/**
 * Finds a connection by its id, from any thread.
 *
 * <pre>
 *   connectionId:  | generation (44 bits) | slot (20 bits) |      never 0, never used twice
 * </pre>
 */
final class ConnectionTable {
    private static final int SLOT_BITS = 20;
    static final int CAPACITY_MAX = 1 << SLOT_BITS;

    private final AtomicReferenceArray<Recipient> slots;
    private final IntArrayList freeSlots = new IntArrayList();
    private long generation;

    ConnectionTable(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
        for (int slot = capacity - 1; slot >= 0; slot--) {
            freeSlots.addInt(slot);
        }
    }

    /** Registers the connection and tells its id; 0 when the table is full. */
    synchronized long add(Recipient connection) {
        if (freeSlots.isEmpty()) {
            return 0;
        }
        int slot = freeSlots.popInt();
        long id = ++generation << SLOT_BITS | slot;
        connection.id(id);
        slots.set(slot, connection);
        return id;
    }

    synchronized void remove(Recipient connection) {
        int slot = slot(connection.id());
        if (slots.get(slot) == connection) {
            slots.set(slot, null);
            freeSlots.addInt(slot);
        }
    }

    synchronized int count() {
        return slots.length() - freeSlots.size();
    }

    Recipient find(long id) {
        int slot = slot(id);
        if (slot >= slots.length()) {
            return null;
        }
        Recipient connection = slots.get(slot);
        return connection != null && connection.id() == id ? connection : null;
    }

    private static int slot(long id) {
        return (int) id & (CAPACITY_MAX - 1);
    }
}
