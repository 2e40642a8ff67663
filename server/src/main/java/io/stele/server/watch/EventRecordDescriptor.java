package io.stele.server.watch;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.server.machine.RevisionView;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.WatchEventEncoder;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One event, in the log or in a slice of history: what the server has to know of it, and the message as clients get it.
 *
 * <pre>
 *   little endian
 *   0       4       8               16      20      24      28      32              40
 *   +-------+-------+---------------+-------+-------+-------+-------+---------------+-----------------+---+
 *   | length| wireLn| main          | sub   | flags | keyLen| prvSub| previousMain  | WatchEvent      |pad|
 *   +-------+-------+---------------+-------+-------+-------+-------+---------------+-----------------+---+
 *   length:        of all, to where the next one begins: a multiple of 8; negative: nothing here to the buffer's end
 *   flags:         1 last of its revision, 2 first of its revision, 4 deletion
 *   previousMain:  where the key's version before this change is; 0: it did not exist
 * </pre>
 */
final class EventRecordDescriptor {
    static final int HEADER_LENGTH = 40;

    private static final int LENGTH = 0;
    private static final int WIRE_LENGTH = 4;
    private static final int MAIN = 8;
    private static final int SUB = 16;
    private static final int FLAGS = 20;
    private static final int KEY_LENGTH = 24;
    private static final int PREVIOUS_SUB = 28;
    private static final int PREVIOUS_MAIN = 32;

    private static final int LAST = 1;
    private static final int FIRST = 2;
    private static final int DELETED = 4;

    private static final int KEY_OFFSET = HEADER_LENGTH
            + MessageHeaderEncoder.ENCODED_LENGTH
            + WatchEventEncoder.BLOCK_LENGTH
            + WatchEventEncoder.keyHeaderLength();

    private static final int FIXED_LENGTH = KEY_OFFSET + WatchEventEncoder.valueHeaderLength();

    /** Where a message's flags stand, from its own start. */
    static final int WIRE_FLAGS = MessageHeaderEncoder.ENCODED_LENGTH + WatchEventEncoder.flagsEncodingOffset();

    private EventRecordDescriptor() {}

    static int lengthOf(RevisionView change) {
        return BitUtil.align(FIXED_LENGTH + change.keyLength() + change.valueLength(), Long.BYTES);
    }

    /** Writes a record of {@link #lengthOf} bytes. */
    static void encode(
            MutableDirectBuffer buffer, int offset, long main, int sub, RevisionView change, Encoders encoders) {
        WatchEventEncoder event = encoders.event;
        event.wrapAndApplyHeader(buffer, offset + HEADER_LENGTH, encoders.header)
                .createRevision(change.createRevision())
                .modRevision(main)
                .version(change.version())
                .lease(change.lease());
        event.flags().clear().deleted(change.isTombstone());
        event.putKey(change.buffer(), change.keyOffset(), change.keyLength());
        event.putValue(change.buffer(), change.valueOffset(), change.valueLength());
        buffer.putInt(offset + LENGTH, lengthOf(change), LITTLE_ENDIAN);
        buffer.putInt(offset + WIRE_LENGTH, event.limit() - offset - HEADER_LENGTH, LITTLE_ENDIAN);
        buffer.putLong(offset + MAIN, main, LITTLE_ENDIAN);
        buffer.putInt(offset + SUB, sub, LITTLE_ENDIAN);
        int flags = (sub == 0 ? FIRST : 0) | (change.isTombstone() ? DELETED : 0);
        buffer.putInt(offset + FLAGS, flags, LITTLE_ENDIAN);
        buffer.putInt(offset + KEY_LENGTH, change.keyLength(), LITTLE_ENDIAN);
        buffer.putInt(offset + PREVIOUS_SUB, change.previousSub(), LITTLE_ENDIAN);
        boolean isCreation = change.isPreviousTombstone() && change.previousMain() < main;
        buffer.putLong(offset + PREVIOUS_MAIN, isCreation ? 0 : change.previousMain(), LITTLE_ENDIAN);
    }

    static void markLast(MutableDirectBuffer buffer, int offset) {
        buffer.putInt(offset + FLAGS, flags(buffer, offset) | LAST, LITTLE_ENDIAN);
    }

    /** The rest of the buffer is not used. */
    static void encodePadding(MutableDirectBuffer buffer, int offset) {
        buffer.putInt(offset + LENGTH, -1, LITTLE_ENDIAN);
    }

    static int length(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + LENGTH, LITTLE_ENDIAN);
    }

    static int wireLength(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + WIRE_LENGTH, LITTLE_ENDIAN);
    }

    static long main(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + MAIN, LITTLE_ENDIAN);
    }

    static int sub(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + SUB, LITTLE_ENDIAN);
    }

    static boolean isLast(DirectBuffer buffer, int offset) {
        return (flags(buffer, offset) & LAST) != 0;
    }

    /** Whether it is its revision's only one. */
    static boolean isOnly(DirectBuffer buffer, int offset) {
        return (flags(buffer, offset) & (FIRST | LAST)) == (FIRST | LAST);
    }

    static boolean isDeletion(DirectBuffer buffer, int offset) {
        return (flags(buffer, offset) & DELETED) != 0;
    }

    static int keyOffset(int offset) {
        return offset + KEY_OFFSET;
    }

    static int keyLength(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + KEY_LENGTH, LITTLE_ENDIAN);
    }

    static long previousMain(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + PREVIOUS_MAIN, LITTLE_ENDIAN);
    }

    static int previousSub(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + PREVIOUS_SUB, LITTLE_ENDIAN);
    }

    private static int flags(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + FLAGS, LITTLE_ENDIAN);
    }

    /** What {@link #encode} writes with; one for each thread. */
    static final class Encoders {
        private final MessageHeaderEncoder header = new MessageHeaderEncoder();
        private final WatchEventEncoder event = new WatchEventEncoder();
    }
}
