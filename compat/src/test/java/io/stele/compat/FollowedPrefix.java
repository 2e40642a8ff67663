package io.stele.compat;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A prefix that is watched as a careful program does it: jetcd resumes by itself after most failures, and after those
 * that it takes for final the watch is opened again behind the last event. One that says nothing at all is an error.
 */
final class FollowedPrefix implements AutoCloseable {
    private static final int SILENCE_S = 20;
    private static final int REOPENINGS_MAX = 3;

    private final Client client;
    private final String prefix;
    private final BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private Watch.Watcher watcher;
    private long lastRevision;
    private int reopenings;

    /** Follows what comes after a revision. */
    FollowedPrefix(Client client, String prefix, long afterRevision) {
        this.client = client;
        this.prefix = prefix;
        lastRevision = afterRevision;
        open();
    }

    private void open() {
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(lastRevision + 1)
                .build();
        watcher = client.getWatchClient()
                .watch(Calls.bytes(prefix), option, response -> events.addAll(response.getEvents()), failures::add);
    }

    /** Keys in the order of their first events; a put that was asked for again is seen twice, and in its place. */
    List<String> keys(int count) throws InterruptedException {
        List<String> keys = new ArrayList<>();
        while (keys.size() < count) {
            WatchEvent event = next(keys);
            if (event.getKeyValue().getModRevision() <= lastRevision) {
                assertTrue(reopenings > 0, "order");
                continue;
            }
            lastRevision = event.getKeyValue().getModRevision();
            String key = event.getKeyValue().getKey().toString();
            if (keys.isEmpty() || !keys.get(keys.size() - 1).equals(key)) {
                assertFalse(keys.contains(key), key);
                keys.add(key);
            }
        }
        return keys;
    }

    private WatchEvent next(List<String> keys) throws InterruptedException {
        WatchEvent event = events.poll(SILENCE_S, TimeUnit.SECONDS);
        while (event == null) {
            assertFalse(failures.isEmpty(), "the watch has fallen silent after " + keys);
            assertTrue(reopenings++ < REOPENINGS_MAX, failures::toString);
            watcher.close();
            open();
            event = events.poll(SILENCE_S, TimeUnit.SECONDS);
        }
        return event;
    }

    @Override
    public void close() {
        watcher.close();
    }
}
