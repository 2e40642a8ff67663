package io.stele.perf.load;

/**
 * One connection to a store under load. Operations are started from any thread and end in a {@link Completion}; many
 * may be under way. Keys and values stay untouched by the caller until then, so a session need not copy them.
 */
public interface Session extends AutoCloseable {
    void put(byte[] key, byte[] values, int offset, int length, Completion completion);

    void get(byte[] key, boolean serializable, Completion completion);

    /** If the key exists, put it; else get it: the compare-and-put of a controller. */
    void txn(byte[] key, byte[] values, int offset, int length, Completion completion);

    void delete(byte[] key, Completion completion);

    /** All keys and values in {@code [from, to)}, at most {@code limit} of them where that is above 0. */
    void list(byte[] from, byte[] to, long limit, boolean serializable, Completion completion);

    /** How many keys are in {@code [from, to)}: the completion's key count. */
    void count(byte[] from, byte[] to, Completion completion);

    @Override
    void close();
}
