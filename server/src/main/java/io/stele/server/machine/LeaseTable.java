package io.stele.server.machine;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Leases and which keys hang on them. Knows how long a lease was granted for, and how long it had to live when a leader
 * last wrote that down; time itself is the business of the leader's clock, which proposes the end.
 */
final class LeaseTable {
    private final BTree tree;
    private final Cursor cursor;
    private final Stamp stamp;
    private final StateDigest digest;
    private final Slice slice = new Slice();
    private final UnsafeBuffer keyScratch = KeySpace.scratch(PageStoreContext.KEY_LENGTH_MAX + 64);
    private final UnsafeBuffer endScratch = KeySpace.scratch(LeaseDescriptor.PREFIX_LENGTH);
    private final UnsafeBuffer valueScratch = KeySpace.scratch(LeaseDescriptor.VALUE_LENGTH_MAX);
    private final LeaseRecord record = new LeaseRecord();
    private final LeaseRecord visited = new LeaseRecord();

    LeaseTable(PageStore store, Stamp stamp, StateDigest digest) {
        tree = store.tree(TreeIds.LEASES);
        cursor = tree.cursor();
        this.stamp = stamp;
        this.digest = digest;
    }

    boolean exists(long leaseId) {
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.LEASE, leaseId);
        return tree.get(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH, slice);
    }

    /** Seconds granted, or -1 if there is no such lease. */
    long ttl(long leaseId) {
        return find(leaseId, record) ? record.ttl : -1;
    }

    boolean find(long leaseId, LeaseRecord into) {
        if (!exists(leaseId)) {
            return false;
        }
        LeaseDescriptor.decodeValue(leaseId, slice, into);
        return true;
    }

    long count() {
        return stamp.leaseCount();
    }

    void grant(LeaseRecord lease) {
        assert !exists(lease.leaseId);
        put(lease);
        stamp.leaseCount(stamp.leaseCount() + 1);
    }

    /** Changes what is known of a lease that exists. */
    void update(LeaseRecord lease) {
        boolean found = find(lease.leaseId, record);
        assert found : "only what exists is updated";
        digest.removeLease(lease.leaseId, record.digest());
        put(lease);
    }

    private void put(LeaseRecord lease) {
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.LEASE, lease.leaseId);
        int length = LeaseDescriptor.encodeValue(valueScratch, lease);
        tree.put(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH, valueScratch, 0, length, false);
        digest.addLease(lease.leaseId, lease.digest());
    }

    /** Removes a lease that no key hangs on any more. */
    void remove(long leaseId) {
        boolean found = find(leaseId, record);
        assert found : "only what exists is removed";
        digest.removeLease(leaseId, record.digest());
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.LEASE, leaseId);
        tree.remove(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH);
        stamp.leaseCount(stamp.leaseCount() - 1);
    }

    /** Moves a key from one lease to another; 0 is none. */
    void move(DirectBuffer key, int offset, int length, long from, long to) {
        int attachmentLength = LeaseDescriptor.PREFIX_LENGTH + length;
        keyScratch.putBytes(LeaseDescriptor.PREFIX_LENGTH, key, offset, length);
        if (from != 0) {
            LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.ATTACHMENT, from);
            boolean removed = tree.remove(keyScratch, 0, attachmentLength);
            assert removed : "a key's lease knows the key";
        }
        if (to != 0) {
            LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.ATTACHMENT, to);
            tree.put(keyScratch, 0, attachmentLength, valueScratch, 0, 0, true);
        }
    }

    boolean isAttached(DirectBuffer key, int offset, int length, long leaseId) {
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.ATTACHMENT, leaseId);
        keyScratch.putBytes(LeaseDescriptor.PREFIX_LENGTH, key, offset, length);
        return tree.get(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH + length, slice);
    }

    /** Collects keys of a lease, in order, as many as a batch takes; false when there is none. */
    boolean collectKeys(long leaseId, KeyBatch into) {
        into.clear();
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.ATTACHMENT, leaseId);
        boolean on = cursor.seek(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH);
        while (on && !into.isFull() && onPrefix()) {
            Slice key = cursor.key();
            into.add(
                    key.buffer(),
                    key.offset() + LeaseDescriptor.PREFIX_LENGTH,
                    key.length() - LeaseDescriptor.PREFIX_LENGTH);
            on = cursor.next();
        }
        return into.count() > 0;
    }

    /** Keys attached to a lease. */
    long keyCount(long leaseId) {
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.ATTACHMENT, leaseId);
        int end = LeaseDescriptor.PREFIX_LENGTH;
        LeaseDescriptor.encodePrefix(endScratch, LeaseDescriptor.ATTACHMENT, leaseId + 1);
        return tree.countRange(keyScratch, 0, end, leaseId == -1 ? null : endScratch, 0, end);
    }

    /** Encodes the keys of a lease as KeyValues without values; returns how many. */
    int encodeKeys(long leaseId, ReplyEncoder reply) {
        int count = 0;
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.ATTACHMENT, leaseId);
        boolean on = cursor.seek(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH);
        while (on && onPrefix()) {
            Slice key = cursor.key();
            reply.key(
                    key.buffer(),
                    key.offset() + LeaseDescriptor.PREFIX_LENGTH,
                    key.length() - LeaseDescriptor.PREFIX_LENGTH);
            count++;
            on = cursor.next();
        }
        return count;
    }

    /** Visits leases in order of their bits, beginning with {@code fromId}, at most so many; returns how many. */
    int visit(long fromId, int limit, LeaseVisitor visitor) {
        LeaseDescriptor.encodePrefix(keyScratch, LeaseDescriptor.LEASE, fromId);
        boolean on = cursor.seek(keyScratch, 0, LeaseDescriptor.PREFIX_LENGTH);
        int count = 0;
        while (on && count < limit && cursor.key().buffer().getByte(cursor.key().offset()) == LeaseDescriptor.LEASE) {
            Slice key = cursor.key();
            LeaseDescriptor.decodeValue(LeaseDescriptor.leaseId(key.buffer(), key.offset()), cursor.value(), visited);
            visitor.onLease(visited);
            count++;
            on = cursor.next();
        }
        return count;
    }

    private boolean onPrefix() {
        return Bytes.startsWith(cursor.key(), keyScratch, LeaseDescriptor.PREFIX_LENGTH);
    }
}
