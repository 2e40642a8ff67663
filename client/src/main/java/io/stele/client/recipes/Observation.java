package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.KeyValue;
import io.stele.client.Watch;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvent;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Follows an election: reads the candidates once and then keeps them up to date, so that every leader and everything
 * that one has said is seen, in order.
 */
public final class Observation implements AutoCloseable, WatchListener {
    private final ClientView client;
    private final Bytes prefix;
    private final Consumer<KeyValue> listener;

    /** Candidates by the revision that created them: the first one leads. */
    private final TreeMap<Long, KeyValue> candidates = new TreeMap<>();

    private KeyValue seen;
    private Watch watch;
    private boolean isClosed;

    Observation(ClientView client, Bytes prefix, Consumer<KeyValue> listener) {
        this.client = client;
        this.prefix = prefix;
        this.listener = listener;
        read();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure is answered by reading again
    private void read() {
        client.kv().get(prefix, GetOptions.DEFAULT.withPrefix()).whenComplete((found, failure) -> {
            if (found != null) {
                begin(found);
            } else if (!isClosed()) {
                read();
            }
        });
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    private synchronized void begin(GetResult found) {
        if (isClosed) {
            return;
        }
        candidates.clear();
        found.pairs().forEach(pair -> candidates.put(pair.createRevision(), pair));
        tell();
        WatchOptions options = WatchOptions.DEFAULT
                .withPrefix()
                .withStartRevision(found.header().revision() + 1);
        watch = client.watch(prefix, options, this);
    }

    @Override
    public synchronized void onEvents(WatchEvents events) {
        for (WatchEvent event : events.events()) {
            KeyValue pair = event.pair();
            if (event.isDelete()) {
                candidates.values().removeIf(candidate -> candidate.key().equals(pair.key()));
            } else {
                candidates.put(pair.createRevision(), pair);
            }
            tell();
        }
    }

    @Override
    public void onEnd(WatchEnd end) {
        if (end.cause() == WatchEnd.Cause.COMPACTED) {
            read();
        }
    }

    private void tell() {
        KeyValue leader = candidates.isEmpty() ? null : candidates.firstEntry().getValue();
        boolean isNews = leader != null && (seen == null || leader.modRevision() != seen.modRevision());
        if (isNews && !isClosed) {
            seen = leader;
            listener.accept(leader);
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (watch != null) {
            watch.close();
        }
    }
}
