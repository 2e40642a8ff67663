package io.stele.simulator.cluster;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Who moves next. Everybody who moves again and again has a place of its own, with at most one time in it; what happens
 * once waits in a queue. Equal times are taken in the order of the places, then of the queue: never by chance.
 */
final class Agenda {
    static final long NEVER = Long.MAX_VALUE;

    /** What somebody does when it is his turn. */
    @FunctionalInterface
    interface Turn {
        void take();
    }

    private record Once(long timeNs, long number, Turn turn) implements Comparable<Once> {
        @Override
        public int compareTo(Once other) {
            int byTime = Long.compare(timeNs, other.timeNs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final SimTime time;
    private final PriorityQueue<Once> queue = new PriorityQueue<>();
    private long[] times = new long[32];
    private Turn[] turns = new Turn[32];
    private int placeCount;
    private long onceCount;

    Agenda(SimTime time) {
        this.time = time;
    }

    /** A place for somebody; his first time is to be set. */
    int add(Turn turn) {
        if (placeCount == times.length) {
            times = Arrays.copyOf(times, 2 * placeCount);
            turns = Arrays.copyOf(turns, 2 * placeCount);
        }
        times[placeCount] = NEVER;
        turns[placeCount] = turn;
        return placeCount++;
    }

    void set(int place, long timeNs) {
        times[place] = timeNs;
    }

    /** Not later than this. */
    void sooner(int place, long timeNs) {
        times[place] = Math.min(times[place], timeNs);
    }

    long timeOf(int place) {
        return times[place];
    }

    void once(long timeNs, Turn turn) {
        queue.add(new Once(timeNs, ++onceCount, turn));
    }

    /** Lets time pass to the next turn and has it taken. */
    void takeNext() {
        int earliest = 0;
        for (int place = 1; place < placeCount; place++) {
            if (times[place] < times[earliest]) {
                earliest = place;
            }
        }
        if (!queue.isEmpty() && queue.peek().timeNs < times[earliest]) {
            Once once = queue.poll();
            time.advanceTo(once.timeNs);
            once.turn.take();
            return;
        }
        assert times[earliest] != NEVER : "nobody will ever move again";
        time.advanceTo(times[earliest]);
        times[earliest] = NEVER;
        turns[earliest].take();
    }
}
