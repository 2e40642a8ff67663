package io.stele.transport.client;

import java.util.concurrent.TimeUnit;

/** How a client's connections are to be. */
public final class DialerContext {
    int loopCount = 1;
    boolean useEpoll = true;
    long connectTimeoutNs = TimeUnit.SECONDS.toNanos(5);
    int frameLengthMax = 4 * 1024 * 1024;
    int ringCapacity = 1024 * 1024;
    String clientName = "stele-java";
    long replyWaitNs = Runtime.getRuntime().availableProcessors() > 1 ? TimeUnit.MICROSECONDS.toNanos(500) : 0;

    /** Network threads. */
    public DialerContext loopCount(int value) {
        loopCount = value;
        return this;
    }

    /** False: Java's own selector even where epoll is there. */
    public DialerContext useEpoll(boolean value) {
        useEpoll = value;
        return this;
    }

    /** For the TCP connection, and again for the handshake. */
    public DialerContext connectTimeoutNs(long value) {
        connectTimeoutNs = value;
        return this;
    }

    /** How long a network thread stays awake, yielding, for the reply to a lone request; 0 to sleep at once. */
    public DialerContext replyWaitNs(long value) {
        replyWaitNs = value;
        return this;
    }

    /** Longest frame that servers are asked to send; one pair that is longer comes as a longer frame. */
    public DialerContext frameLengthMax(int value) {
        frameLengthMax = value;
        return this;
    }

    /** Bytes, a power of two: requests of all threads on their way to one connection's network thread. */
    public DialerContext ringCapacity(int value) {
        ringCapacity = value;
        return this;
    }

    public DialerContext clientName(String value) {
        clientName = value;
        return this;
    }
}
