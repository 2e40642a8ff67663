package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.storage.page.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** What is kept of a user or of a role, taken out of the tree, to be changed and put back. */
final class AuthRecord {
    private AuthRecord() {}

    /** A user: with which password it is known, and which roles it has. */
    static final class User {
        final boolean hasNoPassword;
        final List<byte[]> roles = new ArrayList<>();
        byte[] passwordHash;

        User(boolean hasNoPassword, byte[] passwordHash) {
            this.hasNoPassword = hasNoPassword;
            this.passwordHash = passwordHash;
        }

        static User decode(Slice value) {
            DirectBuffer buffer = value.buffer();
            int at = value.offset();
            boolean hasNoPassword = (buffer.getByte(at) & AuthDescriptor.NO_PASSWORD) != 0;
            User user = new User(hasNoPassword, AuthDescriptor.decodeText(buffer, ++at));
            at = AuthDescriptor.textEnd(at, user.passwordHash);
            int count = buffer.getInt(at, LITTLE_ENDIAN);
            at += Integer.BYTES;
            for (int i = 0; i < count; i++) {
                byte[] role = AuthDescriptor.decodeText(buffer, at);
                user.roles.add(role);
                at = AuthDescriptor.textEnd(at, role);
            }
            return user;
        }

        int encode(MutableDirectBuffer buffer) {
            buffer.putByte(0, (byte) (hasNoPassword ? AuthDescriptor.NO_PASSWORD : 0));
            int at = AuthDescriptor.encodeText(buffer, 1, passwordHash);
            buffer.putInt(at, roles.size(), LITTLE_ENDIAN);
            at += Integer.BYTES;
            for (byte[] role : roles) {
                at = AuthDescriptor.encodeText(buffer, at, role);
            }
            return at;
        }

        boolean hasRole(byte[] role) {
            return place(role) < roles.size() && Arrays.equals(roles.get(place(role)), role);
        }

        void grant(byte[] role) {
            roles.add(place(role), role);
        }

        /** False if the user does not have it. */
        boolean revoke(byte[] role) {
            boolean has = hasRole(role);
            if (has) {
                roles.remove(place(role));
            }
            return has;
        }

        private int place(byte[] role) {
            int at = 0;
            while (at < roles.size() && Arrays.compareUnsigned(roles.get(at), role) < 0) {
                at++;
            }
            return at;
        }
    }

    /** What may be done with the keys of a range. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Permission(byte type, byte[] key, byte[] rangeEnd) {
        private int compareRange(byte[] otherKey, byte[] otherEnd) {
            int byKey = Arrays.compareUnsigned(key, otherKey);
            return byKey != 0 ? byKey : Arrays.compareUnsigned(rangeEnd, otherEnd);
        }
    }

    /** A role: what it may do. */
    static final class Role {
        final List<Permission> permissions = new ArrayList<>();

        static Role decode(Slice value) {
            Role role = new Role();
            DirectBuffer buffer = value.buffer();
            int at = value.offset();
            int count = buffer.getInt(at, LITTLE_ENDIAN);
            at += Integer.BYTES;
            for (int i = 0; i < count; i++) {
                byte type = buffer.getByte(at);
                byte[] key = AuthDescriptor.decodeText(buffer, at + 1);
                at = AuthDescriptor.textEnd(at + 1, key);
                byte[] rangeEnd = AuthDescriptor.decodeText(buffer, at);
                at = AuthDescriptor.textEnd(at, rangeEnd);
                role.permissions.add(new Permission(type, key, rangeEnd));
            }
            return role;
        }

        int encode(MutableDirectBuffer buffer) {
            buffer.putInt(0, permissions.size(), LITTLE_ENDIAN);
            int at = Integer.BYTES;
            for (Permission permission : permissions) {
                buffer.putByte(at, permission.type);
                at = AuthDescriptor.encodeText(buffer, at + 1, permission.key);
                at = AuthDescriptor.encodeText(buffer, at, permission.rangeEnd);
            }
            return at;
        }

        /** One permission for a range: another type takes the place of the one before. */
        void grant(Permission granted) {
            int at = place(granted.key, granted.rangeEnd);
            if (isAt(at, granted.key, granted.rangeEnd)) {
                permissions.set(at, granted);
            } else {
                permissions.add(at, granted);
            }
        }

        /** False if there is none for exactly this range. */
        boolean revoke(byte[] key, byte[] rangeEnd) {
            int at = place(key, rangeEnd);
            boolean has = isAt(at, key, rangeEnd);
            if (has) {
                permissions.remove(at);
            }
            return has;
        }

        private boolean isAt(int at, byte[] key, byte[] rangeEnd) {
            return at < permissions.size() && permissions.get(at).compareRange(key, rangeEnd) == 0;
        }

        private int place(byte[] key, byte[] rangeEnd) {
            int at = 0;
            while (at < permissions.size() && permissions.get(at).compareRange(key, rangeEnd) < 0) {
                at++;
            }
            return at;
        }
    }
}
