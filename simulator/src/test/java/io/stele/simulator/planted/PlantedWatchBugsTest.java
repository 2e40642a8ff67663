package io.stele.simulator.planted;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.stele.simulator.Ports;
import io.stele.simulator.Verdict;
import io.stele.simulator.cluster.ClusterPorts;
import io.stele.simulator.cluster.ClusterSimulation;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.agrona.concurrent.NanoClock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bugs of the kinds that etcd has had with watches and leases, planted on purpose: each is to be found within so many
 * seeds, and by the check that is there for it.
 */
class PlantedWatchBugsTest {
    /** From here on there are watches and leases in most clusters. */
    private static final long FIRST_SEED = 4001;

    static Stream<Arguments> bugs() {
        return Stream.of(
                bug("progress is ahead of the events", 5, PlantedWatchBugs::tellsOfProgressAhead, "watch bookmark"),
                bug(
                        "a watch of the future begins in the past",
                        5,
                        PlantedWatchBugs::beginsFutureWatchesInThePast,
                        "watch unique",
                        "watch bookmark"),
                bug(
                        "a watch of the future is told of progress before it",
                        5,
                        PlantedWatchBugs::tellsFutureWatchesOfProgress,
                        "watch bookmark"),
                bug(
                        "deletions at compact revisions are lost",
                        20,
                        PlantedWatchBugs::losesDeletionsAtCompactRevisions,
                        "watch"),
                bug(
                        "deletions are lost where a watch starts that is being compacted",
                        20,
                        PlantedWatchBugs::losesDeletionsAtTheStart,
                        "watch"),
                bug("slow readers lose events", 5, PlantedWatchBugs::starvesSlowReaders, "watch"),
                bug("watches resume too late", 5, PlantedWatchBugs::resumesTooLate, "watch"),
                bug("fragments are not flagged", 5, PlantedWatchBugs::hidesFragments, "watch"),
                bug("leases are renewed by who may not", 20, PlantedWatchBugs::renewsWhatItMayNot, "lease", "answers"),
                Arguments.of("a lock is taken with a dead lease", 30, blindLockers(), List.of("lock")),
                Arguments.of("clocks are too fast", 10, clock(3, 2), List.of("lease never early", "lease time left")),
                Arguments.of("clocks are too slow", 10, clock(1, 2), List.of("lease not too late", "liveness")));
    }

    private static Arguments bug(String name, int seedsMax, Supplier<Ports> ports, String... checks) {
        Making all = () -> ClusterBug.inAll(ports.get());
        return Arguments.of(name, seedsMax, all, List.of(checks));
    }

    /** Made anew for each seed. */
    private interface Making {
        ClusterPorts make();
    }

    private static Making clock(int times, int over) {
        return () -> new ClusterPorts() {
            @Override
            public NanoClock clock(NanoClock clock, Place place) {
                return () -> clock.nanoTime() / over * times;
            }
        };
    }

    /** Who waits for a lock has it when nobody is before him, dead or alive: #11456. */
    private static Making blindLockers() {
        return () -> new ClusterPorts() {
            @Override
            public boolean lockersLookForTheirOwnKey() {
                return false;
            }
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void shouldFind(String name, int seedsMax, Making ports, List<String> checks) {
        for (int i = 0; i < seedsMax; i++) {
            Verdict verdict = ClusterSimulation.run(FIRST_SEED + i, ports.make(), null);
            if (!verdict.isGood()) {
                String check = verdict.violation().check();
                assertTrue(checks.stream().anyMatch(check::startsWith), verdict.name() + ": " + verdict.violation());
                return;
            }
        }
        fail("not found within " + seedsMax + " seeds: " + name);
    }
}
