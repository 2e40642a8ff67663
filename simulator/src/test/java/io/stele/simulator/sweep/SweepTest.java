package io.stele.simulator.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.Ports;
import io.stele.simulator.Verdict;
import io.stele.storage.file.sim.DiskFault;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call of every script meets one fault here, drawn; {@code bin/stele-sim sweep} gives it all of them. */
class SweepTest {
    private static final int TEARS = 4;
    private static final int CALLS_MIN = 60;

    static Stream<Script> scripts() {
        return Scripts.all().stream();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void shouldKeepEverythingWhateverHappensAtAnyCall(Script script) {
        Sweep sweep = new Sweep(script, Ports.HONEST, null);
        long calls = sweep.countCalls();
        assertTrue(calls >= CALLS_MIN, script.name() + " makes only " + calls + " calls");
        for (long call = 1; call <= calls; call++) {
            long drawn = Dice.hash(script.name().hashCode(), Decision.FAULT, 0, call);
            int variant = (int) Long.remainderUnsigned(drawn, Sweep.variants(TEARS));
            Verdict verdict = sweep.run(Sweep.point(call, variant, TEARS));
            assertTrue(verdict.isGood(), verdict.name() + ": " + verdict.violation());
        }
    }

    @Test
    void shouldHaveEnoughScripts() {
        assertTrue(Scripts.all().size() >= 12);
        assertEquals(
                Scripts.all().size(),
                Scripts.all().stream().map(Script::name).distinct().count());
    }

    @Test
    void shouldGiveEveryFaultToACall() {
        for (DiskFault fault : new DiskFault[] {
            DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER, DiskFault.EIO, DiskFault.NO_SPACE
        }) {
            boolean found = false;
            for (int variant = 0; variant < Sweep.variants(TEARS); variant++) {
                found |= Sweep.point(1, variant, TEARS).fault() == fault;
            }
            assertTrue(found, fault.toString());
        }
    }

    @Test
    void shouldNameATellingSoThatItCanBeToldAgain() {
        Sweep.Point point = new Sweep.Point(17, DiskFault.CRASH_INSIDE, 3);
        assertEquals(point, Sweep.Point.parse(point.toString()));
    }
}
