package io.stele.client;

import java.util.List;

/** One operation of a transaction. */
public sealed interface Op {
    /** See {@link KvClient#put}. */
    record Put(Bytes key, Bytes value, PutOptions options) implements Op {}

    /** See {@link KvClient#get}. */
    record Get(Bytes key, GetOptions options) implements Op {}

    /** See {@link KvClient#delete}. */
    record Delete(Bytes key, DeleteOptions options) implements Op {}

    /** A transaction within a transaction; its conditions are judged before the outer one does anything. */
    record Txn(List<Compare> compares, List<Op> success, List<Op> failure) implements Op {
        public Txn {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }
    }

    static Op put(Bytes key, Bytes value) {
        return new Put(key, value, PutOptions.DEFAULT);
    }

    static Op put(Bytes key, Bytes value, PutOptions options) {
        return new Put(key, value, options);
    }

    static Op get(Bytes key) {
        return new Get(key, GetOptions.DEFAULT);
    }

    static Op get(Bytes key, GetOptions options) {
        return new Get(key, options);
    }

    static Op delete(Bytes key) {
        return new Delete(key, DeleteOptions.DEFAULT);
    }

    static Op delete(Bytes key, DeleteOptions options) {
        return new Delete(key, options);
    }

    static Op txn(List<Compare> compares, List<Op> success, List<Op> failure) {
        return new Txn(compares, success, failure);
    }
}
