package io.stele.transport;

/** Results of sending: positive when queued, negative when refused. Refusal is a value, not an exception. */
public final class SendResult {
    public static final int QUEUED = 1;
    /** Full now; the same call may succeed later. */
    public static final int BACK_PRESSURED = -1;
    /** Not connected yet. */
    public static final int NOT_CONNECTED = -2;
    /** Closed for ever. */
    public static final int CLOSED = -3;

    private SendResult() {}
}
