package io.stele.perf.crash;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What was written and what was acknowledged, by key. Values of a key are ascending numbers: after a crash the number
 * that is read must be at least the last one acknowledged and at most the last one sent.
 */
final class AckLedger {
    private final AtomicLongArray sent;
    private final AtomicLongArray acknowledged;

    AckLedger(int keyCount) {
        sent = new AtomicLongArray(keyCount);
        acknowledged = new AtomicLongArray(keyCount);
    }

    int keyCount() {
        return sent.length();
    }

    /** The number to write next. */
    long onSend(int key) {
        return sent.incrementAndGet(key);
    }

    void onAcknowledged(int key, long number) {
        acknowledged.accumulateAndGet(key, number, Math::max);
    }

    /** Null when the number read after a crash is possible, else what is wrong with it. */
    String verify(int key, long number) {
        long low = acknowledged.get(key);
        long high = sent.get(key);
        if (number < low) {
            return "key " + key + ": read " + number + " but " + low + " was acknowledged: a write is lost";
        }
        return number > high ? "key " + key + ": read " + number + " but only " + high + " were sent" : null;
    }

    /** What was read is the state now: writes of the crashed life that had no answer did or did not happen. */
    void settle(int key, long number) {
        acknowledged.set(key, number);
        sent.set(key, number);
    }

    long acknowledgedCount() {
        long sum = 0;
        for (int i = 0; i < acknowledged.length(); i++) {
            sum += acknowledged.get(i);
        }
        return sum;
    }
}
