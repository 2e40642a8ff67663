package io.stele.simulator.planted;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.stele.simulator.Simulation;
import io.stele.simulator.Verdict;
import io.stele.simulator.sweep.Script;
import io.stele.simulator.sweep.Scripts;
import io.stele.simulator.sweep.Sweep;
import io.stele.storage.file.sim.DiskFault;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who tests the tests: bugs that are planted on purpose, each to be found within so many seeds. */
class PlantedBugsTest {
    private static final int TEARS = 8;

    static Stream<Bug> bugs() {
        return Stream.of(
                new Bug("the log is never forced", 20, PlantedDiskBugs.neverForced(PlantedBugsTest::isLog)),
                new Bug(
                        "a force of the log comes one too late",
                        20,
                        PlantedDiskBugs.forcedOneTooLate(PlantedBugsTest::isLog)),
                new Bug("the pages are never forced", 60, PlantedDiskBugs.neverForced(PlantedBugsTest::isPages)),
                new Bug("a slice of the pages is not forced", 80, PlantedDiskBugs.forgetsASlice()),
                new Bug("writes of the pages go astray", 80, PlantedDiskBugs.misdirected(PlantedBugsTest::isPages)),
                new Bug("recovery cuts the log's tail", 20, PlantedDiskBugs.cutsTheTail()),
                new Bug("a put is acknowledged when it is received", 20, PlantedNodeBugs.answersEarly()),
                new Bug("a request is delivered twice", 20, PlantedNodeBugs.deliversTwice()),
                new Bug("a value is garbled on its way out", 20, PlantedNodeBugs.garblesValues()),
                new Bug("the index misses updates", 20, PlantedNodeBugs.forgetsIndexUpdates()));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void shouldFind(Bug bug) {
        for (int seed = 1; seed <= bug.seedsMax(); seed++) {
            Verdict verdict = Simulation.run(seed, bug.ports(), null);
            if (!verdict.isGood()) {
                return;
            }
        }
        fail("not found within " + bug.seedsMax() + " seeds: " + bug);
    }

    @Test
    void shouldFindARootThatIsForcedTogetherWithItsPagesInASweep() {
        Script script = Scripts.named("overwrite-checkpoint");
        Sweep sweep = new Sweep(script, PlantedDiskBugs.rootBeforePages(), null);
        long calls = sweep.countCalls();
        boolean found = false;
        for (long call = 1; call <= calls && !found; call++) {
            for (int tear = 0; tear < TEARS && !found; tear++) {
                found = !sweep.run(new Sweep.Point(call, DiskFault.CRASH_INSIDE, tear))
                        .isGood();
            }
        }
        assertTrue(found, "not found in " + calls * TEARS + " tellings of " + script.name());
    }

    private static boolean isLog(String name) {
        return name.startsWith("wal");
    }

    private static boolean isPages(String name) {
        return name.startsWith("pages");
    }
}
