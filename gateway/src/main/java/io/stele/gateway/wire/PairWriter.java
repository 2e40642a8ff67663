package io.stele.gateway.wire;

import static io.stele.gateway.wire.WireBuffer.bytesLength;
import static io.stele.gateway.wire.WireBuffer.fieldLength;

import io.stele.transport.codec.KeyValueDecoder;
import org.agrona.DirectBuffer;

/**
 * Writes one KeyValue, straight from the reply's memory.
 *
 * <pre>
 *   | 0x0A length key | 0x10 create | 0x18 mod | 0x20 version | 0x2A length value | 0x30 lease |
 * </pre>
 */
final class PairWriter {
    private static final int LENGTH_LENGTH = KeyValueDecoder.keyHeaderLength();
    private static final int TAG_KEY = 0x0A;
    private static final int TAG_CREATE_REVISION = 0x10;
    private static final int TAG_MOD_REVISION = 0x18;
    private static final int TAG_VERSION = 0x20;
    private static final int TAG_VALUE = 0x2A;
    private static final int TAG_LEASE = 0x30;

    private DirectBuffer source;
    private int keyOffset;
    private int keyLength;
    private int valueOffset;
    private int valueLength;
    private long createRevision;
    private long modRevision;
    private long version;
    private long lease;

    /** Takes up a pair; {@code bytesOffset} is where its key's length stands, and its value's behind. */
    void wrap(DirectBuffer buffer, int bytesOffset, long created, long modified, long versionNumber, long leaseId) {
        source = buffer;
        keyLength = buffer.getInt(bytesOffset, java.nio.ByteOrder.LITTLE_ENDIAN);
        keyOffset = bytesOffset + LENGTH_LENGTH;
        int valueStart = keyOffset + keyLength;
        valueLength = buffer.getInt(valueStart, java.nio.ByteOrder.LITTLE_ENDIAN);
        valueOffset = valueStart + LENGTH_LENGTH;
        createRevision = created;
        modRevision = modified;
        version = versionNumber;
        lease = leaseId;
    }

    /** Length of what {@link #write} will write. */
    int length() {
        return bytesLength(keyLength)
                + fieldLength(createRevision)
                + fieldLength(modRevision)
                + fieldLength(version)
                + bytesLength(valueLength)
                + fieldLength(lease);
    }

    void write(WireBuffer out) {
        out.bytes(TAG_KEY, source, keyOffset, keyLength);
        out.field(TAG_CREATE_REVISION, createRevision);
        out.field(TAG_MOD_REVISION, modRevision);
        out.field(TAG_VERSION, version);
        out.bytes(TAG_VALUE, source, valueOffset, valueLength);
        out.field(TAG_LEASE, lease);
    }
}
