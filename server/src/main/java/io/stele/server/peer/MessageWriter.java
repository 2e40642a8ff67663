package io.stele.server.peer;

import io.stele.consensus.Message;
import io.stele.consensus.MessageType;
import io.stele.consensus.log.Entry;
import io.stele.consensus.log.LogReader;
import io.stele.transport.peer.codec.LogEntryEncoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import io.stele.transport.peer.codec.RaftMessageEncoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Makes frames of the consensus core's messages; see {@code peer-messages.xml}.
 *
 * <p>The entries of an append are read from the log here. Followers that are equally far get equal appends: what was
 * encoded last is kept and not encoded again.
 */
public final class MessageWriter {
    private static final int INITIAL_LENGTH = 16 * 1024;
    private static final int KEPT_LENGTH_MAX = 1024 * 1024;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final RaftMessageEncoder message = new RaftMessageEncoder();
    private final LogEntryEncoder logEntry = new LogEntryEncoder();
    private final Entry entry = new Entry();
    private ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_LENGTH);
    private int length;

    private boolean holdsAppend;
    private long heldTerm;
    private long heldIndex;
    private long heldCommit;
    private long heldRound;
    private int heldCount;
    private boolean heldFlag;

    /** The frame is {@code [0, length())} of it, until the next call. */
    public DirectBuffer buffer() {
        return buffer;
    }

    public int length() {
        return length;
    }

    /** Encodes a message that carries no entries. */
    public void write(Message source) {
        assert source.type() != MessageType.APPEND && source.type() != MessageType.SNAPSHOT;
        begin(source.type(), source.term(), 0);
        message.logIndex(source.logIndex())
                .logTerm(source.logTerm())
                .commit(source.commit())
                .round(source.round())
                .hint(source.hint())
                .flag((byte) (source.flag() ? 1 : 0))
                .entryType(source.entryType());
        if (source.payloadLength() > 0) {
            message.putPayload(source.payload(), source.payloadOffset(), source.payloadLength());
        } else {
            message.putPayload(buffer, 0, 0);
        }
        length = message.limit();
    }

    /** Encodes an append; false if the log does not hold its entries any more, or others in their place. */
    public boolean writeAppend(PendingAppend append, LogReader log) {
        if (isHeld(append)) {
            return true;
        }
        if (log.term(append.logIndex) != append.logTerm
                || append.logIndex + append.entryCount > log.lastIndex()
                || append.logIndex + 1 < log.firstIndex()) {
            return false;
        }
        begin(MessageType.APPEND, append.term, append.entryCount);
        message.logIndex(append.logIndex)
                .logTerm(append.logTerm)
                .commit(append.commit)
                .round(append.round)
                .hint(0)
                .flag((byte) (append.flag ? 1 : 0))
                .entryType((byte) 0);
        message.putPayload(buffer, 0, 0);
        int at = message.limit();
        for (int i = 1; i <= append.entryCount; i++) {
            if (!log.read(append.logIndex + i, entry)) {
                return false;
            }
            at = putEntry(at);
        }
        length = at;
        hold(append);
        return true;
    }

    private void begin(MessageType type, long term, int entryCount) {
        holdsAppend = false;
        if (buffer.capacity() > KEPT_LENGTH_MAX) {
            buffer = new ExpandableArrayBuffer(INITIAL_LENGTH);
        }
        message.wrapAndApplyHeader(buffer, 0, header)
                .term(term)
                .messageType(type.code())
                .entryCount(entryCount);
    }

    private int putEntry(int at) {
        MutableDirectBuffer target = buffer;
        logEntry.wrapAndApplyHeader(target, at, header).term(entry.term()).entryType(entry.type());
        if (entry.length() > 0) {
            logEntry.putPayload(entry.buffer(), entry.offset(), entry.length());
        } else {
            logEntry.putPayload(target, 0, 0);
        }
        return logEntry.limit();
    }

    private boolean isHeld(PendingAppend append) {
        return holdsAppend
                && heldTerm == append.term
                && heldIndex == append.logIndex
                && heldCommit == append.commit
                && heldRound == append.round
                && heldCount == append.entryCount
                && heldFlag == append.flag;
    }

    private void hold(PendingAppend append) {
        holdsAppend = true;
        heldTerm = append.term;
        heldIndex = append.logIndex;
        heldCommit = append.commit;
        heldRound = append.round;
        heldCount = append.entryCount;
        heldFlag = append.flag;
    }
}
