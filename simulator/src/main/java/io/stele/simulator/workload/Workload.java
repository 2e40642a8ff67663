package io.stele.simulator.workload;

import io.stele.simulator.workload.WorkloadOptions.Kind;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes requests, each from a stream of its own, so that a request depends on its number and on the newest revision
 * known, and on nothing else.
 */
public final class Workload {
    private static final byte[] NO_END = {0};
    private static final int TXN_PARTS_MAX = 4;
    private static final int TXN_DEPTH = 3;
    private static final long MISSING_LEASE = 987_654_321L;

    private final WorkloadOptions options;
    private final RequestWriter writer = new RequestWriter();
    private SplittableRandom random;
    private long revision;
    private StringBuilder text;

    public Workload(WorkloadOptions options) {
        this.options = options;
    }

    /** A request; {@code newestRevision} is the newest that the client may know. */
    public Call next(long correlationId, SplittableRandom stream, long newestRevision) {
        random = stream;
        revision = newestRevision;
        text = new StringBuilder();
        Kind kind = kind();
        write(kind, correlationId);
        return new Call(correlationId, writer.take(), text.toString());
    }

    private Kind kind() {
        int at = random.nextInt(Math.max(1, options.weightSum()));
        for (Kind kind : Kind.values()) {
            at -= options.weight(kind);
            if (at < 0) {
                return kind;
            }
        }
        return Kind.PUT;
    }

    private void write(Kind kind, long correlationId) {
        switch (kind) {
            case PUT -> put(correlationId, key());
            case GET -> get(correlationId);
            case RANGE -> range(correlationId);
            case DELETE -> delete(correlationId, random.nextInt(4) == 0);
            case TXN -> txn(correlationId, 1);
            case COMPACT -> compact(correlationId);
            case LEASE -> lease(correlationId);
            case STATUS -> {
                text.append("status");
                writer.status(correlationId);
            }
            case ILL_FORMED -> illFormed(correlationId);
        }
    }

    private void put(long correlationId, byte[] key) {
        int choice = random.nextInt(16);
        long lease = options.weight(Kind.LEASE) > 0 && random.nextInt(3) == 0 ? leaseId() : 0;
        int flags = random.nextInt(4) == 0 ? RequestWriter.PREVIOUS : 0;
        if (choice == 0) {
            say("put", key, "keeping its value");
            writer.put(correlationId, key, RequestWriter.NO_BYTES, lease, flags | RequestWriter.IGNORE_VALUE);
        } else if (choice == 1) {
            say("put", key, "keeping its lease");
            writer.put(correlationId, key, value(), 0, flags | RequestWriter.IGNORE_LEASE);
        } else {
            byte[] value = value();
            say("put", key, value.length + " B" + (lease == 0 ? "" : " lease " + lease));
            writer.put(correlationId, key, value, lease, flags);
        }
    }

    private void get(long correlationId) {
        RangeShape shape = new RangeShape();
        if (random.nextInt(6) == 0) {
            shape.options = RequestWriter.SERIALIZABLE;
        }
        if (random.nextInt(5) == 0) {
            shape.revision = pastRevision();
        }
        byte[] key = key();
        say("get", key, shape.revision == 0 ? "" : "at revision " + shape.revision);
        writer.range(correlationId, key, RequestWriter.NO_BYTES, shape);
    }

    private void range(long correlationId) {
        byte[] from = key();
        byte[] to = rangeEnd(from);
        RangeShape shape = shape();
        say("range", from, "to " + name(to) + " revision " + shape.revision + " limit " + shape.pairLimit);
        writer.range(correlationId, from, to, shape);
    }

    private RangeShape shape() {
        RangeShape shape = new RangeShape();
        shape.options = random.nextInt(8) == 0 ? random.nextInt(8) : random.nextInt(4) == 0 ? 4 : 0;
        shape.revision = random.nextInt(3) == 0 ? pastRevision() : 0;
        shape.pairLimit = random.nextInt(3) == 0 ? random.nextInt(6) : 0;
        if (random.nextInt(4) == 0) {
            shape.order = SortOrder.get((short) random.nextInt(3));
            shape.target = SortTarget.get((short) random.nextInt(5));
        }
        if (random.nextInt(8) == 0) {
            shape.minModRevision = pastRevision();
        }
        if (random.nextInt(8) == 0) {
            shape.maxModRevision = pastRevision();
        }
        if (random.nextInt(8) == 0) {
            shape.minCreateRevision = pastRevision();
        }
        if (random.nextInt(8) == 0) {
            shape.maxCreateRevision = pastRevision();
        }
        return shape;
    }

    private void delete(long correlationId, boolean many) {
        byte[] key = key();
        byte[] end = many ? spare(rangeEnd(key)) : RequestWriter.NO_BYTES;
        say("delete", key, many ? "to " + name(end) : "");
        writer.delete(correlationId, key, end, random.nextInt(3) == 0);
    }

    private void compact(long correlationId) {
        long target = Math.max(1, revision - random.nextInt(1 + (int) Math.min(revision, 20)) + random.nextInt(3) - 1);
        text.append("compact ").append(target);
        writer.compact(correlationId, target, random.nextBoolean());
    }

    private void lease(long correlationId) {
        long id = leaseId();
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                text.append("grant lease ").append(id);
                writer.grant(correlationId, id, 1000 + random.nextInt(1000));
            }
            case 2 -> {
                text.append("revoke lease ").append(id);
                writer.revoke(correlationId, id);
            }
            case 3 -> {
                text.append("time to live of lease ").append(id);
                writer.timeToLive(correlationId, id, random.nextBoolean());
            }
            default -> {
                text.append("list leases");
                writer.leases(correlationId);
            }
        }
    }

    /** Operations of one transaction keep to keys of their own, so that most are not refused as duplicates. */
    private void txn(long correlationId, int depth) {
        int compares = random.nextInt(TXN_PARTS_MAX);
        int successes = random.nextInt(TXN_PARTS_MAX);
        int failures = random.nextInt(TXN_PARTS_MAX);
        if (depth == 1) {
            text.append("txn ")
                    .append(compares)
                    .append('/')
                    .append(successes)
                    .append('/')
                    .append(failures);
        } else {
            text.append(" with txn");
        }
        writer.txn(correlationId, compares, successes, failures);
        for (int i = 0; i < compares; i++) {
            compare();
        }
        for (int i = 0; i < successes + failures; i++) {
            operation(depth);
        }
    }

    private void operation(int depth) {
        StringBuilder outer = text;
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> {
                text = new StringBuilder();
                put(0, key());
                text = outer;
            }
            case 5, 6 -> {
                text = new StringBuilder();
                delete(0, random.nextInt(4) == 0);
                text = outer;
            }
            case 7, 8 -> {
                text = new StringBuilder();
                range(0);
                text = outer;
            }
            default -> {
                if (depth < TXN_DEPTH) {
                    txn(0, depth + 1);
                } else {
                    text = new StringBuilder();
                    put(0, key());
                    text = outer;
                }
            }
        }
    }

    private void compare() {
        byte[] key = key();
        byte[] end = random.nextInt(4) == 0 ? rangeEnd(key) : RequestWriter.NO_BYTES;
        CompareResult result = CompareResult.get((short) random.nextInt(4));
        switch (random.nextInt(5)) {
            case 0 -> writer.compare(key, end, CompareTarget.VERSION, result, random.nextInt(4));
            case 1 -> writer.compare(key, end, CompareTarget.CREATE, result, pastRevision());
            case 2 -> writer.compare(key, end, CompareTarget.MOD, result, pastRevision());
            case 3 -> writer.compare(key, end, CompareTarget.VALUE, result, 0, value());
            default -> writer.compare(key, end, CompareTarget.LEASE, result, random.nextBoolean() ? leaseId() : 0L);
        }
    }

    private void illFormed(long correlationId) {
        text.append("ill-formed: ");
        byte[] none = RequestWriter.NO_BYTES;
        switch (random.nextInt(8)) {
            case 0 -> {
                text.append("put without key");
                writer.put(correlationId, none, value(), 0, 0);
            }
            case 1 -> {
                text.append("put with a value to be ignored");
                writer.put(correlationId, key(), new byte[] {1}, 0, RequestWriter.IGNORE_VALUE);
            }
            case 2 -> {
                text.append("put with a lease to be ignored");
                writer.put(correlationId, key(), value(), 7, RequestWriter.IGNORE_LEASE);
            }
            case 3 -> {
                text.append("put to no lease");
                writer.put(correlationId, key(), value(), MISSING_LEASE, 0);
            }
            case 4 -> {
                text.append("range without key");
                writer.range(correlationId, none, none, new RangeShape());
            }
            case 5 -> {
                text.append("delete without key");
                writer.delete(correlationId, none, none, false);
            }
            case 6 -> {
                text.append("txn that puts a key twice");
                byte[] key = key();
                writer.txn(correlationId, 0, 2, 0);
                writer.put(0, key, value(), 0, 0).put(0, key, value(), 0, 0);
            }
            default -> {
                text.append("txn with an operation that is none");
                writer.txn(correlationId, 0, 1, 0).noOperation();
            }
        }
    }

    private byte[] key() {
        return key(random.nextInt(options.keyCount));
    }

    static byte[] key(int number) {
        return switch (number) {
            case 3 -> new byte[] {0};
            case 5 -> new byte[] {'k', 0, 0, (byte) 0xFF};
            case 7 -> longKey();
            default -> ("k" + String.format("%03d", number)).getBytes(StandardCharsets.US_ASCII);
        };
    }

    private static byte[] longKey() {
        byte[] key = new byte[300];
        Arrays.fill(key, (byte) 'x');
        return key;
    }

    private byte[] rangeEnd(byte[] from) {
        int choice = random.nextInt(6);
        if (choice == 0) {
            return NO_END;
        }
        if (choice == 1) {
            byte[] end = from.clone(); // the prefix
            end[end.length - 1]++;
            return end;
        }
        return key();
    }

    /** Removals leave alone what has one owner, who counts on it. */
    private byte[] spare(byte[] end) {
        byte[] spared = options.sparedFrom;
        boolean reaches = spared != null && (Arrays.equals(end, NO_END) || Arrays.compareUnsigned(end, spared) > 0);
        return reaches ? spared : end;
    }

    private byte[] value() {
        byte[] value = new byte[random.nextInt(options.valueLengthMax + 1)];
        long fill = random.nextLong();
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (fill >>> (i % 8 * 8) ^ i);
        }
        return value;
    }

    private long leaseId() {
        return 1L + random.nextInt(options.leaseCount);
    }

    private long pastRevision() {
        return Math.max(0, revision - random.nextInt(1 + (int) Math.min(revision + 2, 40)) + random.nextInt(3));
    }

    private void say(String verb, byte[] key, String rest) {
        text.append(verb).append(' ').append(name(key)).append(' ').append(rest);
    }

    /** For people. */
    static String name(byte[] key) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < Math.min(key.length, 12); i++) {
            name.append(key[i] > ' ' && key[i] < 127 ? String.valueOf((char) key[i]) : String.format("\\%02x", key[i]));
        }
        return key.length > 12 ? name + "..." : name.toString();
    }
}
