package io.stele.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.stele.server.machine.ChangeListener;
import io.stele.server.machine.RevisionView;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Reply.Pair;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestGenerator;
import io.stele.server.watch.Received.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random requests, random watches, connections that have room or not, compactions and exchanges of the state: each
 * watch must get exactly the changes that the states before and after each revision differ in, or the news that they
 * are compacted, and never a gap.
 */
class WatchDifferentialTest {
    private static final int STEPS = 1500;

    /** More of them by {@code -Dstele.watch.seeds=1000}. */
    private static final int SEEDS = Integer.getInteger("stele.watch.seeds", 12);

    private record Wish(
            long connectionId,
            long watchId,
            String key,
            String end,
            long start,
            boolean previous,
            boolean noPut,
            boolean noDelete) {
        boolean wants(Event event) {
            String wanted = key.isEmpty() ? "\0" : key;
            String got = event.pair().key();
            boolean isIn = end.isEmpty()
                    ? got.equals(wanted)
                    : got.compareTo(wanted) >= 0 && (end.equals("\0") || got.compareTo(end) < 0);
            return isIn && !(event.isDeletion() ? noDelete : noPut);
        }
    }

    @Test
    void shouldDeliverWhatChangedExactlyOnceInOrder() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        WatchLimits limits = new WatchLimits()
                .logBytes(1 << (9 + random.nextInt(8)))
                .logRevisionsMax(1 << (1 + random.nextInt(7)))
                .slices(1 + random.nextInt(3), 200 + random.nextInt(2000), 1 + random.nextInt(20))
                .batch(100 + random.nextInt(2000), 1 + random.nextInt(12), 100 + random.nextInt(1000))
                .restNs(random.nextInt(3), 4);
        try (WatchFixture fixture = new WatchFixture(limits)) {
            new Run(seed, random, fixture).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static final class RowCount implements ChangeListener {
        private int count;

        @Override
        public boolean onChange(long main, int sub, RevisionView change) {
            count++;
            return true;
        }

        @Override
        public void onRevision(long main) {}
    }

    private static final class Run {
        private final Random random;
        private final WatchFixture fixture;
        private final RequestGenerator generator;
        private final List<Request> past = new ArrayList<>();
        private final List<Wish> wishes = new ArrayList<>();
        private final List<Received.Watch> got = new ArrayList<>();
        private final List<Received> receivedOf = new ArrayList<>();
        /** What each revision changed, by key. */
        private final TreeMap<Long, List<Event>> truth = new TreeMap<>();

        /** Revisions that changed a key more than once: the states do not tell how. */
        private final Set<Long> repeating = new TreeSet<>();

        private Map<String, Pair> state = new TreeMap<>();
        private long revision = 1;
        private long nextWatchId = 1;

        Run(long seed, Random random, WatchFixture fixture) {
            this.random = random;
            this.fixture = fixture;
            generator = new RequestGenerator(seed, 12, 3);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            fixture.connections.values().forEach(connection -> {
                connection.hasRoom = true;
                connection.takesFrame = () -> true;
            });
            fixture.catchUp();
            for (int i = 0; i < wishes.size(); i++) {
                WatchFixture.Connection connection =
                        fixture.connections.get(wishes.get(i).connectionId());
                boolean isConnected = connection != null && connection.received == receivedOf.get(i);
                check(wishes.get(i), got.get(i), isConnected);
            }
            for (long connectionId : List.copyOf(fixture.connections.keySet())) {
                fixture.progress(connectionId);
                assertEquals(fixture.machine.revision(), fixture.received(connectionId).progressRevision);
            }
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0, 1 -> watch();
                case 2 -> {
                    long connectionId = 1L + random.nextInt(4);
                    fixture.connection(connectionId).hasRoom = random.nextInt(3) > 0;
                }
                case 3 -> {
                    int refuses = 1 + random.nextInt(6);
                    boolean never = random.nextBoolean();
                    fixture.connection(1 + random.nextInt(4)).takesFrame = () -> never || random.nextInt(refuses) > 0;
                }
                case 4 -> fixture.sweep();
                case 5 -> {
                    if (random.nextInt(10) == 0) {
                        fixture.disconnect(1 + random.nextInt(4));
                    }
                }
                case 6 -> cancelAny();
                case 7 -> fixture.progress(connected());
                case 8 -> {
                    if (random.nextInt(20) == 0) {
                        exchange();
                    }
                }
                default -> write();
            }
            fixture.nowNs += random.nextInt(3);
            if (random.nextInt(3) == 0) {
                fixture.deliver();
            }
            if (random.nextInt(3) == 0) {
                fixture.hub.catchUp(1 + random.nextInt(3000), 0);
            }
        }

        private long connected() {
            long connectionId = 1L + random.nextInt(4);
            fixture.connection(connectionId);
            return connectionId;
        }

        private void write() {
            Request request = generator.next(fixture.machine.revision());
            if (request instanceof Request.Range) {
                return;
            }
            write(request);
        }

        private void write(Request request) {
            past.add(request);
            fixture.apply(request);
            if (fixture.machine.revision() > revision) {
                learn();
            }
        }

        private void learn() {
            revision = fixture.machine.revision();
            Map<String, Pair> next = new TreeMap<>();
            Reply.Range all = (Reply.Range) fixture.read(Request.range("\0", "\0"));
            all.pairs().forEach(pair -> next.put(pair.key(), pair));
            List<Event> events = new ArrayList<>();
            next.forEach((key, pair) -> {
                if (pair.mod() == revision) {
                    events.add(new Event(pair, false, state.get(key)));
                }
            });
            state.forEach((key, pair) -> {
                if (!next.containsKey(key)) {
                    events.add(new Event(new Pair(key, "", 0, revision, 0, 0), true, pair));
                }
            });
            truth.put(revision, events);
            RowCount rows = new RowCount();
            fixture.machine.history().read(revision, 0, Integer.MAX_VALUE, rows);
            if (rows.count > events.size()) {
                repeating.add(revision);
            }
            state = next;
        }

        /** Some more requests that only the other state hears of, one by one. */
        private void exchange() {
            List<Request> missed = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                Request request = generator.next(fixture.machine.revision());
                if (!(request instanceof Request.Range)) {
                    missed.add(request);
                }
            }
            fixture.replaceState(ignored -> missed.forEach(this::write), List.copyOf(past));
        }

        private void watch() {
            String key = random.nextInt(4) == 0 ? "" : "k" + random.nextInt(12);
            String end = switch (random.nextInt(4)) {
                case 0 -> "\0";
                case 1 -> "l";
                default -> "";
            };
            if (key.isEmpty() && end.equals("l")) {
                end = "\0";
            }
            long now = fixture.machine.revision();
            long start = random.nextInt(3) == 0 ? 0 : Math.max(1, now - 60 + random.nextInt(70));
            Wish wish = new Wish(
                    connected(),
                    nextWatchId++,
                    key,
                    end,
                    start == 0 ? now + 1 : start,
                    random.nextBoolean(),
                    random.nextInt(6) == 0,
                    random.nextInt(6) == 0);
            List<String> options = new ArrayList<>();
            if (wish.previous()) {
                options.add("previous");
            }
            if (wish.noPut()) {
                options.add("noPut");
            }
            if (wish.noDelete()) {
                options.add("noDelete");
            }
            fixture.create(
                    wish.connectionId(), wish.watchId(), wish.key(), wish.end(), start, options.toArray(new String[0]));
            wishes.add(wish);
            got.add(fixture.watch(wish.connectionId(), wish.watchId()));
            receivedOf.add(fixture.received(wish.connectionId()));
            if (wish.start() < fixture.machine.compactRevision()) {
                assertEquals(fixture.machine.compactRevision(), got.get(got.size() - 1).compactRevision);
            }
        }

        private void cancelAny() {
            if (!wishes.isEmpty()) {
                Wish wish = wishes.get(random.nextInt(wishes.size()));
                Received received = fixture.connection(wish.connectionId()).received;
                Received.Watch watch = received.watches.get(wish.watchId());
                if (watch != null && !watch.isCanceled) {
                    fixture.cancel(wish.connectionId(), wish.watchId());
                }
            }
        }

        private void check(Wish wish, Received.Watch watch, boolean isConnected) {
            long until = isConnected && !watch.isCanceled ? revision : watch.bookmark;
            if (watch.revisions.isEmpty() && watch.isCanceled) {
                return;
            }
            if (watch.isCanceled || !isConnected) {
                until = watch.revisions.keySet().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0);
            }
            Map<Long, List<Event>> wanted = new TreeMap<>();
            for (long at = wish.start(); at <= until; at++) {
                List<Event> events = truth.getOrDefault(at, List.of()).stream()
                        .filter(wish::wants)
                        .toList();
                if (!events.isEmpty()) {
                    wanted.put(at, events);
                }
            }
            Set<Long> revisions = new TreeSet<>(watch.revisions.keySet());
            revisions.removeIf(at -> repeating.contains(at) && !wanted.containsKey(at));
            wanted.keySet().removeIf(at -> repeating.contains(at) && !revisions.contains(at));
            assertEquals(wanted.keySet(), revisions, wish.toString());
            wanted.forEach((at, events) -> {
                if (repeating.contains(at)) {
                    return;
                }
                List<Event> delivered = new ArrayList<>(watch.revisions.get(at));
                delivered.sort(Comparator.comparing(event -> event.pair().key()));
                List<Event> expected = new ArrayList<>(events);
                expected.sort(Comparator.comparing(event -> event.pair().key()));
                assertEquals(
                        expected.size(), delivered.size(), "revision " + at + " " + expected + " got " + delivered);
                for (int i = 0; i < expected.size(); i++) {
                    assertEquals(expected.get(i).pair(), delivered.get(i).pair());
                    assertEquals(expected.get(i).isDeletion(), delivered.get(i).isDeletion());
                    checkPrevious(wish, expected.get(i), delivered.get(i));
                }
            });
        }

        private void checkPrevious(Wish wish, Event expected, Event delivered) {
            boolean mayBeCompacted = expected.pair().mod() <= fixture.machine.compactRevision();
            if (!wish.previous()) {
                assertNull(delivered.previous());
            } else if (delivered.previous() != null || !mayBeCompacted) {
                assertEquals(expected.previous(), delivered.previous());
            }
        }
    }
}
