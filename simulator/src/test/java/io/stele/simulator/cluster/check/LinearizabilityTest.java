package io.stele.simulator.cluster.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.simulator.cluster.check.Linearizability.Event;
import io.stele.simulator.cluster.check.Linearizability.Kind;
import io.stele.simulator.cluster.check.Linearizability.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
    private static final int STEPS_MAX = 100_000;

    private static Event read(int value, long from, long to) {
        return new Event(Kind.READ, bytes(value), from, to);
    }

    private static Event write(int value, long from, long to) {
        return new Event(Kind.WRITE, bytes(value), from, to);
    }

    private static byte[] bytes(int value) {
        return value == 0 ? null : new byte[] {(byte) value};
    }

    private static Result check(Event... events) {
        return Linearizability.check(List.of(events), STEPS_MAX);
    }

    @Test
    void shouldAllowWhatOneRegisterCanShow() {
        assertEquals(Result.LINEARIZABLE, check());
        assertEquals(Result.LINEARIZABLE, check(read(0, 1, 2)));
        assertEquals(Result.LINEARIZABLE, check(write(1, 1, 10), read(0, 2, 3), read(1, 4, 5)));
        assertEquals(Result.LINEARIZABLE, check(write(1, 1, 10), write(2, 1, 10), read(2, 2, 3), read(1, 4, 5)));
        assertEquals(Result.LINEARIZABLE, check(write(1, 1, Long.MAX_VALUE), read(0, 2, 3), read(1, 40, 50)));
        assertEquals(Result.LINEARIZABLE, check(write(1, 1, Long.MAX_VALUE), read(0, 40, 50)));
    }

    @Test
    void shouldRefuseWhatItCannot() {
        assertEquals(Result.NOT_LINEARIZABLE, check(read(1, 1, 2)));
        assertEquals(Result.NOT_LINEARIZABLE, check(write(1, 1, 2), read(0, 3, 4)), "stale");
        assertEquals(
                Result.NOT_LINEARIZABLE, check(write(1, 1, 10), read(1, 2, 3), read(0, 4, 5)), "there and back again");
        assertEquals(
                Result.NOT_LINEARIZABLE,
                check(write(1, 1, 2), write(2, 3, 4), read(1, 5, 6), read(2, 7, 8)),
                "in the wrong order");
        assertEquals(
                Result.NOT_LINEARIZABLE, check(write(1, 5, Long.MAX_VALUE), read(1, 1, 2)), "before it was asked for");
    }

    /** Histories of a real register, and the same with one answer changed, against all orders there are. */
    @Test
    void shouldAgreeWithTryingAllOrders() {
        Random random = new Random(7);
        for (int round = 0; round < 3_000; round++) {
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                long from = random.nextInt(12);
                boolean isWrite = random.nextBoolean();
                boolean isUnknown = isWrite && random.nextInt(4) == 0;
                long to = isUnknown ? Long.MAX_VALUE : from + 1 + random.nextInt(6);
                int value = random.nextInt(3);
                events.add(isWrite ? write(value, from, to) : read(value, from, to));
            }
            boolean expected = canBeOrdered(events, 0, null);
            assertEquals(
                    expected ? Result.LINEARIZABLE : Result.NOT_LINEARIZABLE,
                    Linearizability.check(events, STEPS_MAX),
                    events::toString);
        }
    }

    private static boolean canBeOrdered(List<Event> events, int done, byte[] value) {
        boolean isOver = true;
        long earliestReturn = Long.MAX_VALUE;
        for (int i = 0; i < events.size(); i++) {
            if ((done >> i & 1) == 0) {
                isOver &= events.get(i).isUnknown();
                earliestReturn = Math.min(earliestReturn, events.get(i).returnedNs());
            }
        }
        if (isOver) {
            return true;
        }
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            boolean mayBeNext = (done >> i & 1) == 0 && event.invokedNs() <= earliestReturn;
            boolean fits = event.kind() == Kind.WRITE || Arrays.equals(event.value(), value);
            byte[] after = event.kind() == Kind.WRITE ? event.value() : value;
            if (mayBeNext && fits && canBeOrdered(events, done | 1 << i, after)) {
                return true;
            }
        }
        return false;
    }
}
