package io.stele.server.watch;

import java.util.Arrays;

/** Watchers of the very same keys. Adding and removing cost the same however many they are. */
final class WatcherList {
    private static final int FIRST_LENGTH = 2;

    private Watcher[] watchers = new Watcher[FIRST_LENGTH];
    private int count;

    void add(Watcher watcher) {
        if (count == watchers.length) {
            watchers = Arrays.copyOf(watchers, 2 * count);
        }
        watchers[count] = watcher;
        watcher.list = this;
        watcher.slot = count++;
    }

    /** The last one takes its place. */
    void remove(Watcher watcher) {
        assert watcher.list == this && watchers[watcher.slot] == watcher;
        Watcher last = watchers[--count];
        watchers[watcher.slot] = last;
        last.slot = watcher.slot;
        watchers[count] = null;
        watcher.list = null;
    }

    int count() {
        return count;
    }

    Watcher get(int i) {
        return watchers[i];
    }
}
