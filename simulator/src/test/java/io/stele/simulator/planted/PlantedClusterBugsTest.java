package io.stele.simulator.planted;

import static org.junit.jupiter.api.Assertions.fail;

import io.stele.simulator.Verdict;
import io.stele.simulator.cluster.ClusterSimulation;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who tests the tests: bugs that are planted in members on purpose, each to be found within so many seeds. */
class PlantedClusterBugsTest {
    static Stream<ClusterBug> bugs() {
        return Stream.of(
                new ClusterBug(
                        "the log is never forced",
                        3,
                        () -> ClusterBug.inAll(PlantedDiskBugs.neverForced(name -> name.startsWith("wal")))),
                new ClusterBug(
                        "one member's log is never forced",
                        10,
                        () -> ClusterBug.inOneMember(PlantedDiskBugs.neverForced(name -> name.startsWith("wal")))),
                new ClusterBug(
                        "votes are not forced",
                        3,
                        () -> ClusterBug.inAll(PlantedDiskBugs.neverForced(name -> name.startsWith("superblock")))),
                new ClusterBug(
                        "recovery cuts one member's log",
                        10,
                        () -> ClusterBug.inOneMember(PlantedDiskBugs.cutsTheTail())),
                new ClusterBug(
                        "one member's index misses updates",
                        10,
                        () -> ClusterBug.inOneMember(PlantedNodeBugs.forgetsIndexUpdates())),
                new ClusterBug(
                        "a put is acknowledged when it is received",
                        10,
                        () -> ClusterBug.inOneMember(PlantedNodeBugs.answersEarly())),
                new ClusterBug("votes are forgotten", 20, PlantedPeerBugs::forgetsVotes),
                new ClusterBug("one entry too much is acknowledged", 3, PlantedPeerBugs::acknowledgesTooMuch),
                new ClusterBug("a refused append is acknowledged", 20, PlantedPeerBugs::acknowledgesWhatItRefuses),
                new ClusterBug("everybody gets a vote", 20, PlantedPeerBugs::votesForEverybody),
                new ClusterBug("heartbeats commit too much", 3, PlantedPeerBugs::heartbeatsCommitTooMuch),
                new ClusterBug("appends commit too much", 3, PlantedPeerBugs::appendsCommitTooMuch),
                new ClusterBug("entries are sent under new terms", 20, PlantedPeerBugs::sendsEntriesUnderNewTerms),
                new ClusterBug("reads do not wait for their index", 20, PlantedPeerBugs::readsWithoutWaiting),
                new ClusterBug("reads do not ask a quorum", 60, PlantedPeerBugs::readsWithoutQuorum),
                new ClusterBug(
                        "a repeated forwarded request is done twice", 20, PlantedPeerBugs::forgetsForwardedRequests),
                new ClusterBug("what was done is denied", 10, PlantedPeerBugs::deniesWhatItHasDone),
                new ClusterBug("forwarded answers are mixed up", 10, PlantedPeerBugs::mixesAnswersUp),
                new ClusterBug("snapshots are garbled", 20, PlantedPeerBugs::garblesSnapshots),
                new ClusterBug("snapshots cover too much", 20, PlantedPeerBugs::snapshotsCoverTooMuch),
                new ClusterBug("refused appends are not answered", 20, PlantedPeerBugs::keepsRefusalsToItself),
                new ClusterBug("heartbeats are not answered", 10, PlantedPeerBugs::doesNotAnswerHeartbeats),
                new ClusterBug("votes get lost", 10, PlantedPeerBugs::losesVotes));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void shouldFind(ClusterBug bug) {
        for (int seed = 1; seed <= bug.seedsMax(); seed++) {
            Verdict verdict = ClusterSimulation.run(seed, bug.ports().get(), null);
            if (!verdict.isGood()) {
                return;
            }
        }
        fail("not found within " + bug.seedsMax() + " seeds: " + bug);
    }
}
