package io.stele.perf.load;

/** Told exactly once how an operation ended, from any thread, even before the call that started it has returned. */
public interface Completion {
    /**
     * The operation was done.
     *
     * @param keyCount keys that the reply carried, or 1 for a write.
     * @param bytes    value bytes that travelled, either way.
     */
    void onSuccess(long keyCount, long bytes);

    /** The operation failed, or its outcome is unknown; the reason is short, and the same for the same cause. */
    void onFailure(String reason);

    /** What the session keeps with this completion from one operation to the next; null at first. */
    Object attachment();

    void attach(Object attachment);
}
