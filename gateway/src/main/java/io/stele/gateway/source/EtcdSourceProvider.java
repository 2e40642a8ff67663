package io.stele.gateway.source;

import io.stele.transport.source.KeySource;
import io.stele.transport.source.KeySourceProvider;

/** Reads from whatever speaks etcd's v3 API. */
public final class EtcdSourceProvider implements KeySourceProvider {
    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public KeySource open(String endpoint, String user, long revision) {
        return EtcdSource.open(endpoint, user, revision);
    }
}
