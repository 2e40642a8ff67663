package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What is known of a member beside its vote. In a change a part that is null stays as it is. Little endian:
 *
 * <pre>
 *   0            8          12
 *   +------------+----------+--------+----------+---------------+----------+-----------------+
 *   | member id  | length   | name   | length   | peer URLs     | length   | client URLs     |
 *   +------------+----------+--------+----------+---------------+----------+-----------------+
 *                  length -1: null                comma-separated
 * </pre>
 *
 * @param name empty until the member has started for the first time
 */
public record MemberRecord(long memberId, String name, List<String> peerUrls, List<String> clientUrls) {
    private static final int PART_LENGTH_MAX = 16 * 1024;
    private static final int ABSENT = -1;

    public MemberRecord {
        peerUrls = peerUrls == null ? null : List.copyOf(peerUrls);
        clientUrls = clientUrls == null ? null : List.copyOf(clientUrls);
    }

    /** This record with the parts that a change brings. */
    MemberRecord with(MemberRecord change) {
        return new MemberRecord(
                memberId,
                change.name == null ? name : change.name,
                change.peerUrls == null ? peerUrls : change.peerUrls,
                change.clientUrls == null ? clientUrls : change.clientUrls);
    }

    /** Writes the record; returns its length. */
    public int encode(MutableDirectBuffer buffer, int offset) {
        buffer.putLong(offset, memberId, LITTLE_ENDIAN);
        int at = putText(buffer, offset + Long.BYTES, name);
        at = putText(buffer, at, peerUrls == null ? null : String.join(",", peerUrls));
        return putText(buffer, at, clientUrls == null ? null : String.join(",", clientUrls)) - offset;
    }

    private static int putText(MutableDirectBuffer buffer, int at, String text) {
        if (text == null) {
            buffer.putInt(at, ABSENT, LITTLE_ENDIAN);
            return at + Integer.BYTES;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putInt(at, bytes.length, LITTLE_ENDIAN);
        buffer.putBytes(at + Integer.BYTES, bytes);
        return at + Integer.BYTES + bytes.length;
    }

    /** Reads what {@link #encode} has written; throws on anything else. */
    public static MemberRecord decode(DirectBuffer buffer, int offset, int length) {
        Reader reader = new Reader(buffer, offset, offset + length);
        MemberRecord record =
                new MemberRecord(reader.memberId(), reader.text(), split(reader.text()), split(reader.text()));
        if (reader.at != reader.limit) {
            throw new IllegalArgumentException("bytes are left over behind a member");
        }
        return record;
    }

    private static List<String> split(String text) {
        if (text == null) {
            return null;
        }
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private static final class Reader {
        private final DirectBuffer buffer;
        private final int limit;
        private int at;

        Reader(DirectBuffer buffer, int offset, int limit) {
            this.buffer = buffer;
            this.at = offset;
            this.limit = limit;
        }

        long memberId() {
            check(Long.BYTES);
            at += Long.BYTES;
            return buffer.getLong(at - Long.BYTES, LITTLE_ENDIAN);
        }

        String text() {
            check(Integer.BYTES);
            int length = buffer.getInt(at, LITTLE_ENDIAN);
            at += Integer.BYTES;
            if (length == ABSENT) {
                return null;
            }
            if (length < 0 || length > PART_LENGTH_MAX) {
                throw new IllegalArgumentException("a member's text of " + length + " bytes");
            }
            check(length);
            byte[] bytes = new byte[length];
            buffer.getBytes(at, bytes);
            at += length;
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private void check(int length) {
            if (length > limit - at) {
                throw new IllegalArgumentException("a member is cut off");
            }
        }
    }
}
