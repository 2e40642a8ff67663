package io.stele.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts a prefix before keys on their way out and takes it off on their way back. A range without an end ends with the
 * prefix, so that nothing outside is ever meant.
 */
record Namespace(Bytes prefix) {
    /** An empty key is refused where the server would see the prefix and take it for the key. */
    Bytes key(Bytes key, KeyRange range) {
        if (key.isEmpty() && (range == KeyRange.ONE || range == KeyRange.UNTIL)) {
            throw new IllegalArgumentException("a key must not be empty");
        }
        return prefix.plus(key);
    }

    /** The end of a range; one zero byte, which means no end, is that of all keys with the prefix. */
    private Bytes end(Bytes end) {
        return end.equals(Bytes.ZERO) ? prefix.prefixEnd() : prefix.plus(end);
    }

    GetOptions options(GetOptions options) {
        return switch (options.range()) {
            case ONE, PREFIX -> options; // a prefix's end follows from the key
            case FROM -> options.withRange(prefix.prefixEnd());
            case UNTIL -> options.withRange(end(options.end(Bytes.EMPTY)));
        };
    }

    DeleteOptions options(DeleteOptions options) {
        return switch (options.range()) {
            case ONE, PREFIX -> options;
            case FROM -> options.withRange(prefix.prefixEnd());
            case UNTIL -> options.withRange(end(options.end(Bytes.EMPTY)));
        };
    }

    WatchOptions options(WatchOptions options) {
        return switch (options.range()) {
            case ONE, PREFIX -> options;
            case FROM -> options.withRange(prefix.prefixEnd());
            case UNTIL -> options.withRange(end(options.end(Bytes.EMPTY)));
        };
    }

    Compare compare(Compare compare) {
        Bytes end = compare.end().isEmpty() ? Bytes.EMPTY : end(compare.end());
        return new Compare(
                key(compare.key(), KeyRange.ONE),
                end,
                compare.target(),
                compare.result(),
                compare.number(),
                compare.value());
    }

    Op.Txn txn(Op.Txn txn) {
        List<Compare> compares = new ArrayList<>();
        txn.compares().forEach(compare -> compares.add(compare(compare)));
        return new Op.Txn(compares, ops(txn.success()), ops(txn.failure()));
    }

    private List<Op> ops(List<Op> ops) {
        List<Op> outer = new ArrayList<>();
        ops.forEach(op -> outer.add(op(op)));
        return outer;
    }

    private Op op(Op op) {
        if (op instanceof Op.Put put) {
            return new Op.Put(key(put.key(), KeyRange.ONE), put.value(), put.options());
        }
        if (op instanceof Op.Get get) {
            return new Op.Get(key(get.key(), get.options().range()), options(get.options()));
        }
        if (op instanceof Op.Delete delete) {
            return new Op.Delete(key(delete.key(), delete.options().range()), options(delete.options()));
        }
        return txn((Op.Txn) op);
    }

    /** Null for null. */
    KeyValue without(KeyValue pair) {
        return pair == null
                ? null
                : new KeyValue(
                        pair.key().from(prefix.length()),
                        pair.value(),
                        pair.createRevision(),
                        pair.modRevision(),
                        pair.version(),
                        pair.lease());
    }

    private List<KeyValue> without(List<KeyValue> pairs) {
        List<KeyValue> inner = new ArrayList<>(pairs.size());
        pairs.forEach(pair -> inner.add(without(pair)));
        return inner;
    }

    PutResult without(PutResult result) {
        return new PutResult(result.header(), without(result.previous()));
    }

    GetResult without(GetResult result) {
        return new GetResult(result.header(), without(result.pairs()), result.count(), result.more());
    }

    DeleteResult without(DeleteResult result) {
        return new DeleteResult(result.header(), result.deleted(), without(result.previous()));
    }

    TxnResult without(TxnResult result) {
        List<OpResult> inner = new ArrayList<>();
        result.results().forEach(part -> inner.add(withoutPart(part)));
        return new TxnResult(result.header(), result.succeeded(), inner);
    }

    private OpResult withoutPart(OpResult part) {
        if (part instanceof PutResult put) {
            return without(put);
        }
        if (part instanceof GetResult get) {
            return without(get);
        }
        if (part instanceof DeleteResult delete) {
            return without(delete);
        }
        return without((TxnResult) part);
    }
}
