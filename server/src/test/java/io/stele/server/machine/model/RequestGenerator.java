package io.stele.server.machine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random requests of all kinds, from a seed: mostly sensible ones, over few keys, so that they meet. */
public final class RequestGenerator {
    private final Random random;
    private final int keyCount;
    private final int leaseCount;

    public RequestGenerator(long seed, int keyCount, int leaseCount) {
        this.random = new Random(seed);
        this.keyCount = keyCount;
        this.leaseCount = leaseCount;
    }

    /** The next request, for a key space at such a revision. */
    public Request next(long revision) {
        int kind = random.nextInt(100);
        if (kind < 30) {
            return put();
        } else if (kind < 42) {
            return delete();
        } else if (kind < 67) {
            return range(revision);
        } else if (kind < 90) {
            return txn(revision, 1 + random.nextInt(3));
        } else if (kind < 93) {
            return new Request.Compact(revision - 40 + random.nextInt(42));
        } else if (kind < 97) {
            return new Request.LeaseGrant(1 + random.nextInt(leaseCount), random.nextInt(100));
        }
        return new Request.LeaseRevoke(1 + random.nextInt(leaseCount));
    }

    private Request.Put put() {
        boolean ignoreValue = oneIn(12);
        boolean ignoreLease = oneIn(12);
        String value = ignoreValue && !oneIn(10) ? "" : value();
        long lease = oneIn(3) && !(ignoreLease && !oneIn(10)) ? 1 + random.nextInt(leaseCount) : 0;
        return new Request.Put(oneIn(200) ? "" : key(), value, lease, oneIn(3), ignoreValue, ignoreLease);
    }

    private Request.DeleteRange delete() {
        boolean range = oneIn(3);
        return new Request.DeleteRange(key(), range ? end() : "", oneIn(3));
    }

    private Request.Range range(long revision) {
        long at = oneIn(3) ? revision - 30 + random.nextInt(32) : 0;
        boolean filtered = oneIn(6);
        return new Request.Range(
                oneIn(5) ? "\0" : key(),
                oneIn(4) ? "" : end(),
                at,
                oneIn(2) ? random.nextInt(8) - 1 : 0,
                filtered && oneIn(2) ? revision - random.nextInt(50) : 0,
                filtered && oneIn(2) ? revision - random.nextInt(50) : 0,
                filtered && oneIn(2) ? revision - random.nextInt(80) : 0,
                filtered && oneIn(2) ? revision - random.nextInt(80) : 0,
                oneIn(3) ? random.nextInt(oneIn(50) ? 5 : 3) : 0,
                oneIn(3) ? random.nextInt(oneIn(50) ? 7 : 5) : 0,
                oneIn(5),
                oneIn(8),
                oneIn(2));
    }

    private Request.Txn txn(long revision, int depth) {
        List<Request.Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            compares.add(compare(revision));
        }
        return new Request.Txn(compares, operations(revision, depth), operations(revision, depth));
    }

    private List<Request.Operation> operations(long revision, int depth) {
        List<Request.Operation> operations = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            int kind = random.nextInt(20);
            if (kind < 8) {
                operations.add(put());
            } else if (kind < 11) {
                operations.add(delete());
            } else if (kind < 15 || depth == 0) {
                operations.add(range(revision));
            } else if (oneIn(100)) {
                operations.add(new Request.None());
            } else {
                operations.add(txn(revision, depth - 1));
            }
        }
        return operations;
    }

    private Request.Compare compare(long revision) {
        int target = random.nextInt(oneIn(30) ? 7 : 5);
        long number = switch (target) {
            case 0 -> random.nextInt(4);
            case 1, 2 -> oneIn(3) ? 0 : revision - random.nextInt(40);
            default -> random.nextInt(leaseCount + 1);
        };
        return new Request.Compare(
                key(), oneIn(4) ? end() : "", target, random.nextInt(oneIn(30) ? 6 : 4), number, value());
    }

    private String key() {
        int id = random.nextInt(keyCount);
        // Zero bytes and prefixes of each other: what an escape gets wrong first.
        return switch (id % 5) {
            case 0 -> "k" + (char) ('a' + id / 5 % 26);
            case 1 -> "k" + (char) ('a' + id / 5 % 26) + "\0";
            case 2 -> "k" + (char) ('a' + id / 5 % 26) + "\0\1";
            case 3 -> "k" + (char) ('a' + id / 5 % 26) + "\u00ff" + id;
            default -> "k" + id;
        };
    }

    private String end() {
        return oneIn(3) ? "\0" : oneIn(3) ? "l" : key();
    }

    private String value() {
        int length = oneIn(50) ? 5000 : random.nextInt(6);
        return String.valueOf((char) ('0' + random.nextInt(4))).repeat(length);
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}
