package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Alarms, as of the applied index: which member has raised which one. While there is one, all members refuse the same
 * entries, see {@link AlarmRules}. In the {@code system} tree:
 *
 * <pre>
 *   'a' alarm (1) member id (8, BE)      cause (1): who lifts it again
 * </pre>
 */
public final class AlarmTable {
    /** Too much data, or no room for it: nothing is added. */
    public static final int NO_SPACE = 1;

    /** The members' states differ: nothing is changed. */
    public static final int CORRUPT = 2;

    /** Lifted by operators alone: they, or a quota, have raised it. */
    public static final int CAUSE_QUOTA = 0;

    /** No majority has one state; the leader lifts the alarm when one has. */
    public static final int CAUSE_AUDIT = 1;

    static final byte ALARM = 'a';
    private static final int KEY_LENGTH = 2 + Long.BYTES;
    private static final long DIGEST_SEED = 0xBE5466CF34E90C6CL;

    /** One alarm. */
    public record Alarm(long memberId, int alarm, int cause) {}

    private final BTree tree;
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[1]);
    private List<Alarm> alarms = List.of();
    private boolean isNoSpace;
    private boolean isCorrupt;
    private long digestLow;
    private long digestHigh;

    AlarmTable(PageStore store) {
        tree = store.tree(TreeIds.SYSTEM);
        load();
    }

    /** All of them, by kind and then by member. */
    public List<Alarm> alarms() {
        return alarms;
    }

    /** Whether any member has raised it. */
    public boolean isRaised(int alarm) {
        return alarm == NO_SPACE ? isNoSpace : isCorrupt;
    }

    /** The alarm, or null. */
    public Alarm find(int alarm, long memberId) {
        for (Alarm raised : alarms) {
            if (raised.alarm == alarm && raised.memberId == memberId) {
                return raised;
            }
        }
        return null;
    }

    /** Raises it, unless it is raised; returns it as it stands. */
    Alarm raise(int alarm, long memberId, int cause) {
        Alarm raised = find(alarm, memberId);
        if (raised == null) {
            value.putByte(0, (byte) cause);
            tree.put(key(alarm, memberId), 0, KEY_LENGTH, value, 0, 1, false);
            load();
            raised = find(alarm, memberId);
        }
        return raised;
    }

    /** Lifts it; returns what was lifted, or null. */
    Alarm lift(int alarm, long memberId) {
        Alarm raised = find(alarm, memberId);
        if (raised != null) {
            tree.remove(key(alarm, memberId), 0, KEY_LENGTH);
            load();
        }
        return raised;
    }

    long digestLow() {
        return digestLow;
    }

    long digestHigh() {
        return digestHigh;
    }

    private UnsafeBuffer key(int alarm, long memberId) {
        key.putByte(0, ALARM);
        key.putByte(1, (byte) alarm);
        key.putLong(2, memberId, BIG_ENDIAN);
        return key;
    }

    private void load() {
        List<Alarm> found = new ArrayList<>();
        digestLow = 0;
        digestHigh = 0;
        Cursor cursor = tree.cursor();
        boolean on = cursor.seek(key(0, 0), 0, KEY_LENGTH);
        while (on && cursor.key().buffer().getByte(cursor.key().offset()) == ALARM) {
            Slice at = cursor.key();
            found.add(new Alarm(
                    at.buffer().getLong(at.offset() + 2, BIG_ENDIAN),
                    at.buffer().getByte(at.offset() + 1),
                    cursor.value().buffer().getByte(cursor.value().offset())));
            digestLow += StateDigest.hash(DIGEST_SEED, at.buffer(), at.offset(), at.length());
            digestHigh += StateDigest.hash(~DIGEST_SEED, at.buffer(), at.offset(), at.length());
            on = cursor.next();
        }
        alarms = List.copyOf(found);
        isNoSpace = alarms.stream().anyMatch(raised -> raised.alarm == NO_SPACE);
        isCorrupt = alarms.stream().anyMatch(raised -> raised.alarm == CORRUPT);
    }
}
