package io.stele.perf.watch;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection with watches on it. */
interface WatchLink extends AutoCloseable {
    /** All keys that a run writes begin like this. */
    String PREFIX = "watch/";

    /** Starts to watch; the sink's key, or all of them. */
    void watch(EventSink sink);

    /** Waits until all watches are under way. */
    void awaitCreated();

    /** Stops to read, or goes on. */
    void stall(boolean stalled);

    @Override
    void close();

    static byte[] key(long number) {
        return String.format(Locale.ROOT, "%s%010d", PREFIX, number).getBytes(StandardCharsets.US_ASCII);
    }

    /** Opens links. */
    @FunctionalInterface
    interface Factory {
        /** The number says which endpoint: they are gone round. */
        WatchLink open(int number);
    }
}
