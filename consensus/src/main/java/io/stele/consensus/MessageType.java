package io.stele.consensus;

/**
 * What members say to each other. The code is what goes over the wire; it never changes its meaning.
 *
 * <p>The fields each type uses are drawn in {@link Message}.
 */
public enum MessageType {
    PRE_VOTE(1),
    PRE_VOTE_REPLY(2),
    VOTE(3),
    VOTE_REPLY(4),
    APPEND(5),
    APPEND_REPLY(6),
    HEARTBEAT(7),
    HEARTBEAT_REPLY(8),
    /** To the node that leads: the member needs a snapshot. Does not go over the wire as it is. */
    SNAPSHOT(9),
    READ(10),
    READ_REPLY(11),
    PROPOSE(12),
    /** Asks the leader to hand over. */
    TRANSFER(13),
    /** The leader hands over: campaign at once. */
    CAMPAIGN_NOW(14);

    private static final MessageType[] BY_CODE = new MessageType[16];

    static {
        for (MessageType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;

    MessageType(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /** The type of a code from the wire; throws on an unknown one. */
    public static MessageType of(int code) {
        MessageType type = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (type == null) {
            throw new IllegalArgumentException("unknown message type " + code);
        }
        return type;
    }
}
