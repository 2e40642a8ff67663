package io.stele.client;

/** A key space to work with: a client's, or a part of it. Recipes work in any. */
public interface ClientView {
    KvClient kv();

    LeaseClient lease();

    Watch watch(Bytes key, WatchOptions options, WatchListener listener);

    /** The keys that start with a prefix, seen without it. Leases are common to all. */
    default ClientView namespace(Bytes prefix) {
        return prefix.isEmpty() ? this : new NamespacedView(this, new Namespace(prefix));
    }
}
