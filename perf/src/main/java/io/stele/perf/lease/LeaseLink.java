package io.stele.perf.lease;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** One connection for leases. Leases and their keys have the same numbers. */
interface LeaseLink extends AutoCloseable {
    String PREFIX = "lease/";

    /** Ids begin here, so that they do not meet others'. */
    long FIRST_ID = 0x5e1e_0000_0000L;

    /** The seconds that it was granted. */
    CompletableFuture<Long> grant(int number, long ttl);

    /** Puts the lease's key. */
    CompletableFuture<Void> attach(int number);

    /** The seconds that it has then; 0: there is no such lease. */
    CompletableFuture<Long> keepAlive(int number);

    /** The term of a leader that is in office while this is asked. */
    CompletableFuture<Long> term();

    /** Tells of keys that are deleted; returns when it is under way. */
    void watchDeletions(IntConsumer numbers);

    @Override
    void close();

    static byte[] key(int number) {
        return String.format(Locale.ROOT, "%s%010d", PREFIX, number).getBytes(StandardCharsets.US_ASCII);
    }

    static int number(String key) {
        return Integer.parseInt(key.substring(PREFIX.length()));
    }
}
