package io.stele.server.watch;

/** Finds the watchers of a key among any number of others. */
final class WatcherIndex {
    private final KeyTable keys;
    private final IntervalTree ranges;
    private int count;

    WatcherIndex(long seed) {
        keys = new KeyTable(seed);
        ranges = new IntervalTree(seed);
    }

    void add(Watcher watcher) {
        if (watcher.end == null) {
            keys.add(watcher);
        } else {
            ranges.add(watcher);
        }
        count++;
    }

    void remove(Watcher watcher) {
        if (watcher.end == null) {
            keys.remove(watcher);
        } else {
            ranges.remove(watcher);
        }
        count--;
    }

    int count() {
        return count;
    }

    void match(byte[] key, int length, MatchHandler handler) {
        keys.match(key, length, handler);
        ranges.match(key, length, handler);
    }
}
