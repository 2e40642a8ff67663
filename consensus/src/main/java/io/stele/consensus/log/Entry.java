package io.stele.consensus.log;

import org.agrona.DirectBuffer;

/**
 * One log entry: a reusable view of {@code (logIndex, term, type, payload)}.
 *
 * <p>The payload is a slice of a buffer that somebody else owns; it is valid only as long as the one who filled the
 * view says so. {@link #NOOP} and {@link #MEMBERSHIP} are the core's own types; every other value is opaque to it.
 */
public final class Entry {
    /** What a new leader appends first: no payload, nothing to apply. */
    public static final byte NOOP = 0;

    /** A command of the state machine. */
    public static final byte COMMAND = 1;

    /** A membership change, encoded by the core ({@code MembershipChange}). */
    public static final byte MEMBERSHIP = 2;

    private long logIndex;
    private long term;
    private byte type;
    private DirectBuffer buffer;
    private int offset;
    private int length;

    /** Points this view at an entry. */
    public Entry wrap(long newLogIndex, long newTerm, byte newType, DirectBuffer payload, int at, int payloadLength) {
        logIndex = newLogIndex;
        term = newTerm;
        type = newType;
        buffer = payload;
        offset = at;
        length = payloadLength;
        return this;
    }

    public long logIndex() {
        return logIndex;
    }

    public long term() {
        return term;
    }

    public byte type() {
        return type;
    }

    /** The buffer that holds the payload; may be null when {@link #length()} is 0. */
    public DirectBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }
}
