package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.MutableDirectBuffer;

/**
 * What the state machine knows of itself, in the page store's stamp: saved with the trees or not at all, so that the
 * applied index, the revision and the data never tell different stories.
 *
 * <pre>
 *   little endian
 *   0               8               16              24              32              40
 *   +---------------+---------------+---------------+---------------+---------------+
 *   | format        | appliedIndex  | appliedTerm   | revision      | compactRev    |
 *   +---------------+---------------+---------------+---------------+---------------+
 *   | digestLow     | digestHigh    | sweptMain     | sweptSub  int | sweptTarget   | leaseCount |
 *   +---------------+---------------+---------------+---------------+---------------+------------+
 *   40              48              56              64              72              80           88
 *   | installedIndex|
 *   +---------------+
 *   88              96
 * </pre>
 *
 * <p>installedIndex: the applied index at which this state came from another member, as a whole; 0 if it did not.
 */
final class Stamp {
    private static final long FORMAT = 0x0002_454C_4554_5353L;
    private static final int FORMAT_AT = 0;
    private static final int APPLIED_INDEX = 8;
    private static final int APPLIED_TERM = 16;
    private static final int REVISION = 24;
    private static final int COMPACT_REVISION = 32;
    private static final int DIGEST_LOW = 40;
    private static final int DIGEST_HIGH = 48;
    private static final int SWEPT_MAIN = 56;
    private static final int SWEPT_SUB = 64;
    private static final int SWEPT_TARGET = 72;
    private static final int LEASE_COUNT = 80;
    private static final int INSTALLED_INDEX = 88;

    private static final long FIRST_REVISION = 1;
    private static final long NEVER_COMPACTED = -1;

    private final MutableDirectBuffer buffer;

    /** Takes up the stamp of a store; an empty one becomes that of an empty key space. */
    Stamp(MutableDirectBuffer buffer) {
        this.buffer = buffer;
        long format = at(FORMAT_AT);
        if (format == 0) {
            put(FORMAT_AT, FORMAT);
            put(REVISION, FIRST_REVISION);
            put(COMPACT_REVISION, NEVER_COMPACTED);
            put(SWEPT_TARGET, NEVER_COMPACTED);
        } else if (format != FORMAT) {
            throw new IllegalStateException("data of an unknown format: " + Long.toHexString(format));
        }
    }

    long appliedIndex() {
        return at(APPLIED_INDEX);
    }

    long appliedTerm() {
        return at(APPLIED_TERM);
    }

    void applied(long logIndex, long term) {
        put(APPLIED_INDEX, logIndex);
        put(APPLIED_TERM, term);
    }

    long revision() {
        return at(REVISION);
    }

    void revision(long revision) {
        put(REVISION, revision);
    }

    long compactRevision() {
        return at(COMPACT_REVISION);
    }

    void compactRevision(long revision) {
        put(COMPACT_REVISION, revision);
    }

    long digestLow() {
        return at(DIGEST_LOW);
    }

    long digestHigh() {
        return at(DIGEST_HIGH);
    }

    void digest(long low, long high) {
        put(DIGEST_LOW, low);
        put(DIGEST_HIGH, high);
    }

    long sweptMain() {
        return at(SWEPT_MAIN);
    }

    int sweptSub() {
        return (int) at(SWEPT_SUB);
    }

    void swept(long main, int sub) {
        put(SWEPT_MAIN, main);
        put(SWEPT_SUB, sub);
    }

    long sweptTarget() {
        return at(SWEPT_TARGET);
    }

    void sweptTarget(long revision) {
        put(SWEPT_TARGET, revision);
    }

    long leaseCount() {
        return at(LEASE_COUNT);
    }

    void leaseCount(long count) {
        put(LEASE_COUNT, count);
    }

    long installedIndex() {
        return at(INSTALLED_INDEX);
    }

    void installed() {
        put(INSTALLED_INDEX, appliedIndex());
    }

    private long at(int offset) {
        return buffer.getLong(offset, LITTLE_ENDIAN);
    }

    private void put(int offset, long value) {
        buffer.putLong(offset, value, LITTLE_ENDIAN);
    }
}
