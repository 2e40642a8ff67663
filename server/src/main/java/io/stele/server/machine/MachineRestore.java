package io.stele.server.machine;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Turns the state of one cluster into the first state of another. */
public final class MachineRestore {
    private MachineRestore() {}

    /** Newest revision of a state that no machine is at work on. */
    public static long revision(PageStore store) {
        return new Stamp(store.stamp()).revision();
    }

    /**
     * Forgets who the members were, their alarms and what was announced to them; begins with others, at the same log
     * index, with an empty log behind it.
     *
     * @param revisionBump how much later the newest revision becomes
     * @param marksCompacted whether nothing before it is readable any more
     */
    public static void begin(PageStore store, List<MemberRecord> members, long revisionBump, boolean marksCompacted) {
        BTree system = store.tree(TreeIds.SYSTEM);
        Cursor cursor = system.cursor();
        while (cursor.first()) {
            byte[] key = new byte[cursor.key().length()];
            cursor.key().buffer().getBytes(cursor.key().offset(), key);
            system.remove(new UnsafeBuffer(key), 0, key.length);
        }
        Stamp stamp = new Stamp(store.stamp());
        stamp.revision(Math.addExact(stamp.revision(), revisionBump));
        if (marksCompacted) {
            stamp.compactRevision(stamp.revision());
        }
        MemberTable.in(store).begin(members);
        stamp.installed();
    }
}
