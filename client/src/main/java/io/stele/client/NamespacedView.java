package io.stele.client;

import java.util.ArrayList;
import java.util.List;

/** The keys with a prefix, of another view. */
final class NamespacedView implements ClientView {
    private final ClientView whole;
    private final Namespace namespace;
    private final KvClient kv;
    private final LeaseClient lease;

    NamespacedView(ClientView whole, Namespace namespace) {
        this.whole = whole;
        this.namespace = namespace;
        kv = new NamespacedKv(whole.kv(), namespace);
        lease = new NamespacedLease(whole.lease(), namespace);
    }

    @Override
    public KvClient kv() {
        return kv;
    }

    @Override
    public LeaseClient lease() {
        return lease;
    }

    @Override
    public Watch watch(Bytes key, WatchOptions options, WatchListener listener) {
        return whole.watch(namespace.key(key, options.range()), namespace.options(options), new WatchListener() {
            @Override
            public void onEvents(WatchEvents events) {
                listener.onEvents(without(events));
            }

            @Override
            public void onCreated(long revision) {
                listener.onCreated(revision);
            }

            @Override
            public void onProgress(Header upTo) {
                listener.onProgress(upTo);
            }

            @Override
            public void onEnd(WatchEnd end) {
                listener.onEnd(end);
            }
        });
    }

    private WatchEvents without(WatchEvents events) {
        List<WatchEvent> inner = new ArrayList<>(events.events().size());
        for (WatchEvent event : events.events()) {
            inner.add(new WatchEvent(
                    event.isDelete(), namespace.without(event.pair()), namespace.without(event.previous())));
        }
        return new WatchEvents(events.header(), inner, events.isFragment());
    }
}
