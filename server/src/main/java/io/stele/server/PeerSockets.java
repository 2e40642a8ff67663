package io.stele.server;

import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings the sockets that peers' packets come to together with the one who sleeps; whichever is there first waits for
 * the other. Used by one thread after the other: the one that opens the node, then the node's.
 */
final class PeerSockets implements Consumer<DatagramChannel> {
    private final List<DatagramChannel> waiting = new ArrayList<>();
    private Consumer<DatagramChannel> watcher;

    @Override
    public void accept(DatagramChannel channel) {
        if (watcher == null) {
            waiting.add(channel);
        } else {
            watcher.accept(channel);
        }
    }

    void watchWith(Consumer<DatagramChannel> newWatcher) {
        watcher = newWatcher;
        waiting.forEach(newWatcher);
        waiting.clear();
    }
}
