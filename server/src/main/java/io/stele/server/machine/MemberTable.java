package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipEdit;
import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who the members are, as of the applied index: the one source of truth on it. In the {@code system} tree:
 *
 * <pre>
 *   'c'                      the configuration: {@link Membership}
 *   'm' member id (8, BE)    {@link MemberRecord}
 *   'r' member id (8, BE)    empty: was a member once, and will never be again
 * </pre>
 */
public final class MemberTable {
    private static final byte CONFIGURATION = 'c';
    private static final byte MEMBER = 'm';
    private static final byte REMOVED = 'r';
    private static final int KEY_LENGTH = 1 + Long.BYTES;
    private static final long DIGEST_SEED = 0x452821E638D01377L;

    private final BTree tree;
    private final Slice slice = new Slice();
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
    private final ExpandableArrayBuffer value = new ExpandableArrayBuffer();
    private Membership membership = Membership.EMPTY;
    private long changeCount;
    private long digestLow;
    private long digestHigh;

    MemberTable(PageStore store) {
        tree = store.tree(TreeIds.SYSTEM);
        key.putByte(0, CONFIGURATION);
        if (tree.get(key, 0, 1, slice)) {
            membership = Membership.decode(slice.buffer(), slice.offset(), slice.length());
        }
        digest();
    }

    /** The table in a store that no state machine is at work on. */
    public static MemberTable in(PageStore store) {
        return new MemberTable(store);
    }

    /** The configuration as of the applied index; empty in a member that has not joined yet. */
    public Membership membership() {
        return membership;
    }

    /** Grows with each change: tells whether there is something new to see. */
    public long changeCount() {
        return changeCount;
    }

    /** Begins a cluster. The same on every member that is there from the beginning. */
    public void begin(List<MemberRecord> members) {
        assert membership.isEmpty();
        become(Membership.ofVoters(
                members.stream().mapToLong(MemberRecord::memberId).toArray()));
        members.forEach(this::put);
        digest();
    }

    /** Applies a committed change. */
    void apply(DirectBuffer buffer, int offset, int length) {
        MembershipChange change = MembershipChange.decode(buffer, offset, length);
        MembershipEdit edit = MembershipEdit.of(membership, change);
        if (edit.refusal() != MembershipEdit.Refusal.NONE) {
            throw new IllegalStateException("committed change does not fit " + membership + ": " + edit.refusal());
        }
        become(edit.result());
        for (int step = 0; step < change.stepCount(); step++) {
            long memberId = change.memberId(step);
            switch (change.kind(step)) {
                case ADD_VOTER, ADD_LEARNER, UPDATE -> describe(memberId, change.context());
                case REMOVE -> remove(memberId);
            }
        }
        digest();
    }

    /** The table's part in the state's digest: equal where members and their peer addresses are. */
    public long digestLow() {
        return digestLow;
    }

    long digestHigh() {
        return digestHigh;
    }

    /**
     * Names and client addresses are left out: a member may be told others than its peers in the beginning, until what
     * it says of itself is applied. So is the order of addresses.
     */
    private void digest() {
        digestLow = 0;
        digestHigh = 0;
        if (membership.isEmpty()) {
            return;
        }
        digest(membership.encode(value, 0));
        for (MemberRecord member : members()) {
            value.putLong(0, member.memberId(), BIG_ENDIAN);
            List<String> urls = member.peerUrls().stream().sorted().toList();
            digest(Long.BYTES + value.putStringWithoutLengthUtf8(Long.BYTES, String.join(",", urls)));
        }
        Cursor cursor = tree.cursor();
        boolean on = cursor.seek(key(REMOVED, 0), 0, KEY_LENGTH);
        while (on && cursor.key().buffer().getByte(cursor.key().offset()) == REMOVED) {
            value.putBytes(
                    0,
                    cursor.key().buffer(),
                    cursor.key().offset(),
                    cursor.key().length());
            digest(cursor.key().length());
            on = cursor.next();
        }
    }

    private void digest(int length) {
        digestLow += StateDigest.hash(DIGEST_SEED, value, 0, length);
        digestHigh += StateDigest.hash(~DIGEST_SEED, value, 0, length);
    }

    private void become(Membership next) {
        membership = next;
        changeCount++;
        int length = next.encode(value, 0);
        key.putByte(0, CONFIGURATION);
        tree.put(key, 0, 1, value, 0, length, false);
    }

    private void describe(long memberId, DirectBuffer context) {
        MemberRecord known = member(memberId);
        MemberRecord change = context.capacity() == 0 ? null : MemberRecord.decode(context, 0, context.capacity());
        if (change != null && change.memberId() == memberId) {
            MemberRecord nothing = new MemberRecord(memberId, "", List.of(), List.of());
            put((known == null ? nothing : known).with(change));
        }
    }

    private void put(MemberRecord member) {
        int length = member.encode(value, 0);
        tree.put(key(MEMBER, member.memberId()), 0, KEY_LENGTH, value, 0, length, false);
    }

    private void remove(long memberId) {
        tree.remove(key(MEMBER, memberId), 0, KEY_LENGTH);
        tree.put(key(REMOVED, memberId), 0, KEY_LENGTH, value, 0, 0, false);
    }

    /** A member, null if it is none. */
    public MemberRecord member(long memberId) {
        return tree.get(key(MEMBER, memberId), 0, KEY_LENGTH, slice)
                ? MemberRecord.decode(slice.buffer(), slice.offset(), slice.length())
                : null;
    }

    public boolean wasRemoved(long memberId) {
        return tree.get(key(REMOVED, memberId), 0, KEY_LENGTH, slice);
    }

    /** All members, ascending by id. */
    public List<MemberRecord> members() {
        List<MemberRecord> members = new ArrayList<>();
        Cursor cursor = tree.cursor();
        boolean on = cursor.seek(key(MEMBER, 0), 0, KEY_LENGTH);
        while (on && cursor.key().buffer().getByte(cursor.key().offset()) == MEMBER) {
            Slice found = cursor.value();
            members.add(MemberRecord.decode(found.buffer(), found.offset(), found.length()));
            on = cursor.next();
        }
        return members;
    }

    private UnsafeBuffer key(byte kind, long memberId) {
        key.putByte(0, kind);
        key.putLong(1, memberId, BIG_ENDIAN);
        return key;
    }
}
