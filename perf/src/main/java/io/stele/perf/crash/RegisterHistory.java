package io.stele.perf.crash;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The history of one key that one writer sets to 1, 2, 3, ..., each after the one before was acknowledged, while others
 * read it. Such a register is linearizable if and only if every read gives a number that is not below what was
 * acknowledged or read before it began, and not above what had been sent when it ended. And since every write was done
 * once, the key's version is its number.
 */
final class RegisterHistory {
    private final AtomicLong sent = new AtomicLong();

    /** The highest number that was acknowledged, or read by somebody. */
    private final AtomicLong floor = new AtomicLong();

    /** The number to write. */
    long onSend() {
        return sent.incrementAndGet();
    }

    void onAcknowledged(long number) {
        floor.accumulateAndGet(number, Math::max);
    }

    /** What a read that begins now has to know in the end. */
    long onRead() {
        return floor.get();
    }

    /** What is wrong with what a read has given; null if nothing is. */
    String check(String key, long floorBefore, long number, long version) {
        long limit = sent.get();
        floor.accumulateAndGet(number, Math::max);
        if (number < floorBefore) {
            return key + ": read " + number + " after " + floorBefore + " was acknowledged or read: lost or stale";
        }
        if (number > limit) {
            return key + ": read " + number + " but only " + limit + " were sent";
        }
        return version == number
                ? null
                : key + ": " + number + " was written as version " + version + ": not once each";
    }

    long acknowledged() {
        return floor.get();
    }
}
