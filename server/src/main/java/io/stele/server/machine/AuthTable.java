package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.Slice;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Users and roles, and how often they have changed. */
final class AuthTable {
    /** Longest record of a user or role; who wants more roles or permissions in it is refused. */
    static final int RECORD_LENGTH_MAX = 1024 * 1024;

    /** Under this kind entries are in the digest. */
    static final long DIGEST_KIND = 0x3F84D5B5B5470917L;

    private static final long FIRST_REVISION = 1;
    private static final byte[] NO_NAME = {};

    private final BTree tree;
    private final Cursor cursor;
    private final StateDigest digest;
    private final Slice slice = new Slice();
    private final UnsafeBuffer key = KeySpace.scratch(PageStoreContext.KEY_LENGTH_MAX);
    private final MutableDirectBuffer value = new ExpandableArrayBuffer(512);

    AuthTable(PageStore store, StateDigest digest) {
        tree = store.tree(TreeIds.AUTH);
        cursor = tree.cursor();
        this.digest = digest;
    }

    /** Counts changes; 1 when there was none. */
    long revision() {
        return find(AuthDescriptor.STATE, NO_NAME)
                ? slice.buffer().getLong(slice.offset(), LITTLE_ENDIAN)
                : FIRST_REVISION;
    }

    /** Counts one more change. */
    void commit() {
        long next = revision() + 1;
        value.putLong(0, next, LITTLE_ENDIAN);
        put(AuthDescriptor.STATE, NO_NAME, AuthDescriptor.STATE_LENGTH);
    }

    /** Null if there is no such user. */
    AuthRecord.User user(byte[] name) {
        return find(AuthDescriptor.USER, name) ? AuthRecord.User.decode(slice) : null;
    }

    /** Null if there is no such role. */
    AuthRecord.Role role(byte[] name) {
        return find(AuthDescriptor.ROLE, name) ? AuthRecord.Role.decode(slice) : null;
    }

    /** False if the record would be too long: nothing has changed. */
    boolean putUser(byte[] name, AuthRecord.User user) {
        return put(AuthDescriptor.USER, name, user.encode(value));
    }

    boolean putRole(byte[] name, AuthRecord.Role role) {
        return put(AuthDescriptor.ROLE, name, role.encode(value));
    }

    /** False if there is none. */
    boolean removeUser(byte[] name) {
        return remove(AuthDescriptor.USER, name);
    }

    boolean removeRole(byte[] name) {
        return remove(AuthDescriptor.ROLE, name);
    }

    List<byte[]> users() {
        return names(AuthDescriptor.USER);
    }

    List<byte[]> roles() {
        return names(AuthDescriptor.ROLE);
    }

    private List<byte[]> names(byte kind) {
        List<byte[]> names = new ArrayList<>();
        key.putByte(0, kind);
        boolean on = cursor.seek(key, 0, AuthDescriptor.NAME_OFFSET);
        while (on && cursor.key().buffer().getByte(cursor.key().offset()) == kind) {
            Slice found = cursor.key();
            byte[] name = new byte[found.length() - AuthDescriptor.NAME_OFFSET];
            found.buffer().getBytes(found.offset() + AuthDescriptor.NAME_OFFSET, name);
            names.add(name);
            on = cursor.next();
        }
        return names;
    }

    private boolean find(byte kind, byte[] name) {
        return tree.get(key, 0, encodeKey(kind, name), slice);
    }

    private boolean put(byte kind, byte[] name, int length) {
        if (length > RECORD_LENGTH_MAX) {
            return false;
        }
        int keyLength = encodeKey(kind, name);
        if (tree.get(key, 0, keyLength, slice)) {
            digest.removeEntry(DIGEST_KIND, key, keyLength, slice.buffer(), slice.offset(), slice.length());
        }
        tree.put(key, 0, keyLength, value, 0, length, false);
        digest.addEntry(DIGEST_KIND, key, keyLength, value, 0, length);
        return true;
    }

    private boolean remove(byte kind, byte[] name) {
        int keyLength = encodeKey(kind, name);
        if (!tree.get(key, 0, keyLength, slice)) {
            return false;
        }
        digest.removeEntry(DIGEST_KIND, key, keyLength, slice.buffer(), slice.offset(), slice.length());
        return tree.remove(key, 0, keyLength);
    }

    private int encodeKey(byte kind, byte[] name) {
        key.putByte(0, kind);
        key.putBytes(AuthDescriptor.NAME_OFFSET, name);
        return AuthDescriptor.NAME_OFFSET + name.length;
    }
}
