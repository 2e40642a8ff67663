package io.stele.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A transaction being put together: if all {@code when} hold then do {@code then}, otherwise {@code otherwise}. */
public final class Txn {
    private final KvClient kv;
    private final List<Compare> compares = new ArrayList<>();
    private final List<Op> success = new ArrayList<>();
    private final List<Op> failure = new ArrayList<>();

    Txn(KvClient kv) {
        this.kv = kv;
    }

    public Txn when(Compare... conditions) {
        compares.addAll(List.of(conditions));
        return this;
    }

    public Txn then(Op... operations) {
        success.addAll(List.of(operations));
        return this;
    }

    public Txn otherwise(Op... operations) {
        failure.addAll(List.of(operations));
        return this;
    }

    public CompletableFuture<TxnResult> commit() {
        return kv.commit(new Op.Txn(compares, success, failure));
    }
}
