package io.stele.server;

import io.stele.transport.client.GoodbyeListener;
import io.stele.transport.codec.GoodbyeReason;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/**
 * One line for a connection that is ended for a reason, at most one for each reason in ten seconds: the next line says
 * how many there were meanwhile, so that those who knock all the time do not fill the log.
 */
final class GoodbyeLog implements GoodbyeListener {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final NanoClock clock;
    private final Consumer<String> log;
    private final EnumMap<GoodbyeReason, Entry> entries = new EnumMap<>(GoodbyeReason.class);

    private static final class Entry {
        private long lastNs;
        private long untold;
    }

    GoodbyeLog(NanoClock clock, Consumer<String> log) {
        this.clock = clock;
        this.log = log;
    }

    @Override
    public synchronized void onGoodbye(GoodbyeReason reason, SocketAddress remote, String text) {
        if (reason == GoodbyeReason.CLOSING || reason == GoodbyeReason.IDLE) {
            return;
        }
        long nowNs = clock.nanoTime();
        Entry entry = entries.get(reason);
        if (entry == null) {
            entry = new Entry();
            entries.put(reason, entry);
        } else if (nowNs - entry.lastNs < INTERVAL_NS) {
            entry.untold++;
            return;
        }
        String more = entry.untold == 0 ? "" : " (and " + entry.untold + " more for this reason since the last line)";
        log.accept("client " + remote + " is disconnected, " + reason + ": " + text + more);
        entry.lastNs = nowNs;
        entry.untold = 0;
    }
}
