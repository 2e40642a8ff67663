package io.stele.client;

import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;

/**
 * A condition of a transaction: {@code Compare.version(key, CompareResult.EQUAL, 0)} holds if the key does not exist.
 */
public record Compare(Bytes key, Bytes end, CompareTarget target, CompareResult result, long number, Bytes value) {

    public static Compare version(Bytes key, CompareResult result, long version) {
        return new Compare(key, Bytes.EMPTY, CompareTarget.VERSION, result, version, Bytes.EMPTY);
    }

    public static Compare createRevision(Bytes key, CompareResult result, long revision) {
        return new Compare(key, Bytes.EMPTY, CompareTarget.CREATE, result, revision, Bytes.EMPTY);
    }

    public static Compare modRevision(Bytes key, CompareResult result, long revision) {
        return new Compare(key, Bytes.EMPTY, CompareTarget.MOD, result, revision, Bytes.EMPTY);
    }

    /** Never holds for a key that does not exist. */
    public static Compare value(Bytes key, CompareResult result, Bytes value) {
        return new Compare(key, Bytes.EMPTY, CompareTarget.VALUE, result, 0, value);
    }

    public static Compare lease(Bytes key, CompareResult result, long leaseId) {
        return new Compare(key, Bytes.EMPTY, CompareTarget.LEASE, result, leaseId, Bytes.EMPTY);
    }

    /** The same for every key from this one up to, and without, an end. */
    public Compare withRange(Bytes rangeEnd) {
        return new Compare(key, rangeEnd, target, result, number, value);
    }

    /** The same for every key that starts with this one. */
    public Compare withPrefix() {
        return new Compare(KeyRange.PREFIX.start(key), key.prefixEnd(), target, result, number, value);
    }
}
