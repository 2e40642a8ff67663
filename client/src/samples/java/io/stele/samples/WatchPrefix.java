package io.stele.samples;

import io.stele.client.Bytes;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.KeyValue;
import io.stele.client.SteleClient;
import io.stele.client.Watch;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvent;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A copy of everything under a prefix that is kept up to date: read once, and watched from the next revision on, so
 * that nothing is missed between. The watch survives the loss of its connection and of the member at its other end;
 * if it was away for so long that what it has missed is compacted, the copy is read anew.
 *
 * <pre>
 *   WatchPrefix [endpoint[,endpoint...]] [prefix]     prints the copy's changes until it is interrupted
 * </pre>
 */
public final class WatchPrefix implements WatchListener, AutoCloseable {
    private final SteleClient client;
    private final Bytes prefix;
    private final PrintStream out;
    private final TreeMap<String, String> copy = new TreeMap<>();
    private Watch watch;

    public WatchPrefix(SteleClient client, Bytes prefix, PrintStream out) {
        this.client = client;
        this.prefix = prefix;
        this.out = out;
    }

    public static void main(String[] args) {
        String endpoints = args.length > 0 ? args[0] : "127.0.0.1:2379";
        Bytes prefix = Bytes.of(args.length > 1 ? args[1] : "");
        try (SteleClient client = SteleClient.connect(endpoints)) {
            new WatchPrefix(client, prefix, System.out).follow();
            new CompletableFuture<Void>().join(); // until the process is ended
        }
    }

    /** Reads, and from there on watches. */
    public synchronized void follow() {
        GetResult found =
                client.kv().get(prefix, GetOptions.DEFAULT.withPrefix()).join();
        copy.clear();
        for (KeyValue pair : found.pairs()) {
            copy.put(pair.key().utf8(), pair.value().utf8());
        }
        long revision = found.header().revision();
        out.println(copy.size() + " keys at revision " + revision);
        watch = client.watch(prefix, WatchOptions.DEFAULT.withPrefix().withStartRevision(revision + 1), this);
    }

    /** All changes of a revision come in one call. */
    @Override
    public synchronized void onEvents(WatchEvents events) {
        for (WatchEvent event : events.events()) {
            String key = event.pair().key().utf8();
            long revision = event.pair().modRevision();
            if (event.isDelete()) {
                copy.remove(key);
                out.println(revision + " DELETE " + key);
            } else {
                copy.put(key, event.pair().value().utf8());
                out.println(
                        revision + " PUT " + key + " = " + event.pair().value().utf8());
            }
        }
    }

    @Override
    public void onEnd(WatchEnd end) {
        if (end.cause() == WatchEnd.Cause.COMPACTED) {
            var unused = CompletableFuture.runAsync(this::follow); // this is the watch thread: it must not wait
        }
    }

    /** As it is now. */
    public synchronized Map<String, String> copy() {
        return new TreeMap<>(copy);
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
