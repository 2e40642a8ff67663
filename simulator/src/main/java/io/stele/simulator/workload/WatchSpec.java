package io.stele.simulator.workload;

import io.stele.simulator.check.Change;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What one watch is for.
 *
 * @param key the first key; empty is the first there can be
 * @param end first key beyond; empty: only the one key; a zero byte: no end
 * @param start first revision; 0: the next one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record WatchSpec(
        byte[] key,
        byte[] end,
        long start,
        boolean previous,
        boolean progressNotify,
        boolean noPut,
        boolean noDelete,
        boolean requireLeader) {
    private static final byte[] FIRST_KEY = {0};
    private static final byte[] NO_END = {0};

    /** Any watch of the keys that a workload uses, from about any revision. */
    public static WatchSpec draw(SplittableRandom random, int keyCount, long revision, long compactRevision) {
        byte[] key = Workload.key(random.nextInt(keyCount));
        byte[] end = RequestWriter.NO_BYTES;
        switch (random.nextInt(9)) {
            case 0 -> end = NO_END;
            case 1 -> end = beyond(key);
            case 2 -> end = Workload.key(random.nextInt(keyCount));
            case 3, 4, 5 -> {
                key = random.nextBoolean() ? FIRST_KEY : RequestWriter.NO_BYTES;
                end = NO_END;
            }
            default -> {
                // the one key
            }
        }
        return new WatchSpec(
                key,
                end,
                start(random, revision, compactRevision),
                random.nextInt(3) == 0,
                random.nextBoolean(),
                random.nextInt(8) == 0,
                random.nextInt(8) == 0,
                random.nextInt(4) == 0);
    }

    private static byte[] beyond(byte[] prefix) {
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    private static long start(SplittableRandom random, long revision, long compactRevision) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> 0;
            case 2 -> 1;
            case 3 -> revision - random.nextInt(1 + (int) Math.min(revision, 30));
            case 4 -> compactRevision + random.nextInt(3) - 1;
            case 5 -> compactRevision;
            case 6 -> revision + 1 + random.nextInt(3);
            default -> revision + random.nextInt(40);
        };
    }

    private byte[] firstKey() {
        return key.length == 0 ? FIRST_KEY : key;
    }

    /** Whether no watch can come of it: what the answer to it must say; null if there is nothing against it. */
    public String refusal() {
        if (start < 0) {
            return "etcdserver: mvcc: required revision has been compacted";
        }
        boolean isRange = end.length > 0 && !Arrays.equals(end, NO_END);
        return isRange && Arrays.compareUnsigned(firstKey(), end) >= 0 ? "mvcc: watcher range is empty" : null;
    }

    /** Whether a change is one of those that are watched, whatever its revision. */
    public boolean wants(Change change) {
        return matches(change.key()) && (change.isDeletion() ? !noDelete : !noPut);
    }

    public boolean matches(byte[] other) {
        if (end.length == 0) {
            return Arrays.equals(firstKey(), other);
        }
        return Arrays.compareUnsigned(firstKey(), other) <= 0
                && (Arrays.equals(end, NO_END) || Arrays.compareUnsigned(other, end) < 0);
    }

    /** A key, for people. */
    public static String nameOf(byte[] key) {
        return Workload.name(key);
    }

    @Override
    public String toString() {
        return Workload.name(firstKey())
                + (end.length == 0 ? "" : " to " + Workload.name(end))
                + (previous ? " with previous" : "")
                + (progressNotify ? " with progress" : "")
                + (noPut ? " without puts" : "")
                + (noDelete ? " without deletions" : "")
                + (requireLeader ? " with leader" : "");
    }
}
