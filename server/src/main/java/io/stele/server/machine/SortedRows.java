package io.stele.server.machine;

import io.stele.transport.codec.SortTarget;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Rows of a range that is wanted in another order than that of its keys: where their content lies and what they are
 * sorted by, off the heap. Equal rows stay in the order of their keys.
 */
final class SortedRows {
    private static final int ROW_LENGTH = 24;
    private static final int SUB = 8;
    private static final int SORT_KEY = 16;

    private final KeySpace space;
    private final RevisionView left = new RevisionView();
    private final RevisionView right = new RevisionView();
    private final MutableDirectBuffer rows = new ExpandableDirectByteBuffer(4096);
    private MutableDirectBuffer order = new ExpandableDirectByteBuffer(1024);
    private MutableDirectBuffer spare = new ExpandableDirectByteBuffer(1024);
    private int count;
    private boolean byValue;
    private boolean descending;

    SortedRows(KeySpace space) {
        this.space = space;
    }

    int count() {
        return count;
    }

    void add(long main, int sub, long sortKey) {
        int at = count * ROW_LENGTH;
        rows.putLong(at, main);
        rows.putInt(at + SUB, sub);
        rows.putLong(at + SORT_KEY, sortKey);
        order.putInt(count * Integer.BYTES, count);
        count++;
    }

    void sort(int target, boolean descendingOrder) {
        descending = descendingOrder;
        byValue = target == SortTarget.VALUE.value();
        if (target == SortTarget.KEY.value()) {
            if (descending) {
                reverse();
            }
            return;
        }
        for (int width = 1; width > 0 && width < count; width *= 2) {
            for (int from = 0; from < count; from += 2 * width) {
                merge(from, Math.min(count, from + width), Math.min(count, from + 2 * width));
            }
            MutableDirectBuffer sorted = spare;
            spare = order;
            order = sorted;
        }
    }

    long main(int position) {
        return rows.getLong(row(position) * ROW_LENGTH);
    }

    int sub(int position) {
        return rows.getInt(row(position) * ROW_LENGTH + SUB);
    }

    private int row(int position) {
        return order.getInt(position * Integer.BYTES);
    }

    private void reverse() {
        for (int i = 0; i < count; i++) {
            order.putInt(i * Integer.BYTES, count - 1 - i);
        }
    }

    private void merge(int from, int middle, int end) {
        int a = from;
        int b = middle;
        for (int to = from; to < end; to++) {
            boolean takeFirst = b == end || (a < middle && compare(row(a), row(b)) <= 0);
            int taken = takeFirst ? row(a) : row(b);
            if (takeFirst) {
                a++;
            } else {
                b++;
            }
            spare.putInt(to * Integer.BYTES, taken);
        }
    }

    private int compare(int a, int b) {
        int result;
        if (byValue) {
            content(a, left);
            content(b, right);
            result = Bytes.compare(
                    left.buffer(),
                    left.valueOffset(),
                    left.valueLength(),
                    right.buffer(),
                    right.valueOffset(),
                    right.valueLength());
        } else {
            result = Long.compare(rows.getLong(a * ROW_LENGTH + SORT_KEY), rows.getLong(b * ROW_LENGTH + SORT_KEY));
        }
        return descending ? -result : result;
    }

    private void content(int row, RevisionView into) {
        space.content(rows.getLong(row * ROW_LENGTH), rows.getInt(row * ROW_LENGTH + SUB), into);
    }
}
