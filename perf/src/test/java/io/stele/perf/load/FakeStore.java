package io.stele.perf.load;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A store in memory that answers within the call or from a thread of its own, and fails or withholds on demand. */
public final class FakeStore implements Target {
    /** How replies travel. */
    public enum Replies {
        WITHIN_THE_CALL,
        FROM_ANOTHER_THREAD
    }

    private final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compare);
    private final ExecutorService replier;
    private final AtomicLong requestCount = new AtomicLong();
    private final Queue<Runnable> withheld = new ArrayDeque<>();
    private volatile long failEvery = Long.MAX_VALUE;
    private volatile long withholdFirst;
    private int openSessions;
    private int compactions;

    public FakeStore(Replies replies) {
        replier = replies == Replies.WITHIN_THE_CALL ? null : Executors.newSingleThreadExecutor();
    }

    /** Every n-th request is refused. */
    void failEvery(long n) {
        failEvery = n;
    }

    /** The first n requests get no reply before {@link #releaseWithheld}. */
    void withholdFirst(long n) {
        withholdFirst = n;
    }

    synchronized int withheldCount() {
        return withheld.size();
    }

    synchronized void releaseWithheld() {
        withheld.forEach(Runnable::run);
        withheld.clear();
    }

    /** How many keys there are. */
    public synchronized int keyCount() {
        return entries.size();
    }

    synchronized int openSessions() {
        return openSessions;
    }

    long requestCount() {
        return requestCount.get();
    }

    @Override
    public String describe() {
        return "fake 1.0";
    }

    @Override
    public synchronized Session connect() {
        openSessions++;
        return new FakeSession();
    }

    @Override
    public synchronized void compact() {
        compactions++;
    }

    /** How often {@link #compact} was called. */
    public synchronized int compactionCount() {
        return compactions;
    }

    @Override
    public void close() {
        if (replier != null) {
            replier.shutdownNow();
        }
    }

    private synchronized void answer(Completion completion, long keyCount, long bytes) {
        long request = requestCount.incrementAndGet();
        Runnable reply = () -> {
            if (request % failEvery == 0) {
                completion.onFailure("refused");
            } else {
                completion.onSuccess(keyCount, bytes);
            }
        };
        if (request <= withholdFirst) {
            withheld.add(reply);
        } else if (replier == null) {
            reply.run();
        } else {
            replier.execute(reply);
        }
    }

    private final class FakeSession implements Session {
        @Override
        public void put(byte[] key, byte[] values, int offset, int length, Completion completion) {
            synchronized (FakeStore.this) {
                entries.put(key.clone(), Arrays.copyOfRange(values, offset, offset + length));
            }
            answer(completion, 1, length);
        }

        @Override
        public void get(byte[] key, boolean serializable, Completion completion) {
            byte[] value;
            synchronized (FakeStore.this) {
                value = entries.get(key);
            }
            answer(completion, value == null ? 0 : 1, value == null ? 0 : value.length);
        }

        @Override
        public void txn(byte[] key, byte[] values, int offset, int length, Completion completion) {
            put(key, values, offset, length, completion);
        }

        @Override
        public void delete(byte[] key, Completion completion) {
            byte[] value;
            synchronized (FakeStore.this) {
                value = entries.remove(key);
            }
            answer(completion, value == null ? 0 : 1, 0);
        }

        @Override
        public void list(byte[] from, byte[] to, long limit, boolean serializable, Completion completion) {
            long keys = 0;
            long bytes = 0;
            synchronized (FakeStore.this) {
                for (byte[] value : entries.subMap(from, to).values()) {
                    if (limit == 0 || keys < limit) {
                        keys++;
                        bytes += value.length;
                    }
                }
            }
            answer(completion, keys, bytes);
        }

        @Override
        public void count(byte[] from, byte[] to, Completion completion) {
            int count;
            synchronized (FakeStore.this) {
                count = entries.subMap(from, to).size();
            }
            answer(completion, count, 0);
        }

        @Override
        public void close() {
            synchronized (FakeStore.this) {
                openSessions--;
            }
        }
    }
}
