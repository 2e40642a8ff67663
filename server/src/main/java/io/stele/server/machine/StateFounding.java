package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Fills an empty store with a state that has grown elsewhere: keys with the revisions, versions and leases that they
 * have there. What was before is not there: the state is compacted at its revision.
 *
 * <p>Keys may come in any order, once each. Those of one revision are put in the order in which they come.
 */
public final class StateFounding {
    /** Log index that such a state is of: that of its grants, and of what is known of leases since. */
    public static final long LOG_INDEX = 2;

    public static final long TERM = 1;

    private static final long GRANTED_INDEX = 1;
    private static final int SCRATCH_FIRST = 64 * 1024;

    private final PageStore store;
    private final BTree keys;
    private final BTree revisions;
    private final Stamp stamp;
    private final StateDigest digest = new StateDigest();
    private final LeaseTable leases;
    private final KeyRecord record = new KeyRecord();
    private final LeaseRecord lease = new LeaseRecord();
    private final Slice slice = new Slice();
    private final UnsafeBuffer revisionKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);
    private final UnsafeBuffer keyValue = KeySpace.scratch(KeyDescriptor.LENGTH_MAX);
    private UnsafeBuffer content = KeySpace.scratch(SCRATCH_FIRST);

    public StateFounding(PageStore store) {
        this.store = store;
        keys = store.tree(TreeIds.KEYS);
        revisions = store.tree(TreeIds.REVISIONS);
        stamp = new Stamp(store.stamp());
        leases = new LeaseTable(store, stamp, digest);
        if (stamp.appliedIndex() != 0 || keys.entryCount() != 0) {
            throw new IllegalStateException("the store is not empty");
        }
    }

    /** The longest key that there may be. */
    public int keyLengthMax() {
        return KeyDescriptor.keyLengthMax(store.keyLengthMax());
    }

    public boolean hasLease(long leaseId) {
        return leases.exists(leaseId);
    }

    public void lease(long leaseId, long grantedSeconds, long remainingSeconds) {
        lease.leaseId = leaseId;
        lease.ttl = grantedSeconds;
        lease.remaining = Math.min(remainingSeconds, grantedSeconds);
        lease.grantedIndex = GRANTED_INDEX;
        lease.epoch = LOG_INDEX;
        leases.grant(lease);
    }

    /** Takes up a key; its lease may come later. */
    public void key(
            DirectBuffer key, DirectBuffer value, long createRevision, long modRevision, long version, long leaseId) {
        record.createRevision = createRevision;
        record.modRevision = modRevision;
        record.modSubRevision = freeSubRevision(modRevision);
        record.version = version;
        record.lease = leaseId;
        record.valueHash = StateDigest.valueHash(value, 0, value.capacity());
        int lengthMax = RevisionDescriptor.HEADER_LENGTH_MAX + key.capacity() + value.capacity();
        if (content.capacity() < lengthMax) {
            content = KeySpace.scratch(lengthMax + lengthMax / 2);
        }
        int keyOffset = RevisionDescriptor.encodeHeader(content, record, null, key.capacity());
        int valueOffset = keyOffset + key.capacity();
        int length = valueOffset + value.capacity();
        content.putBytes(keyOffset, key, 0, key.capacity());
        content.putBytes(valueOffset, value, 0, value.capacity());
        RevisionDescriptor.encodeKey(revisionKey, 0, modRevision, record.modSubRevision);
        revisions.put(revisionKey, 0, RevisionDescriptor.KEY_LENGTH, content, 0, length, false);
        int entryLength = KeyDescriptor.encode(keyValue, 0, record);
        if (!keys.put(key, 0, key.capacity(), keyValue, 0, entryLength, true)) {
            throw new IllegalArgumentException("a key has come twice");
        }
        digest.addKey(key, 0, key.capacity(), record);
        if (leaseId != 0) {
            leases.move(key, 0, key.capacity(), 0, leaseId);
        }
    }

    private int freeSubRevision(long modRevision) {
        int sub = 0;
        RevisionDescriptor.encodeKey(revisionKey, 0, modRevision, sub);
        while (revisions.get(revisionKey, 0, RevisionDescriptor.KEY_LENGTH, slice)) {
            RevisionDescriptor.encodeKey(revisionKey, 0, modRevision, ++sub);
        }
        return sub;
    }

    /** All is there: makes it the state of a cluster of these members, who have yet to elect their first leader. */
    public void finish(long revision, List<MemberRecord> members) {
        stamp.revision(revision);
        stamp.compactRevision(revision);
        stamp.swept(revision + 1, 0);
        stamp.sweptTarget(revision);
        stamp.digest(digest.low(), digest.high());
        stamp.applied(LOG_INDEX, TERM);
        stamp.installed();
        MemberTable.in(store).begin(members);
    }

    /** Reads all keys of a store again, in order. */
    public static void readBack(PageStore store, Reader reader) {
        Cursor cursor = store.tree(TreeIds.KEYS).cursor();
        BTree revisions = store.tree(TreeIds.REVISIONS);
        KeyRecord record = new KeyRecord();
        RevisionView content = new RevisionView();
        UnsafeBuffer revisionKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);
        UnsafeBuffer key = new UnsafeBuffer(0, 0);
        UnsafeBuffer value = new UnsafeBuffer(0, 0);
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            KeyDescriptor.decode(cursor.value(), record);
            RevisionDescriptor.encodeKey(revisionKey, 0, record.modRevision, record.modSubRevision);
            if (!revisions.get(revisionKey, 0, RevisionDescriptor.KEY_LENGTH, content.slice)) {
                throw new IllegalStateException("revision " + record.modRevision + " is missing");
            }
            content.wrap();
            key.wrap(cursor.key().buffer(), cursor.key().offset(), cursor.key().length());
            value.wrap(content.buffer(), content.valueOffset(), content.valueLength());
            reader.onKey(key, value, content.createRevision(), record.modRevision, content.version(), content.lease());
        }
    }

    /** Is told of keys that are read again. */
    public interface Reader {
        void onKey(
                DirectBuffer key, DirectBuffer value, long createRevision, long modRevision, long version, long lease);
    }
}
