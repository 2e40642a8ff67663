package io.stele.client;

/**
 * Why a watch has ended.
 *
 * @param cause kind of reason
 * @param text one line, the server's where it has one
 * @param compactRevision for {@link Cause#COMPACTED}: the oldest revision that can be watched from
 */
public record WatchEnd(Cause cause, String text, long compactRevision) {
    /** Kind of reason. */
    public enum Cause {
        /** As asked. */
        CANCELED,
        /** Events that it has not got are compacted: read the keys anew and watch from their revision. */
        COMPACTED,
        /** The server does not want it. */
        REFUSED,
        /** The client was closed. */
        CLOSED
    }
}
