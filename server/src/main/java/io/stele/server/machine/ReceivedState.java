package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.BTree;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Whether a state that comes from another member, entry by entry, is the one that its stamp tells of. The digest is
 * summed up from what comes, while it comes: nothing is left to be read again in the end.
 *
 * <p>The digest holds the hashes of values, not the values. Trees come in the order of their numbers, so the keys are
 * there when the versions come: each newest version is held against its key, and in the end every key must have had
 * one. Not covered are versions that are not the newest, deleted keys, and what each member sums up anew whenever it
 * changes: who the members are, and alarms.
 */
public final class ReceivedState {
    private final PageStore store;
    private final BTree keys;
    private final StateDigest digest = new StateDigest();
    private final Slice value = new Slice();
    private final Slice found = new Slice();
    private final UnsafeBuffer authKey = new UnsafeBuffer(0, 0);
    private final KeyRecord record = new KeyRecord();
    private final LeaseRecord lease = new LeaseRecord();
    private final RevisionView content = new RevisionView();
    private long keyCount;
    private long keysWithValue;
    private long leaseCount;
    private String malformed;

    /** Of what comes into a store that was empty. */
    public ReceivedState(PageStore store) {
        this.store = store;
        keys = store.tree(TreeIds.KEYS);
    }

    /** An entry has come. It may be any bytes. */
    public void onEntry(int treeId, DirectBuffer buffer, int keyAt, int keyLength, int valueAt, int valueLength) {
        value.wrap(buffer, valueAt, valueLength);
        try {
            switch (treeId) {
                case TreeIds.KEYS -> onKey(buffer, keyAt, keyLength);
                case TreeIds.REVISIONS -> onRevision(buffer, keyAt, keyLength);
                case TreeIds.LEASES -> onLease(buffer, keyAt, keyLength);
                case TreeIds.SESSIONS -> onSession(buffer, keyAt, keyLength);
                case TreeIds.AUTH -> {
                    authKey.wrap(buffer, keyAt, keyLength);
                    digest.addEntry(AuthTable.DIGEST_KIND, authKey, keyLength, buffer, valueAt, valueLength);
                }
                default -> {} // not in the digest of the stamp
            }
        } catch (IllegalStateException e) {
            malformed = e.getMessage(); // told in the end, with what else there is to tell
        }
    }

    private void onKey(DirectBuffer buffer, int keyAt, int keyLength) {
        KeyDescriptor.decode(value, record);
        digest.addKey(buffer, keyAt, keyLength, record);
        keyCount++;
    }

    private void onRevision(DirectBuffer buffer, int keyAt, int keyLength) {
        check(keyLength == RevisionDescriptor.KEY_LENGTH, "a version's key");
        content.slice.wrap(value.buffer(), value.offset(), value.length());
        content.wrap();
        if (content.isTombstone()
                || content.keyLength() == 0
                || !keys.get(content.buffer(), content.keyOffset(), content.keyLength(), found)) {
            return;
        }
        KeyDescriptor.decode(found, record);
        if (record.modRevision == RevisionDescriptor.main(buffer, keyAt)
                && record.modSubRevision == RevisionDescriptor.sub(buffer, keyAt)
                && record.createRevision == content.createRevision()
                && record.version == content.version()
                && record.lease == content.lease()
                && record.valueHash
                        == StateDigest.valueHash(content.buffer(), content.valueOffset(), content.valueLength())) {
            keysWithValue++;
        }
    }

    private void onLease(DirectBuffer buffer, int keyAt, int keyLength) {
        check(keyLength >= LeaseDescriptor.PREFIX_LENGTH, "a lease's key");
        if (buffer.getByte(keyAt) == LeaseDescriptor.LEASE) {
            check(value.length() >= LeaseDescriptor.VALUE_LENGTH_MIN, "a lease");
            LeaseDescriptor.decodeValue(LeaseDescriptor.leaseId(buffer, keyAt), value, lease);
            digest.addLease(lease.leaseId(), lease.digest());
            leaseCount++;
        }
    }

    private void onSession(DirectBuffer buffer, int keyAt, int keyLength) {
        check(keyLength == SessionDescriptor.KEY_LENGTH, "a session's key");
        int kind = SessionDescriptor.kind(buffer, keyAt);
        check(kind != SessionDescriptor.HEAD || value.length() == SessionDescriptor.HEAD_LENGTH, "a session");
        check(!SessionDescriptor.isTile(kind) || value.length() == SessionDescriptor.TILE_LENGTH, "a session's tile");
        digest.addSession(SessionDescriptor.sessionId(buffer, keyAt), kind, value);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what + " of another length");
        }
    }

    /** All has come, the stamp too: what speaks against its being the state as of this entry; null if nothing does. */
    public String problem(long logIndex, long logTerm) {
        if (malformed != null) {
            return malformed;
        }
        Stamp stamp;
        try {
            stamp = new Stamp(store.stamp());
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
        if (stamp.appliedIndex() != logIndex || stamp.appliedTerm() != logTerm) {
            return "it is the state as of entry " + stamp.appliedIndex() + " of term " + stamp.appliedTerm();
        }
        if (stamp.digestLow() != digest.low() || stamp.digestHigh() != digest.high()) {
            return "its digest is not that of what has come";
        }
        if (keysWithValue != keyCount) {
            return "of " + keyCount + " keys only " + keysWithValue + " have the value that they should have";
        }
        if (stamp.leaseCount() != leaseCount) {
            return leaseCount + " leases have come, not " + stamp.leaseCount();
        }
        return null;
    }
}
