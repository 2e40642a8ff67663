package io.stele.perf.watch;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.client.Watch;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvent;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import io.stele.perf.load.BenchException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Stele's own client: its watches share a connection. While it stalls its thread takes nothing from the socket. */
final class SteleWatchLink implements WatchLink {
    private static final long CREATED_MAX_SECONDS = 60;

    private final SteleClient client;
    private final List<Watch> watches = new ArrayList<>();
    private volatile boolean isStalled;

    SteleWatchLink(List<String> endpoints, int number) {
        // Each link has its own first endpoint, and the others to go to.
        List<String> turned = new ArrayList<>(endpoints);
        Collections.rotate(turned, -number);
        client = SteleClient.connect(new ClientContext().endpoints(String.join(",", turned)));
    }

    @Override
    public void watch(EventSink sink) {
        WatchOptions options = WatchOptions.DEFAULT.withStartRevision(sink.startRevision());
        boolean all = sink.key() < 0;
        Bytes key = all ? Bytes.of(PREFIX) : Bytes.of(WatchLink.key(sink.key()));
        watches.add(client.watch().watch(key, all ? options.withPrefix() : options, new Listener(sink)));
    }

    @Override
    public void awaitCreated() {
        try {
            for (Watch watch : watches) {
                watch.created().get(CREATED_MAX_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchException("a watch could not be created: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stall(boolean stalled) {
        isStalled = stalled;
    }

    @Override
    public void close() {
        isStalled = false;
        client.close();
    }

    private final class Listener implements WatchListener {
        private final EventSink sink;

        Listener(EventSink sink) {
            this.sink = sink;
        }

        @Override
        public void onEvents(WatchEvents events) {
            while (isStalled) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            long nowNs = System.nanoTime();
            List<WatchEvent> all = events.events();
            for (int i = 0; i < all.size(); i++) {
                WatchEvent event = all.get(i);
                Bytes value = event.pair().value();
                sink.onEvent(event.pair().modRevision(), value.int64(16), value.int64(8), value.int64(0), nowNs);
            }
        }

        @Override
        public void onEnd(WatchEnd end) {
            if (end.cause() != WatchEnd.Cause.CLOSED) {
                sink.onEnd(end.text());
            }
        }
    }
}
