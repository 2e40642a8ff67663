package io.stele.client;

import io.stele.transport.MessageSequence;
import io.stele.transport.TimingsFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;

/** The key space. Failures are {@link SteleException}s in the futures. */
public sealed class KvClient permits NamespacedKv {
    private final SteleClient client;
    private final boolean timed;

    KvClient(SteleClient client) {
        this(client, false);
    }

    private KvClient(SteleClient client, boolean timed) {
        this.client = client;
        this.timed = timed;
    }

    /** The same, asking with each request where its time went: the answer is in the result's header. */
    public KvClient timed() {
        return new KvClient(client, true);
    }

    private byte[] encoded(Op op) {
        byte[] request = client.writer().request(op);
        if (timed) {
            TimingsFlag.set(new UnsafeBuffer(request), 0);
        }
        return request;
    }

    /** Another view of the same. */
    KvClient(KvClient other) {
        this(other.client, other.timed);
    }

    public CompletableFuture<PutResult> put(String key, String value) {
        return put(Bytes.of(key), Bytes.of(value), PutOptions.DEFAULT);
    }

    public CompletableFuture<PutResult> put(Bytes key, Bytes value) {
        return put(key, value, PutOptions.DEFAULT);
    }

    public CompletableFuture<PutResult> put(Bytes key, Bytes value, PutOptions options) {
        byte[] request = encoded(new Op.Put(key, value, options));
        return client.start(new Call<PutResult>(client, request, true) {
            @Override
            PutResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.put(reply);
            }
        });
    }

    public CompletableFuture<GetResult> get(String key) {
        return get(Bytes.of(key), GetOptions.DEFAULT);
    }

    public CompletableFuture<GetResult> get(Bytes key) {
        return get(key, GetOptions.DEFAULT);
    }

    /** All pairs at once, in memory; see {@link #stream} for the other way. */
    public CompletableFuture<GetResult> get(Bytes key, GetOptions options) {
        byte[] request = encoded(new Op.Get(key, options));
        return client.start(new Call<GetResult>(client, request, false) {
            private List<KeyValue> pairs;

            @Override
            void chunk(ReplyReader reader, MessageSequence reply) {
                if (pairs == null) {
                    pairs = new ArrayList<>();
                }
                reader.chunk(reply, pairs);
            }

            @Override
            boolean restart() {
                pairs = null;
                return super.restart();
            }

            @Override
            GetResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.get(reply, pairs);
            }
        });
    }

    /** Pair by pair, as they arrive, all at one revision. Not tried again once a pair was delivered. */
    public CompletableFuture<StreamResult> stream(Bytes key, GetOptions options, KeyValueHandler handler) {
        byte[] request = encoded(new Op.Get(key, options));
        return client.start(new Call<StreamResult>(client, request, false) {
            private boolean isStarted;

            @Override
            void chunk(ReplyReader reader, MessageSequence reply) {
                isStarted = true;
                reader.stream(reply, handler);
            }

            @Override
            boolean restart() {
                return !isStarted && super.restart();
            }

            @Override
            StreamResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.stream(reply, handler);
            }
        });
    }

    public CompletableFuture<DeleteResult> delete(String key) {
        return delete(Bytes.of(key), DeleteOptions.DEFAULT);
    }

    public CompletableFuture<DeleteResult> delete(Bytes key) {
        return delete(key, DeleteOptions.DEFAULT);
    }

    public CompletableFuture<DeleteResult> delete(Bytes key, DeleteOptions options) {
        byte[] request = encoded(new Op.Delete(key, options));
        return client.start(new Call<DeleteResult>(client, request, true) {
            @Override
            DeleteResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.delete(reply);
            }
        });
    }

    /** Starts to put a transaction together. */
    public Txn txn() {
        return new Txn(this);
    }

    /** Does a transaction that is put together already. */
    public CompletableFuture<TxnResult> commit(Op.Txn txn) {
        byte[] request = encoded(txn);
        return client.start(new Call<TxnResult>(client, request, !isReadOnly(txn)) {
            @Override
            TxnResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.txn(reply);
            }
        });
    }

    private static boolean isReadOnly(Op.Txn txn) {
        return areGets(txn.success()) && areGets(txn.failure());
    }

    private static boolean areGets(List<Op> ops) {
        for (Op op : ops) {
            if (!(op instanceof Op.Get)) {
                return false;
            }
        }
        return true;
    }

    /** Gives up the history before this revision. {@code physical}: answers when the space was freed. */
    public CompletableFuture<CompactResult> compact(long revision, boolean physical) {
        byte[] request = client.writer().compact(revision, physical);
        return client.start(new Call<CompactResult>(client, request, true) {
            @Override
            CompactResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.compact(reply);
            }
        });
    }
}
