package io.stele.transport.client;

import org.agrona.DirectBuffer;

/**
 * The node's side of all client connections: the client port. Polled and written by one thread, the node's.
 *
 * <p>Requests of one connection arrive in the order in which they were sent; replies leave in the order of
 * {@link #send}. Every request that was delivered is to be answered by at least one reply, the last of which is not
 * flagged partial: unanswered requests count against the connection's limit.
 */
public interface ClientLink extends AutoCloseable {

    /** Delivers at most {@code limit} events; returns how many. */
    int poll(ClientHandler handler, int limit);

    /**
     * When the request arrived that {@link #poll} is delivering, as {@link System#nanoTime}: only of one that asks for
     * timings, and where the link knows; else 0.
     */
    default long receivedNs() {
        return 0;
    }

    /**
     * Queues one reply frame (SBE header first). Returns a {@link io.stele.transport.SendResult}: 1 if queued,
     * {@code BACK_PRESSURED} when the connection or the link is full (nothing was queued; the wake-up hook is called
     * when there is room again), {@code CLOSED}.
     */
    int send(long connectionId, DirectBuffer buffer, int offset, int length);

    /** Wakes the network threads for what was queued since the last flush. Called once a duty cycle. */
    void flush();

    /** Bytes queued for the connection and not yet taken by its socket. */
    long queuedBytes(long connectionId);

    /**
     * Has the wake-up hook called when the socket takes more of what is queued for the connection. Look at
     * {@link #queuedBytes} once more afterwards: it may just have taken the last of it.
     */
    default void wakeWhenTaken(long connectionId) {}

    /** Longest frame that this client takes; 0 when the connection is gone. */
    int frameLengthMax(long connectionId);

    /** Closes one connection after what is queued for it, telling the client why (a number of GoodbyeReason). */
    void close(long connectionId, int reasonCode, String reason);

    @Override
    void close();
}
