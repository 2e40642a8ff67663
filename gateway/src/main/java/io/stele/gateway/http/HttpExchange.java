package io.stele.gateway.http;

/** One request over HTTP and its answer. Used on the connection's thread. */
public interface HttpExchange {
    /** The connection has gone. */
    void cancel();

    /** The connection has room again. */
    default void ready() {}
}
