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
    private final RevisionView leftContent = new RevisionView();
    private final RevisionView rightContent = new RevisionView();
    private final MutableDirectBuffer rows = new ExpandableDirectByteBuffer(4096);
    private MutableDirectBuffer order = new ExpandableDirectByteBuffer(1024);
    private MutableDirectBuffer spare = new ExpandableDirectByteBuffer(1024);
    private int count;
    private boolean byValue;
    private boolean descending;

    // The sort under way: runs of this width are merged in pairs, those from here on have not been yet.
    private int width;
    private int from;
    private int left;
    private int right;
    private int to;

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

    /** Says in which order they are wanted; {@link #sort} brings them there. */
    void order(int target, boolean descendingOrder) {
        descending = descendingOrder;
        byValue = target == SortTarget.VALUE.value();
        from = 0;
        width = 1;
        beginMerge();
        if (target == SortTarget.KEY.value()) {
            width = Math.max(1, count);
            if (descending) {
                reverse();
            }
        }
    }

    /** Takes so many steps, of a comparison or less each; true when the rows are in order. */
    boolean sort(int steps) {
        int stepsLeft = steps;
        while (width < count) {
            if (from >= count) {
                MutableDirectBuffer sorted = spare;
                spare = order;
                order = sorted;
                width *= 2;
                from = 0;
                beginMerge();
                continue;
            }
            stepsLeft = merge(stepsLeft);
            if (stepsLeft == 0) {
                return false;
            }
            from += 2 * width;
            beginMerge();
        }
        return true;
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

    private void beginMerge() {
        left = from;
        right = from + width;
        to = from;
    }

    /** Goes on merging the two runs at {@code from}; returns the steps that are left, 0 if it is to be gone on with. */
    private int merge(int steps) {
        int middle = Math.min(count, from + width);
        int end = Math.min(count, from + 2 * width);
        int stepsLeft = steps;
        while (to < end && stepsLeft > 0) {
            boolean takeLeft = right >= end || (left < middle && compare(row(left), row(right)) <= 0);
            spare.putInt(to * Integer.BYTES, row(takeLeft ? left++ : right++));
            to++;
            stepsLeft--;
        }
        return to < end ? 0 : Math.max(1, stepsLeft);
    }

    private int compare(int a, int b) {
        int result;
        if (byValue) {
            content(a, leftContent);
            content(b, rightContent);
            result = Bytes.compare(
                    leftContent.buffer(),
                    leftContent.valueOffset(),
                    leftContent.valueLength(),
                    rightContent.buffer(),
                    rightContent.valueOffset(),
                    rightContent.valueLength());
        } else {
            result = Long.compare(rows.getLong(a * ROW_LENGTH + SORT_KEY), rows.getLong(b * ROW_LENGTH + SORT_KEY));
        }
        return descending ? -result : result;
    }

    private void content(int row, RevisionView into) {
        space.content(rows.getLong(row * ROW_LENGTH), rows.getInt(row * ROW_LENGTH + SUB), into);
    }
}
