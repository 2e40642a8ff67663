package io.stele.consensus;

import io.stele.consensus.log.EntryList;
import org.agrona.DirectBuffer;

/**
 * One message between members: a reusable struct. Every message has a type, sender, receiver and the sender's term
 * (PRE_VOTE and its grant: the term asked for). What else it carries:
 *
 * <pre>
 *   type             logIndex      logTerm  commit   round    hint   flag       entries / payload
 *   PRE_VOTE, VOTE   last entry    its term sender's below    its    transfer   .
 *   ..._REPLY        .             .        sender's .        term   refused    .
 *   APPEND           previous      its term leader's .        .      answer     entries behind logIndex
 *   APPEND_REPLY     acknowledged  .        .        .        .      .          .
 *     refused        of the append hint's   .        see below where  refused    .
 *   HEARTBEAT        .             .        safe     round    .      .          .
 *   HEARTBEAT_REPLY  .             .        member's round    .      unfit      .
 *   SNAPSHOT         at least this its term .        .        .      .          .
 *   READ             .             .        .        attempt  .      .          .
 *   READ_REPLY       read index    .        .        attempt  .      refused    .
 *   PROPOSE          .             .        .        .        .      .          payload, entryType
 *   TRANSFER         .             .        .        .        target .          .
 *   CAMPAIGN_NOW     .             .        .        .        .      .          .
 * </pre>
 *
 * <p>Round 1 in a PRE_VOTE says that the member can lead but had better not, see {@link Fitness#RELUCTANT}.
 *
 * <p>Round 1 in a refused APPEND_REPLY says that the member has no configuration, so that only a snapshot helps it:
 * the first configuration of a cluster is in no entry. Round 2 in any APPEND_REPLY says that the member has lost
 * entries that it may have acknowledged; commit is a token then, which the leader's appends to it carry as their round
 * from then on, see {@link Pledge}.
 *
 * <p>An APPEND that leaves the core names its entries only by {@link #logIndex()} and {@link #entryCount()}: they are
 * in the log by the time the message is sent, and the sender encodes them from there. One that enters carries them in
 * {@link #entries()}; the core copies what it keeps.
 */
public final class Message {
    static final long RELUCTANT = 1;
    static final long NEEDS_SNAPSHOT = 1;
    static final long LOG_SHORTENED = 2;

    private final EntryList entries = new EntryList();
    private MessageType type;
    private long from;
    private long to;
    private long term;
    private long logIndex;
    private long logTerm;
    private long commit;
    private long round;
    private long hint;
    private boolean flag;
    private int entryCount;
    private byte entryType;
    private DirectBuffer payload;
    private int payloadOffset;
    private int payloadLength;

    /** Starts over: everything else is zero. */
    public Message reset(MessageType newType, long sender, long receiver, long senderTerm) {
        type = newType;
        from = sender;
        to = receiver;
        term = senderTerm;
        logIndex = 0;
        logTerm = 0;
        commit = 0;
        round = 0;
        hint = 0;
        flag = false;
        entryCount = 0;
        entryType = 0;
        payload = null;
        payloadOffset = 0;
        payloadLength = 0;
        entries.clear();
        return this;
    }

    public Message log(long index, long indexTerm) {
        logIndex = index;
        logTerm = indexTerm;
        return this;
    }

    public Message commit(long value) {
        commit = value;
        return this;
    }

    public Message round(long value) {
        round = value;
        return this;
    }

    public Message hint(long value) {
        hint = value;
        return this;
    }

    public Message flag(boolean value) {
        flag = value;
        return this;
    }

    public Message payload(byte newEntryType, DirectBuffer buffer, int offset, int length) {
        entryType = newEntryType;
        payload = buffer;
        payloadOffset = offset;
        payloadLength = length;
        return this;
    }

    /** Of an APPEND that leaves: how many entries behind {@link #logIndex()} go along. */
    public Message entryCount(int count) {
        entryCount = count;
        return this;
    }

    /** Of an APPEND that enters: adds the next entry; it is referred to until the core has stepped. */
    public Message addEntry(long entryTerm, byte newEntryType, DirectBuffer buffer, int offset, int length) {
        entryCount++;
        entries.add(logIndex + entryCount, entryTerm, newEntryType, buffer, offset, length);
        return this;
    }

    public MessageType type() {
        return type;
    }

    public long from() {
        return from;
    }

    public long to() {
        return to;
    }

    public long term() {
        return term;
    }

    public long logIndex() {
        return logIndex;
    }

    public long logTerm() {
        return logTerm;
    }

    public long commit() {
        return commit;
    }

    /** A heartbeat round or an attempt to read; never used twice. */
    public long round() {
        return round;
    }

    public long hint() {
        return hint;
    }

    /**
     * Refused; of a vote request: by wish of the leader, so that nobody need protect it; of an append: answer even if
     * there is nothing new to say; of a heartbeat's reply: the member should not lead.
     */
    public boolean flag() {
        return flag;
    }

    public int entryCount() {
        return entryCount;
    }

    public EntryList entries() {
        return entries;
    }

    public byte entryType() {
        return entryType;
    }

    public DirectBuffer payload() {
        return payload;
    }

    public int payloadOffset() {
        return payloadOffset;
    }

    public int payloadLength() {
        return payloadLength;
    }

    /** Whether only a leader says this. */
    boolean isFromLeader() {
        return type == MessageType.APPEND || type == MessageType.HEARTBEAT;
    }

    boolean isOfElection() {
        return type == MessageType.PRE_VOTE
                || type == MessageType.PRE_VOTE_REPLY
                || type == MessageType.VOTE
                || type == MessageType.VOTE_REPLY;
    }

    /** Refuses what no correct member sends; throws, for such a message must not get any further. */
    void check(long receiver) {
        if (type == null || from == 0 || from == receiver || to != receiver || term <= 0) {
            throw new IllegalArgumentException("malformed " + this);
        }
        if (logIndex < 0 || logTerm < 0 || commit < 0 || payloadLength < 0) {
            throw new IllegalArgumentException("negative field in " + this);
        }
        if (type == MessageType.SNAPSHOT || (type != MessageType.TRANSFER && hint < 0)) {
            throw new IllegalArgumentException("malformed " + this);
        }
        if (type == MessageType.APPEND) {
            checkEntries();
        }
    }

    private void checkEntries() {
        if (entryCount != entries.count() || logTerm > term) {
            throw new IllegalArgumentException("malformed " + this);
        }
        long before = logTerm;
        for (int i = 0; i < entries.count(); i++) {
            long entryTerm = entries.get(i).term();
            if (entryTerm < before || entryTerm > term || entries.get(i).length() < 0) {
                throw new IllegalArgumentException("terms of the entries do not ascend in " + this);
            }
            before = entryTerm;
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(from)
                .append("->")
                .append(to)
                .append(' ')
                .append(type)
                .append(" term=")
                .append(term);
        append(text, " log=", logIndex, logIndex != 0 || logTerm != 0);
        append(text, "/", logTerm, logIndex != 0 || logTerm != 0);
        append(text, " commit=", commit, commit != 0);
        append(text, " round=", round, round != 0);
        append(text, " hint=", hint, hint != 0);
        append(text, " entries=", entryCount, entryCount != 0);
        append(text, " payload=", payloadLength, payloadLength != 0);
        return text.append(flag ? flagText() : "").toString();
    }

    private String flagText() {
        return switch (type) {
            case PRE_VOTE, VOTE -> " transfer";
            case APPEND -> " answer";
            case HEARTBEAT_REPLY -> " unfit";
            default -> " refused";
        };
    }

    private static void append(StringBuilder text, String label, long value, boolean shown) {
        if (shown) {
            text.append(label).append(value);
        }
    }
}
