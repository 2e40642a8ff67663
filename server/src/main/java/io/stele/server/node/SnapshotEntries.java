package io.stele.server.node;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.server.machine.ReceivedState;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.Slice;
import io.stele.transport.MalformedMessageException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How entries of trees are laid out in a snapshot's chunks. Little endian.
 *
 * <pre>
 *   0         1           2            6              10
 *   +---------+-----------+------------+--------------+-------+---------+----
 *   | tree id | counted   | key length | value length | key   | value   | ...
 *   +---------+-----------+------------+--------------+-------+---------+----
 * </pre>
 */
final class SnapshotEntries {
    private static final int COUNTED_OFFSET = 1;
    private static final int KEY_LENGTH_OFFSET = 2;
    private static final int VALUE_LENGTH_OFFSET = 6;
    private static final int KEY_OFFSET = 10;

    private SnapshotEntries() {}

    /** Writes the entry that a cursor is at; returns its length. */
    static int put(MutableDirectBuffer buffer, int offset, int treeId, Cursor cursor) {
        Slice key = cursor.key();
        Slice value = cursor.value();
        buffer.putByte(offset, (byte) treeId);
        buffer.putByte(offset + COUNTED_OFFSET, (byte) (cursor.counted() ? 1 : 0));
        buffer.putInt(offset + KEY_LENGTH_OFFSET, key.length(), LITTLE_ENDIAN);
        buffer.putInt(offset + VALUE_LENGTH_OFFSET, value.length(), LITTLE_ENDIAN);
        buffer.putBytes(offset + KEY_OFFSET, key.buffer(), key.offset(), key.length());
        int valueAt = offset + KEY_OFFSET + key.length();
        if (value.length() > 0) {
            buffer.putBytes(valueAt, value.buffer(), value.offset(), value.length());
        }
        return KEY_OFFSET + key.length() + value.length();
    }

    /** Of the entry that a cursor is at. */
    static int length(Cursor cursor) {
        return KEY_OFFSET + cursor.key().length() + cursor.value().length();
    }

    /** Puts all entries of a chunk into a store; returns how many. Throws on what {@link #put} has not written. */
    static int load(DirectBuffer buffer, int offset, int length, PageStore into) {
        return load(buffer, offset, length, into, null);
    }

    /** Likewise, and shows each entry to a check, unless that is null. */
    static int load(DirectBuffer buffer, int offset, int length, PageStore into, ReceivedState check) {
        int at = offset;
        int limit = offset + length;
        int count = 0;
        while (at < limit) {
            check(limit - at >= KEY_OFFSET);
            int treeId = buffer.getByte(at);
            boolean counted = buffer.getByte(at + COUNTED_OFFSET) != 0;
            int keyLength = buffer.getInt(at + KEY_LENGTH_OFFSET, LITTLE_ENDIAN);
            int valueLength = buffer.getInt(at + VALUE_LENGTH_OFFSET, LITTLE_ENDIAN);
            int rest = limit - at - KEY_OFFSET;
            check(treeId >= 0 && treeId < PageStoreContext.TREE_COUNT);
            check(keyLength > 0 && keyLength <= into.keyLengthMax() && keyLength <= rest);
            check(valueLength >= 0 && valueLength <= into.valueLengthMax() && valueLength <= rest - keyLength);
            int keyAt = at + KEY_OFFSET;
            into.tree(treeId).put(buffer, keyAt, keyLength, buffer, keyAt + keyLength, valueLength, counted);
            if (check != null) {
                check.onEntry(treeId, buffer, keyAt, keyLength, keyAt + keyLength, valueLength);
            }
            at = keyAt + keyLength + valueLength;
            count++;
        }
        return count;
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new MalformedMessageException("a snapshot's chunk does not add up");
        }
    }
}
