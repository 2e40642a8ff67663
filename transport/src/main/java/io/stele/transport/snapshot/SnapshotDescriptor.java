package io.stele.transport.snapshot;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A snapshot's bytes, on the wire and as a file. Little endian.
 *
 * <pre>
 *   +==========+=======+=======+     +=====+================+===================+
 *   | header   | chunk | chunk | ... | END | zeros, so that | SHA-256 of all    |
 *   | 512 B    |       |       |     |     | 512 divides    | before it, 32 B   |
 *   +==========+=======+=======+     +=====+================+===================+
 *
 *   header
 *   0          8         12       16           24          32             40
 *   +----------+---------+--------+------------+-----------+--------------+-------------+
 *   | STELESNP | format  | CRC32C | cluster id | member id | appliedIndex | appliedTerm |
 *   +----------+---------+--------+------------+-----------+--------------+-------------+
 *   | revision | compactRevision  | key count  | entry count           | zeros to 512   |
 *   +----------+------------------+------------+-----------------------+----------------+
 *   48         56                 64           72                      80
 *
 *   chunk
 *   0      4        8        12
 *   +------+--------+--------+-------------------+
 *   | type | length | CRC32C | so many bytes     |      the checksum covers type, length and bytes
 *   +------+--------+--------+-------------------+
 *   ENTRIES: of the state's trees, opaque here; STATE: what else belongs to it; END: entry count (8)
 * </pre>
 *
 * The length modulo 512 is that of a hash, as etcd's tools expect of theirs.
 */
public final class SnapshotDescriptor {
    public static final int HEADER_LENGTH = 512;
    public static final int CHUNK_HEADER_LENGTH = 12;
    public static final int HASH_LENGTH = 32;
    public static final int BLOCK_LENGTH = 512;

    /** Longer chunks are refused: what is read has to fit into memory. */
    public static final int CHUNK_LENGTH_MAX = 64 * 1024 * 1024;

    public static final int ENTRIES = 1;
    public static final int STATE = 2;
    public static final int END = 3;

    static final long MAGIC = 0x504E5345_4C455453L;
    static final int FORMAT = 1;

    static final int FORMAT_OFFSET = 8;
    static final int HEADER_CRC_OFFSET = 12;
    static final int CLUSTER_OFFSET = 16;
    static final int MEMBER_OFFSET = 24;
    static final int INDEX_OFFSET = 32;
    static final int TERM_OFFSET = 40;
    static final int REVISION_OFFSET = 48;
    static final int COMPACT_OFFSET = 56;
    static final int KEYS_OFFSET = 64;
    static final int ENTRIES_OFFSET = 72;

    private static final int LENGTH_OFFSET = 4;
    private static final int CRC_OFFSET = 8;

    private SnapshotDescriptor() {}

    static void putHeader(MutableDirectBuffer buffer, int offset, SnapshotHeader header) {
        buffer.setMemory(offset, HEADER_LENGTH, (byte) 0);
        buffer.putLong(offset, MAGIC, LITTLE_ENDIAN);
        buffer.putInt(offset + FORMAT_OFFSET, FORMAT, LITTLE_ENDIAN);
        buffer.putLong(offset + CLUSTER_OFFSET, header.clusterId(), LITTLE_ENDIAN);
        buffer.putLong(offset + MEMBER_OFFSET, header.memberId(), LITTLE_ENDIAN);
        buffer.putLong(offset + INDEX_OFFSET, header.appliedIndex(), LITTLE_ENDIAN);
        buffer.putLong(offset + TERM_OFFSET, header.appliedTerm(), LITTLE_ENDIAN);
        buffer.putLong(offset + REVISION_OFFSET, header.revision(), LITTLE_ENDIAN);
        buffer.putLong(offset + COMPACT_OFFSET, header.compactRevision(), LITTLE_ENDIAN);
        buffer.putLong(offset + KEYS_OFFSET, header.keyCount(), LITTLE_ENDIAN);
        buffer.putLong(offset + ENTRIES_OFFSET, header.entryCount(), LITTLE_ENDIAN);
        buffer.putInt(offset + HEADER_CRC_OFFSET, headerCrc(buffer, offset), LITTLE_ENDIAN);
    }

    static SnapshotHeader header(DirectBuffer buffer, int offset) {
        return new SnapshotHeader(
                buffer.getLong(offset + CLUSTER_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + MEMBER_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + INDEX_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + TERM_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + REVISION_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + COMPACT_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + KEYS_OFFSET, LITTLE_ENDIAN),
                buffer.getLong(offset + ENTRIES_OFFSET, LITTLE_ENDIAN));
    }

    static int headerCrc(DirectBuffer buffer, int offset) {
        return crc(buffer, offset + CLUSTER_OFFSET, HEADER_LENGTH - CLUSTER_OFFSET, new CRC32C());
    }

    /** In front of a chunk's bytes, which are there already. */
    static void putChunkHeader(MutableDirectBuffer buffer, int offset, int type, int length) {
        buffer.putInt(offset, type, LITTLE_ENDIAN);
        buffer.putInt(offset + LENGTH_OFFSET, length, LITTLE_ENDIAN);
        buffer.putInt(offset + CRC_OFFSET, chunkCrc(buffer, offset, length), LITTLE_ENDIAN);
    }

    static int chunkType(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset, LITTLE_ENDIAN);
    }

    static int chunkLength(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + LENGTH_OFFSET, LITTLE_ENDIAN);
    }

    static boolean isChunkWhole(DirectBuffer buffer, int offset, int length) {
        return buffer.getInt(offset + CRC_OFFSET, LITTLE_ENDIAN) == chunkCrc(buffer, offset, length);
    }

    private static int chunkCrc(DirectBuffer buffer, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc(buffer, offset, CRC_OFFSET, crc);
        return crc(buffer, offset + CHUNK_HEADER_LENGTH, length, crc);
    }

    private static int crc(DirectBuffer buffer, int offset, int length, CRC32C crc) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
