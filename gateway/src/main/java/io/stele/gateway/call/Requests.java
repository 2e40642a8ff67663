package io.stele.gateway.call;

/** What a caller sends, one message after the other. */
public interface Requests<Q> {
    void onRequest(Q request);

    /** The caller sends no more. */
    void onEnd();
}
