package io.stele.server.machine;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Whether the state machine's trees, its index and its stamp tell one story. Changes nothing. For tests, the simulator
 * and the offline check of a data directory.
 */
public final class StateCheck {
    private static final int PROBLEMS_MAX = 100;

    private final StateMachine machine;
    private final KeySpace space;
    private final List<String> problems = new ArrayList<>();
    private final RevisionView content = new RevisionView();
    private final KeyRecord record = new KeyRecord();
    private final KeyRecord indexed = new KeyRecord();
    private final StateDigest digest = new StateDigest();
    private final MutableDirectBuffer userKey = new ExpandableDirectByteBuffer(1024);
    private final MutableDirectBuffer lastKey = new ExpandableDirectByteBuffer(1024);
    private long indexable;
    private long attached;
    private long leaseCount;

    private StateCheck(StateMachine machine) {
        this.machine = machine;
        space = machine.space();
    }

    /** Returns what is wrong, one line each; nothing if all is well. */
    public static List<String> run(StateMachine machine) {
        StateCheck check = new StateCheck(machine);
        check.checkKeys();
        check.checkHistory();
        check.checkRevisions();
        check.checkLeases();
        check.checkTotals();
        return check.problems;
    }

    private void checkKeys() {
        Cursor cursor = space.keys.cursor();
        KeyIndex index = space.index();
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            Slice key = cursor.key();
            KeyDescriptor.decode(cursor.value(), record);
            digest.addKey(key.buffer(), key.offset(), key.length(), record);
            expect(cursor.counted(), "live key is not counted", key);
            expect(record.modRevision <= machine.revision(), "key is newer than the newest revision", key);
            if (contentExists(record.modRevision, record.modSubRevision, key)) {
                expect(!content.isTombstone() && isContentOf(key, key.length()), "revision is another key's", key);
                expect(
                        content.createRevision() == record.createRevision
                                && content.version() == record.version
                                && content.lease() == record.lease,
                        "key and revision disagree",
                        key);
                long valueHash = StateDigest.valueHash(content.buffer(), content.valueOffset(), content.valueLength());
                expect(valueHash == record.valueHash, "value has another hash", key);
            }
            if (index.accepts(key.length())) {
                indexable++;
                checkIndexed(index, key);
            }
            if (record.lease != 0) {
                attached++;
                boolean known = machine.leases().isAttached(key.buffer(), key.offset(), key.length(), record.lease);
                expect(known && machine.leaseTtl(record.lease) >= 0, "key's lease does not know it", key);
            }
        }
    }

    private void checkIndexed(KeyIndex index, Slice key) {
        boolean found = index.isReady() && index.get(key.buffer(), key.offset(), key.length(), indexed);
        expect(found || !space.isIndexComplete(), "key is not in the index", key);
        expect(
                !found
                        || (indexed.createRevision == record.createRevision
                                && indexed.modRevision == record.modRevision
                                && indexed.modSubRevision == record.modSubRevision
                                && indexed.version == record.version
                                && indexed.lease == record.lease
                                && indexed.valueHash == record.valueHash),
                "key and index disagree",
                key);
    }

    private void checkHistory() {
        Cursor cursor = space.history.cursor();
        Slice live = new Slice();
        int lastLength = -1;
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            Slice entry = cursor.key();
            int length = HistoryDescriptor.decodeKey(entry.buffer(), entry.offset(), entry.length(), userKey);
            long main = HistoryDescriptor.main(entry.buffer(), entry.offset(), entry.length());
            int sub = HistoryDescriptor.sub(entry.buffer(), entry.offset(), entry.length());
            Slice value = cursor.value();
            boolean tombstone = value.buffer().getByte(value.offset()) == HistoryDescriptor.TOMBSTONE;
            if (contentExists(main, sub, entry)) {
                boolean same = content.keyLength() == length
                        && Bytes.equal(content.buffer(), content.keyOffset(), content.keyLength(), userKey, 0, length);
                expect(same && content.isTombstone() == tombstone, "history and revision disagree", entry);
            }
            boolean newest = !Bytes.equal(userKey, 0, length, lastKey, 0, Math.max(0, lastLength)) || lastLength < 0;
            if (space.keys.get(userKey, 0, length, live)) {
                KeyDescriptor.decode(live, record);
                boolean older =
                        main < record.modRevision || (main == record.modRevision && sub < record.modSubRevision);
                expect(older, "history is newer than the live key", entry);
            } else {
                expect(!newest || tombstone, "key is gone but not deleted", entry);
            }
            lastKey.putBytes(0, userKey, 0, length);
            lastLength = length;
        }
    }

    private void checkRevisions() {
        Cursor cursor = space.revisions.cursor();
        long count = 0;
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            count++;
            Slice key = cursor.key();
            expect(
                    RevisionDescriptor.main(key.buffer(), key.offset()) <= machine.revision(),
                    "revision is newer than the newest",
                    key);
        }
        long expected = space.keys.entryCount() + space.history.entryCount();
        expect(count == expected, count + " revisions for " + expected + " keys and versions", null);
    }

    private void checkLeases() {
        machine.forEachLease((leaseId, ttl, grantedIndex) -> {
            digest.addLease(leaseId, ttl);
            leaseCount++;
            expect(grantedIndex <= machine.appliedIndex(), "lease " + leaseId + " is from the future", null);
        });
        expect(leaseCount == machine.leaseCount(), leaseCount + " leases, " + machine.leaseCount() + " counted", null);
        long attachments = machine.store().tree(TreeIds.LEASES).countedEntries();
        expect(attachments == attached, attachments + " attachments for " + attached + " keys with a lease", null);
    }

    private void checkTotals() {
        KeyIndex index = space.index();
        if (space.isIndexComplete()) {
            expect(index.entryCount() == indexable, index.entryCount() + " of " + indexable + " keys indexed", null);
        }
        boolean sameDigest = digest.low() == machine.digestLow() && digest.high() == machine.digestHigh();
        expect(sameDigest, "digest differs from that of the data", null);
        expect(machine.compactRevision() <= machine.revision(), "compacted beyond the newest revision", null);
    }

    private boolean contentExists(long main, int sub, Slice place) {
        try {
            space.content(main, sub, content);
            return true;
        } catch (IllegalStateException ex) {
            expect(false, ex.getMessage(), place);
            return false;
        }
    }

    private boolean isContentOf(Slice key, int length) {
        return Bytes.equal(
                content.buffer(), content.keyOffset(), content.keyLength(), key.buffer(), key.offset(), length);
    }

    private void expect(boolean holds, String problem, Slice place) {
        if (!holds && problems.size() < PROBLEMS_MAX) {
            problems.add(place == null ? problem : problem + ": " + text(place));
        }
    }

    private static String text(Slice place) {
        StringBuilder text = new StringBuilder();
        byte[] bytes = place.toByteArray();
        for (int i = 0; i < Math.min(bytes.length, 128); i++) {
            char c = (char) (bytes[i] & 0xFF);
            if (c > ' ' && c < 0x7F && c != '\\') {
                text.append(c);
            } else {
                text.append(String.format("\\x%02x", (int) c));
            }
        }
        return text.toString();
    }
}
