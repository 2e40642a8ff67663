package io.stele.simulator.model;

import io.stele.transport.MessageSequence;
import io.stele.transport.codec.KeyValueDecoder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A request as one who looks at single keys sees it, each a register that holds a value or nothing.
 *
 * @param kind what it does
 * @param key the key; of a removal of many the first
 * @param end behind the last key of a removal of many; empty otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record SingleKey(Kind kind, byte[] key, byte[] end, byte[] value) {
    /** What can be said of it. */
    public enum Kind {
        GET,
        PUT,
        DELETE,
        /** Changes no value, or shows none that can be compared. */
        NEUTRAL,
        /** May change values in a way that is not followed here. */
        OTHER
    }

    private static final byte[] NONE = new byte[0];

    public static SingleKey of(byte[] request) {
        Op op = new OpReader().read(request);
        if (op instanceof Op.Put put) {
            return put.ignoreValue() ? only(Kind.NEUTRAL) : new SingleKey(Kind.PUT, put.key(), NONE, put.value());
        }
        if (op instanceof Op.Range range) {
            boolean isGet = range.end().length == 0
                    && range.revision() <= 0
                    && !range.hasFilters()
                    && !range.keysOnly()
                    && !range.countOnly()
                    && !range.serializable();
            return isGet ? new SingleKey(Kind.GET, range.key(), NONE, null) : only(Kind.NEUTRAL);
        }
        if (op instanceof Op.Delete delete) {
            return new SingleKey(Kind.DELETE, delete.key(), delete.end(), null);
        }
        return only(
                op instanceof Op.Txn || op instanceof Op.Revoke || op instanceof Op.Expire ? Kind.OTHER : Kind.NEUTRAL);
    }

    private static SingleKey only(Kind kind) {
        return new SingleKey(kind, NONE, NONE, null);
    }

    /** The value that the answer to a get shows; null if there is none. */
    public static byte[] shown(byte[] answer) {
        MessageSequence sequence = new MessageSequence().wrap(new UnsafeBuffer(answer), 0, answer.length);
        while (sequence.next()) {
            if (sequence.templateId() == KeyValueDecoder.TEMPLATE_ID) {
                KeyValueDecoder pair = new KeyValueDecoder();
                pair.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
                pair.skipKey();
                byte[] value = new byte[pair.valueLength()];
                pair.getValue(value, 0, value.length);
                return value;
            }
        }
        return null;
    }
}
