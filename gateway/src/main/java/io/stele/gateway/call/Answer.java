package io.stele.gateway.call;

import io.grpc.Status;

/**
 * Where the answer to one call goes, whatever protocol asked. Used on the call's thread only. After {@link #end},
 * {@link #fail} or the caller's leaving nothing more is sent.
 */
public interface Answer<R> {
    /** One message; the only one, where the method is no stream. */
    void send(R message);

    void end();

    void fail(Status status);

    /** The caller has left, or was answered: whatever goes on for it may stop. */
    boolean isOver();

    /** Whether the caller takes more now; {@link #onReady} tells when it does again. */
    boolean isReady();

    void onReady(Runnable task);

    /** What to do when the caller leaves before it was answered. */
    void onCancel(Runnable task);

    /** What the caller sent beside the request under this name, or null. */
    String metadata(String name);

    /** The message and the end. */
    default void reply(R message) {
        send(message);
        end();
    }
}
