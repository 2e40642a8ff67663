package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.DeleteOptions;
import io.stele.client.GetOptions;
import io.stele.client.KeyValue;
import io.stele.client.Op;
import io.stele.client.SteleException;
import io.stele.client.TxnResult;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Software transactional memory: a function reads and writes keys as if it were alone. What it writes is kept back and
 * done in one transaction, if nothing that it rests on has changed meanwhile; else the function runs again.
 */
public final class Stm {
    /** What a function may see of others. */
    public enum Isolation {
        /** One moment; and what is written was not written by others since. */
        SERIALIZABLE_SNAPSHOT,
        /** One moment. */
        SERIALIZABLE,
        /** What was read once stays, but each key may be of another moment. */
        REPEATABLE_READS,
        /** Anything that was committed. */
        READ_COMMITTED
    }

    private final ClientView client;
    private final Isolation isolation;
    private final TreeMap<Bytes, KeyValue> read = new TreeMap<>();
    private final Map<Bytes, Long> readRevisions = new HashMap<>();
    private final TreeMap<Bytes, Op> written = new TreeMap<>();
    private final Map<Bytes, Bytes> values = new HashMap<>();
    private long snapshot;

    private Stm(ClientView client, Isolation isolation) {
        this.client = client;
        this.isolation = isolation;
    }

    /** Runs the function until it is committed, on the calling thread, and returns what it returned last. */
    public static <T> T run(ClientView client, Isolation isolation, Function<Stm, T> function) {
        while (true) {
            Stm stm = new Stm(client, isolation);
            try {
                T result = function.apply(stm);
                if (stm.commit()) {
                    return result;
                }
            } catch (SteleException e) {
                if (e.code() != ErrorCode.OUT_OF_RANGE) { // the moment that it looked at is compacted
                    throw e;
                }
            }
        }
    }

    /** Likewise, with {@link Isolation#SERIALIZABLE_SNAPSHOT}. */
    public static <T> T run(ClientView client, Function<Stm, T> function) {
        return run(client, Isolation.SERIALIZABLE_SNAPSHOT, function);
    }

    /** The value of a key, null if there is none. */
    public Bytes get(Bytes key) {
        if (written.containsKey(key)) {
            return values.get(key);
        }
        KeyValue pair = fetch(key);
        return pair == null ? null : pair.value();
    }

    public void put(Bytes key, Bytes value) {
        written.put(key, Op.put(key, value));
        values.put(key, value);
    }

    public void delete(Bytes key) {
        written.put(key, Op.delete(key, DeleteOptions.DEFAULT));
        values.put(key, null);
    }

    private KeyValue fetch(Bytes key) {
        if (isolation != Isolation.READ_COMMITTED && readRevisions.containsKey(key)) {
            return read.get(key);
        }
        boolean isOneMoment = isolation == Isolation.SERIALIZABLE || isolation == Isolation.SERIALIZABLE_SNAPSHOT;
        GetOptions options = isOneMoment ? GetOptions.DEFAULT.withRevision(snapshot) : GetOptions.DEFAULT;
        var found = await(client.kv().get(key, options));
        KeyValue pair = found.first();
        snapshot = snapshot == 0 ? found.header().revision() : snapshot;
        read.put(key, pair);
        readRevisions.put(key, pair == null ? 0 : pair.modRevision());
        return pair;
    }

    private boolean commit() {
        List<Compare> compares = new ArrayList<>();
        if (isolation != Isolation.READ_COMMITTED) {
            readRevisions.forEach(
                    (key, revision) -> compares.add(Compare.modRevision(key, CompareResult.EQUAL, revision)));
        }
        if (isolation == Isolation.SERIALIZABLE_SNAPSHOT && snapshot != 0) {
            for (Bytes key : written.keySet()) {
                compares.add(Compare.modRevision(key, CompareResult.LESS, snapshot + 1));
            }
        }
        if (written.isEmpty() && (compares.size() <= 1 || isolation != Isolation.REPEATABLE_READS)) {
            return true; // what was read was so at one moment
        }
        TxnResult result = await(client.kv().commit(new Op.Txn(compares, List.copyOf(written.values()), List.of())));
        return result.succeeded();
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SteleException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
