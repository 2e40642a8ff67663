package io.stele.server.watch;

import java.util.Arrays;

/** Which watchers of a connection want which events of a batch: in the order of the events. */
final class Lane {
    private static final int FIRST_LENGTH = 8;
    private static final int KEPT_LENGTH = 1024;

    private int[] events = new int[FIRST_LENGTH];
    private Watcher[] watchers = new Watcher[FIRST_LENGTH];
    private int count;

    void add(int event, Watcher watcher) {
        if (count == events.length) {
            events = Arrays.copyOf(events, 2 * count);
            watchers = Arrays.copyOf(watchers, 2 * count);
        }
        events[count] = event;
        watchers[count++] = watcher;
    }

    int count() {
        return count;
    }

    int event(int i) {
        return events[i];
    }

    Watcher watcher(int i) {
        return watchers[i];
    }

    /** Where the next event's matches begin. */
    int endOfEvent(int from) {
        int event = events[from];
        int i = from + 1;
        while (i < count && events[i] == event) {
            i++;
        }
        return i;
    }

    /** Whether two stretches are the same watchers. */
    boolean isSame(int from, int to, int otherFrom, int otherTo) {
        return Arrays.equals(watchers, from, to, watchers, otherFrom, otherTo);
    }

    void clear() {
        if (events.length > KEPT_LENGTH) {
            events = new int[FIRST_LENGTH];
            watchers = new Watcher[FIRST_LENGTH];
        } else {
            Arrays.fill(watchers, 0, count, null);
        }
        count = 0;
    }
}
