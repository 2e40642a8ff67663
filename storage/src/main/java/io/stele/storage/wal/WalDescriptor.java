package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The bytes of the log: segment files, their records, and places in them. All fields are little endian.
 *
 * <pre>
 *  segment file wal-GGGGGGGGGGGGGGGG.log          G: generation in hex, consecutive
 *
 *   0                   64                                       capacity
 *  +-------------------+---------+---------+-- - - --+------------------+
 *  | segment header    | BASE    | ENTRY   |         | zeros, or records|
 *  |                   | record  | record  |         | of older lives   |
 *  +-------------------+---------+---------+-- - - --+------------------+
 *
 *  segment header
 *   0        8        12       16           24           32       40         60       64
 *  +--------+--------+--------+------------+------------+--------+----------+--------+
 *  | magic  |version |capacity| generation | (zero)     | salt   | (zero)   | CRC32C |
 *  +--------+--------+--------+------------+------------+--------+----------+--------+
 *                                                                   of bytes 0..59
 *  record, starts at a multiple of 8
 *   0       4        8          16      24     32         40        48      52   53   54     56
 *  +-------+--------+----------+-------+------+----------+---------+-------+----+----+------+---------+-----+
 *  |header |payload | position | index | term | previous | durable |payload|kind|type|(zero)| payload | pad |
 *  |CRC32C |length  |          |       |      | digest   | position|CRC32C |    |    |      |         | to 8|
 *  +-------+--------+----------+-------+------+----------+---------+-------+----+----+------+---------+-----+
 *   of 4..55 XOR salt
 *
 *  position       generation &lt;&lt; 30 | offset in the segment. It says where the record belongs: a sector written to
 *                 the wrong place, or left over from a file's earlier life, is no record.
 *  previous digest  digest of the record before, in order of appending, across segments: a chain.
 *  durable position everything below it had been forced when this record was appended: evidence that tells rot from a
 *                 torn tail. Evidence never runs ahead of the disk.
 *  salt           one random number per log: a value that a client stores cannot be taken for a record.
 *
 *  kind BASE      first record of each segment: the log ended at (index, term) when the segment was begun
 *       ENTRY     an entry; type is the caller's
 *       TRUNCATE  the log now ends at (index, term); entries after it are void
 *       RESET     the log is now empty and continues after (index, term)
 *       OPEN      the log was opened here, ending at (index, term)
 * </pre>
 *
 * The log is append only. To take entries back is to append a record saying so: no forced byte is overwritten before
 * its segment is recycled, and therefore no crash can hurt one.
 */
final class WalDescriptor {
    static final String SEGMENT_PREFIX = "wal-";
    static final String SEGMENT_SUFFIX = ".log";
    /** A segment that is being made ready; worth nothing until it has its final name. */
    static final String SPARE_NAME = "wal.spare";

    static final int VERSION = 1;
    static final int ALIGNMENT = 8;

    static final int SEGMENT_HEADER_LENGTH = 64;
    static final int RECORD_HEADER_LENGTH = 56;

    /** Room that every segment loses to its header and its BASE record. */
    static final int SEGMENT_OVERHEAD = SEGMENT_HEADER_LENGTH + RECORD_HEADER_LENGTH;

    static final int SEGMENT_LENGTH_MIN = 4096;
    static final int SEGMENT_LENGTH_MAX = 1 << 29;
    static final long GENERATION_MAX = 1L << 32;

    static final byte KIND_BASE = 1;
    static final byte KIND_ENTRY = 2;
    static final byte KIND_TRUNCATE = 3;
    static final byte KIND_RESET = 4;
    static final byte KIND_OPEN = 5;

    private static final long MAGIC = 0x4c_41_57_45_4c_45_54_53L; // "STELEWAL"
    private static final int VERSION_OFFSET = 8;
    private static final int CAPACITY_OFFSET = 12;
    private static final int GENERATION_OFFSET = 16;
    private static final int SALT_OFFSET = 32;
    private static final int SEGMENT_CRC_OFFSET = 60;

    private static final int HEADER_CRC_OFFSET = 0;
    private static final int LENGTH_OFFSET = 4;
    private static final int POSITION_OFFSET = 8;
    private static final int INDEX_OFFSET = 16;
    private static final int TERM_OFFSET = 24;
    private static final int DIGEST_OFFSET = 32;
    private static final int DURABLE_OFFSET = 40;
    private static final int PAYLOAD_CRC_OFFSET = 48;
    private static final int KIND_OFFSET = 52;
    private static final int TYPE_OFFSET = 53;
    private static final int RESERVED_OFFSET = 54;
    private static final int HEADER_CRC_START = LENGTH_OFFSET;

    private static final int OFFSET_BITS = 30;
    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;
    private static final long DIGEST_STEP = 0x9e37_79b9_7f4a_7c15L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private WalDescriptor() {}

    static String segmentName(long generation) {
        return String.format("%s%016x%s", SEGMENT_PREFIX, generation, SEGMENT_SUFFIX);
    }

    /** Generation of a segment file's name; -1 if the name is not one. */
    static long generation(String name) {
        int length = SEGMENT_PREFIX.length() + 16 + SEGMENT_SUFFIX.length();
        if (name.length() != length || !name.startsWith(SEGMENT_PREFIX) || !name.endsWith(SEGMENT_SUFFIX)) {
            return -1;
        }
        try {
            return Long.parseLong(name.substring(SEGMENT_PREFIX.length(), length - SEGMENT_SUFFIX.length()), 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static long position(long generation, int offset) {
        return (generation << OFFSET_BITS) | offset;
    }

    static long generation(long position) {
        return position >>> OFFSET_BITS;
    }

    static int offset(long position) {
        return (int) (position & OFFSET_MASK);
    }

    /** Bytes that a record takes in its segment. */
    static int frameLength(int payloadLength) {
        return BitUtil.align(RECORD_HEADER_LENGTH + payloadLength, ALIGNMENT);
    }

    static void writeSegmentHeader(
            MutableDirectBuffer buffer, Checksum checksum, long generation, int capacity, long salt) {
        buffer.setMemory(0, SEGMENT_HEADER_LENGTH, (byte) 0);
        buffer.putLong(0, MAGIC, ORDER);
        buffer.putInt(VERSION_OFFSET, VERSION, ORDER);
        buffer.putInt(CAPACITY_OFFSET, capacity, ORDER);
        buffer.putLong(GENERATION_OFFSET, generation, ORDER);
        buffer.putLong(SALT_OFFSET, salt, ORDER);
        buffer.putInt(SEGMENT_CRC_OFFSET, checksum.compute(buffer, 0, SEGMENT_CRC_OFFSET), ORDER);
    }

    /** What is wrong with a segment header; null if nothing. */
    static String segmentHeaderFault(DirectBuffer buffer, Checksum checksum, long generation) {
        if (buffer.getLong(0, ORDER) != MAGIC) {
            return "no segment header";
        }
        if (buffer.getInt(SEGMENT_CRC_OFFSET, ORDER) != checksum.compute(buffer, 0, SEGMENT_CRC_OFFSET)) {
            return "bad checksum of the segment header";
        }
        if (buffer.getInt(VERSION_OFFSET, ORDER) != VERSION) {
            return "segment has version " + buffer.getInt(VERSION_OFFSET, ORDER) + ", known is " + VERSION;
        }
        if (buffer.getLong(GENERATION_OFFSET, ORDER) != generation) {
            return "segment header is that of generation " + buffer.getLong(GENERATION_OFFSET, ORDER);
        }
        return null;
    }

    static int capacity(DirectBuffer segment) {
        return segment.getInt(CAPACITY_OFFSET, ORDER);
    }

    static long salt(DirectBuffer segment) {
        return segment.getLong(SALT_OFFSET, ORDER);
    }

    /** Writes all of a record's header but its checksum; the payload is in place already. */
    static void writeRecordHeader(
            MutableDirectBuffer buffer, int offset, byte kind, byte type, long index, long term, int length) {
        buffer.putInt(offset + LENGTH_OFFSET, length, ORDER);
        buffer.putLong(offset + INDEX_OFFSET, index, ORDER);
        buffer.putLong(offset + TERM_OFFSET, term, ORDER);
        buffer.putByte(offset + KIND_OFFSET, kind);
        buffer.putByte(offset + TYPE_OFFSET, type);
        buffer.putShort(offset + RESERVED_OFFSET, (short) 0, ORDER);
    }

    /** Completes a record's header with what ties it to its place and its log. */
    static void sealRecordHeader(
            MutableDirectBuffer buffer, int offset, long position, long previousDigest, long durable, int payloadCrc) {
        buffer.putLong(offset + POSITION_OFFSET, position, ORDER);
        buffer.putLong(offset + DIGEST_OFFSET, previousDigest, ORDER);
        buffer.putLong(offset + DURABLE_OFFSET, durable, ORDER);
        buffer.putInt(offset + PAYLOAD_CRC_OFFSET, payloadCrc, ORDER);
    }

    static void headerCrc(MutableDirectBuffer buffer, int offset, int crc) {
        buffer.putInt(offset + HEADER_CRC_OFFSET, crc, ORDER);
    }

    static int headerCrc(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + HEADER_CRC_OFFSET, ORDER);
    }

    static int computeHeaderCrc(DirectBuffer buffer, int offset, Checksum checksum, long salt) {
        int length = RECORD_HEADER_LENGTH - HEADER_CRC_START;
        return checksum.compute(buffer, offset + HEADER_CRC_START, length) ^ (int) salt;
    }

    static int length(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + LENGTH_OFFSET, ORDER);
    }

    static long position(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + POSITION_OFFSET, ORDER);
    }

    static long index(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + INDEX_OFFSET, ORDER);
    }

    static long term(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + TERM_OFFSET, ORDER);
    }

    static long previousDigest(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + DIGEST_OFFSET, ORDER);
    }

    static long durablePosition(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + DURABLE_OFFSET, ORDER);
    }

    static int payloadCrc(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + PAYLOAD_CRC_OFFSET, ORDER);
    }

    static byte kind(DirectBuffer buffer, int offset) {
        return buffer.getByte(offset + KIND_OFFSET);
    }

    static byte type(DirectBuffer buffer, int offset) {
        return buffer.getByte(offset + TYPE_OFFSET);
    }

    /**
     * Digest of a record: the header checksum covers the digest before it and the payload checksum, so that this
     * number stands for the whole log up to here.
     */
    static long digest(DirectBuffer buffer, int offset) {
        long own = ((long) headerCrc(buffer, offset) << 32) | (payloadCrc(buffer, offset) & 0xffff_ffffL);
        long mixed = (previousDigest(buffer, offset) + DIGEST_STEP) ^ own;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ (mixed >>> 31);
    }
}
