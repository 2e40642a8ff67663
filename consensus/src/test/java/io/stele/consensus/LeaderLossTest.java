package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.consensus.TimedCluster.Pace;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * How long a cluster is without a leader when its leader dies: simulated milliseconds until another has committed in
 * its term, with ticks of 25 ms and an election timeout of 250 ms, over so many seeds. Nothing here depends on how fast
 * the machine is.
 */
final class LeaderLossTest {
    private static final int SEEDS = 400;
    private static final Pace QUIET = new Pace(1_000, 3_000, 0);
    private static final Pace LOADED = new Pace(30_000, 40_000, 20_000);

    private record Gaps(long medianMs, long p99Ms, double elections) {}

    private static Gaps gaps(int voters, Pace pace, Consumer<TimedCluster> before) {
        long[] gapsMs = new long[SEEDS];
        long terms = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            TimedCluster timed = new TimedCluster(voters, seed, pace);
            before.accept(timed);
            timed.awaitLeader(20_000);
            timed.killLeader();
            long term = timed.cluster().members().values().stream()
                    .filter(TestMember::isUp)
                    .mapToLong(member -> member.raft().term())
                    .max()
                    .orElseThrow();
            gapsMs[seed] = timed.awaitLeader(20_000);
            terms += timed.cluster().leader().raft().term() - term;
        }
        Arrays.sort(gapsMs);
        return new Gaps(gapsMs[SEEDS / 2], gapsMs[SEEDS * 99 / 100], (double) terms / SEEDS);
    }

    private static void expect(Gaps gaps, long medianMs, long p99Ms) {
        assertTrue(gaps.medianMs() <= medianMs && gaps.p99Ms() <= p99Ms, gaps.toString());
    }

    @Test
    void shouldHaveAnotherLeaderAfterOneElectionWhenTheOldOneJustFallsSilent() {
        expect(gaps(3, QUIET, timed -> {}), 350, 520);
        expect(gaps(5, QUIET, timed -> {}), 320, 520);
    }

    @Test
    void shouldNotSplitTheVoteAgainAndAgainWhenEverythingIsSlow() {
        Gaps gaps = gaps(3, LOADED, timed -> {});
        expect(gaps, 700, 1200);
        expect(gaps(5, LOADED, timed -> {}), 700, 1200);
    }

    @Test
    void shouldNotWaitForALeaderWhoseProcessHasEnded() {
        expect(gaps(3, QUIET, TimedCluster::tellOfTheDead), 120, 200);
        expect(gaps(5, QUIET, TimedCluster::tellOfTheDead), 120, 200);
        expect(gaps(3, LOADED, TimedCluster::tellOfTheDead), 400, 700);
    }

    @Test
    void shouldNotWaitForAFitMemberThatIsNotThere() {
        expect(gaps(3, QUIET, timed -> everybody(timed, Fitness.RELUCTANT)), 350, 520);
    }

    private static void everybody(TimedCluster timed, Fitness fitness) {
        timed.cluster().members().values().forEach(member -> member.raft().fitness(fitness));
    }

    @Test
    void shouldElectTheOneThatIsFit() {
        for (int seed = 0; seed < SEEDS; seed++) {
            TimedCluster timed = new TimedCluster(3, seed, QUIET);
            timed.awaitLeader(20_000);
            long dead = timed.killLeader();
            long fit = dead % 3 + 1;
            long reluctant = fit % 3 + 1;
            timed.cluster().raft(reluctant).fitness(Fitness.RELUCTANT);
            timed.awaitLeader(20_000);
            assertEquals(fit, timed.cluster().leader().id(), "seed " + seed);
        }
    }
}
