package io.stele.storage.wal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One entry as it lies in the log: a reusable window, filled by {@link Wal#read}. Nothing is copied, so the bytes are
 * good until the entry is truncated or released.
 */
public final class EntryView {
    private long index;
    private long term;
    private byte type;
    private DirectBuffer buffer = new UnsafeBuffer(0, 0);
    private int offset;
    private int length;

    public long index() {
        return index;
    }

    public long term() {
        return term;
    }

    /** The type given to {@link Wal#append}. */
    public byte type() {
        return type;
    }

    /** The payload is {@link #length()} bytes at {@link #offset()} of this. */
    public DirectBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    void wrap(DirectBuffer segment, int recordOffset) {
        index = WalDescriptor.index(segment, recordOffset);
        term = WalDescriptor.term(segment, recordOffset);
        type = WalDescriptor.type(segment, recordOffset);
        buffer = segment;
        offset = recordOffset + WalDescriptor.RECORD_HEADER_LENGTH;
        length = WalDescriptor.length(segment, recordOffset);
    }
}
