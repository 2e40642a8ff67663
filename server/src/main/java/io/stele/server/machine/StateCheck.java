package io.stele.server.machine;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

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
    private final LongArrayList chain = new LongArrayList();
    private long linked;
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
        check.checkGraves();
        check.checkRevisions();
        check.checkLeases();
        check.checkSessions();
        check.checkAuth();
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
                checkChain(key);
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
                                && indexed.valueHash == record.valueHash
                                && indexed.depth == record.depth
                                && indexed.anchorRevision == record.anchorRevision
                                && indexed.anchorSubRevision == record.anchorSubRevision),
                "key and index disagree",
                key);
    }

    private void checkGraves() {
        Cursor cursor = space.graves.cursor();
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            Slice key = cursor.key();
            GraveDescriptor.decode(cursor.value(), record);
            expect(!cursor.counted(), "deleted key is counted", key);
            expect(!space.keys.get(key.buffer(), key.offset(), key.length(), null), "key is live and deleted", key);
            if (contentExists(record.modRevision, record.modSubRevision, key)) {
                expect(content.isTombstone() && isContentOf(key, key.length()), "grave without a tombstone", key);
                checkChain(key);
            }
        }
    }

    /** From the newest version, which {@link #content} is on, back to the oldest one that is not compacted. */
    private void checkChain(Slice key) {
        chain.clear();
        long main = record.modRevision;
        int sub = record.modSubRevision;
        expect(
                content.anchorMain() == record.anchorRevision && content.anchorSub() == record.anchorSubRevision,
                "key and revision disagree about the anchor",
                key);
        while (true) {
            linked++;
            chain.addLong(main);
            chain.addLong(content.anchorMain());
            long previousMain = content.previousMain();
            int previousSub = content.previousSub();
            boolean previousTombstone = content.isPreviousTombstone();
            boolean older = previousMain < main || (previousMain == main && previousSub < sub);
            expect(older, "version before is not older", key);
            if (previousMain == 0) {
                break;
            }
            if (!space.hasContent(previousMain, previousSub, content)) {
                long compacted = machine.compactRevision();
                boolean mayBeGone = main <= compacted || (previousTombstone && previousMain < compacted);
                expect(mayBeGone, "version before " + main + "." + sub + " is missing", key);
                break;
            }
            expect(isContentOf(key, key.length()), "version before is another key's", key);
            expect(content.isTombstone() == previousTombstone, "version before is of another kind", key);
            main = previousMain;
            sub = previousSub;
        }
        checkAnchors(key);
    }

    private void checkAnchors(Slice key) {
        int count = chain.size() / 2;
        for (int i = 0; i < count; i++) {
            int depth = record.depth - i;
            int back = depth == 0 ? count : i + depth - VersionChain.anchorDepth(depth);
            long anchor = chain.getLong(2 * i + 1);
            if (back < count && anchor != 0) {
                expect(anchor == chain.getLong(2 * back), "anchor is another version", key);
            } else if (back < count) {
                expect(chain.getLong(2 * back) <= machine.compactRevision(), "anchor is missing", key);
            }
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
        expect(count == linked, count + " revisions, " + linked + " of them versions of a key", null);
    }

    private void checkLeases() {
        machine.forEachLease(lease -> {
            digest.addLease(lease.leaseId(), lease.digest());
            leaseCount++;
            boolean isPast = lease.grantedIndex() <= lease.epoch() && lease.epoch() <= machine.appliedIndex();
            expect(isPast, "lease " + lease.leaseId() + " is from the future", null);
            expect(lease.remaining() <= lease.ttl(), "lease " + lease.leaseId() + " has more than all", null);
        });
        expect(leaseCount == machine.leaseCount(), leaseCount + " leases, " + machine.leaseCount() + " counted", null);
        long attachments = machine.store().tree(TreeIds.LEASES).countedEntries();
        expect(attachments == attached, attachments + " attachments for " + attached + " keys with a lease", null);
    }

    private void checkSessions() {
        Cursor cursor = machine.store().tree(TreeIds.SESSIONS).cursor();
        long sessionId = 0;
        long kept = 0;
        long replies = 0;
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            Slice key = cursor.key();
            Slice value = cursor.value();
            long id = SessionDescriptor.sessionId(key.buffer(), key.offset());
            int kind = SessionDescriptor.kind(key.buffer(), key.offset());
            if (kind == SessionDescriptor.HEAD) {
                sessionId = id;
            }
            digest.addSession(id, kind, value);
            expect(id == sessionId, "what nobody's session remembers", key);
            expect(cursor.counted() == (kind == SessionDescriptor.HEAD), "session is counted wrongly", key);
            if (SessionDescriptor.isTile(kind)) {
                kept += checkTile(kind, value);
            } else if (kind >= SessionDescriptor.FIRST_REPLY) {
                replies++;
            }
        }
        expect(kept == replies, kept + " replies that sessions keep, " + replies + " there", null);
    }

    private void checkAuth() {
        Cursor cursor = machine.store().tree(TreeIds.AUTH).cursor();
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            UnsafeBuffer key = new UnsafeBuffer(cursor.key().toByteArray());
            Slice value = cursor.value();
            digest.addEntry(AuthTable.DIGEST_KIND, key, key.capacity(), value.buffer(), value.offset(), value.length());
        }
    }

    /** Returns how many of a tile's slots say that their reply is kept. */
    private long checkTile(int kind, Slice tile) {
        long kept = 0;
        for (int i = 0; i < SessionDescriptor.SLOTS_PER_TILE; i++) {
            int at = tile.offset() + SessionDescriptor.slotAt(i);
            long sequence = SessionDescriptor.sequence(tile.buffer(), at);
            long outcome = SessionDescriptor.outcome(tile.buffer(), at);
            if (sequence != 0) {
                kept += SessionDescriptor.outcomeKind(outcome) == SessionDescriptor.KEPT ? 1 : 0;
                int slot = SessionDescriptor.slot(sequence);
                boolean isHere =
                        SessionDescriptor.tileKind(slot) == kind && slot % SessionDescriptor.SLOTS_PER_TILE == i;
                expect(isHere, "sequence " + sequence + " is in another's slot", null);
            }
        }
        return kept;
    }

    private void checkTotals() {
        KeyIndex index = space.index();
        if (space.isIndexComplete()) {
            expect(index.entryCount() == indexable, index.entryCount() + " of " + indexable + " keys indexed", null);
        }
        boolean sameDigest = digest.low() + machine.systemDigestLow() == machine.digestLow()
                && digest.high() + machine.systemDigestHigh() == machine.digestHigh();
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
