package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entries of the tree of users and roles.
 *
 * <pre>
 *   key: | kind 1 | name |
 *
 *   kind   what              value, little endian; text is | length 4 | bytes |
 *   0      the tree's state  | authRevision 8 |                                  name: empty
 *   1      a user            | flags 1 | password hash, text | count 4 | role, text | ...
 *   2      a role            | count 4 | type 1 | key, text | range end, text | ...
 * </pre>
 *
 * <p>Flags of a user: 1, it has no password. Roles of a user and permissions of a role are in the order of their bytes.
 */
final class AuthDescriptor {
    static final byte STATE = 0;
    static final byte USER = 1;
    static final byte ROLE = 2;

    static final int NAME_OFFSET = 1;
    static final int STATE_LENGTH = 8;
    static final int NO_PASSWORD = 1;

    private AuthDescriptor() {}

    /** Returns where the next thing goes. */
    static int encodeText(MutableDirectBuffer buffer, int at, byte[] text) {
        buffer.putInt(at, text.length, LITTLE_ENDIAN);
        buffer.putBytes(at + Integer.BYTES, text);
        return at + Integer.BYTES + text.length;
    }

    static byte[] decodeText(DirectBuffer buffer, int at) {
        byte[] text = new byte[buffer.getInt(at, LITTLE_ENDIAN)];
        buffer.getBytes(at + Integer.BYTES, text);
        return text;
    }

    static int textEnd(int at, byte[] text) {
        return at + Integer.BYTES + text.length;
    }
}
