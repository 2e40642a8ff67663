package io.stele.simulator.model;

import io.stele.simulator.check.Change;

/**
 * One version of a key.
 *
 * @param number puts since the key's creation; 0 for a deletion
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record Version(long main, long create, long number, long lease, byte[] value) {
    static final Version NOTHING = new Version(0, 0, 0, 0, new byte[0]);

    static Version deletion(long main) {
        return new Version(main, 0, 0, 0, NOTHING.value);
    }

    Change asChange(byte[] key, Change previous) {
        return new Change(main, key, create, number, lease, value, previous);
    }

    boolean isDeletion() {
        return number == 0;
    }

    Version withoutValue(boolean keepsLease) {
        return new Version(main, create, number, keepsLease ? lease : 0, NOTHING.value);
    }
}
