package io.stele.client;

import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;

/** The key space of one prefix. Whatever is not here is made of what is. */
final class NamespacedKv extends KvClient {
    private final KvClient whole;
    private final Namespace namespace;

    NamespacedKv(KvClient whole, Namespace namespace) {
        super(whole);
        this.whole = whole;
        this.namespace = namespace;
    }

    @Override
    public KvClient timed() {
        return new NamespacedKv(whole.timed(), namespace);
    }

    @Override
    public CompletableFuture<PutResult> put(Bytes key, Bytes value, PutOptions options) {
        return whole.put(namespace.key(key, KeyRange.ONE), value, options).thenApply(namespace::without);
    }

    @Override
    public CompletableFuture<GetResult> get(Bytes key, GetOptions options) {
        return whole.get(namespace.key(key, options.range()), namespace.options(options))
                .thenApply(namespace::without);
    }

    @Override
    public CompletableFuture<StreamResult> stream(Bytes key, GetOptions options, KeyValueHandler handler) {
        return whole.stream(
                namespace.key(key, options.range()),
                namespace.options(options),
                pair -> handler.onPair(new InnerPair(pair, namespace)));
    }

    private record InnerPair(KeyValueHandler.KeyValueView whole, Namespace namespace)
            implements KeyValueHandler.KeyValueView {
        @Override
        public DirectBuffer buffer() {
            return whole.buffer();
        }

        @Override
        public int keyOffset() {
            return whole.keyOffset() + namespace.prefix().length();
        }

        @Override
        public int keyLength() {
            return whole.keyLength() - namespace.prefix().length();
        }

        @Override
        public int valueOffset() {
            return whole.valueOffset();
        }

        @Override
        public int valueLength() {
            return whole.valueLength();
        }

        @Override
        public long createRevision() {
            return whole.createRevision();
        }

        @Override
        public long modRevision() {
            return whole.modRevision();
        }

        @Override
        public long version() {
            return whole.version();
        }

        @Override
        public long lease() {
            return whole.lease();
        }

        @Override
        public KeyValue copy() {
            return namespace.without(whole.copy());
        }
    }

    @Override
    public CompletableFuture<DeleteResult> delete(Bytes key, DeleteOptions options) {
        return whole.delete(namespace.key(key, options.range()), namespace.options(options))
                .thenApply(namespace::without);
    }

    @Override
    public CompletableFuture<TxnResult> commit(Op.Txn txn) {
        return whole.commit(namespace.txn(txn)).thenApply(namespace::without);
    }
}
