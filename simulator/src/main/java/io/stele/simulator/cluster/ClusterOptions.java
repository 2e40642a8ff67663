package io.stele.simulator.cluster;

import io.stele.server.watch.WatchLimits;
import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.NodeSettings;
import io.stele.simulator.workload.LeaseOptions;
import io.stele.simulator.workload.OnceOptions;
import io.stele.simulator.workload.WatchOptions;
import io.stele.simulator.workload.WorkloadOptions;
import io.stele.simulator.workload.WorkloadOptions.Kind;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.SplittableRandom;

/** What is drawn from the seed before a run: how many members, how they are set up, what is done to them. */
final class ClusterOptions {
    private static final int[] MEMBER_COUNTS = {1, 3, 3, 3, 3, 3, 3, 5, 5, 5};

    /** From this seed on a third of the clusters change their members; regressions know those below without. */
    static final long REFORM_SEEDS_FROM = 3000;

    /** From this seed on there are watches and leases in most clusters. */
    static final long WATCH_SEEDS_FROM = 4000;

    /** From this seed on some clients of most clusters number their writes. */
    static final long ONCE_SEEDS_FROM = 2_000_000;

    /** From this seed on the disks of half the clusters rot, if their members stay the same. */
    static final long ROT_SEEDS_FROM = 2_000_000;

    /** From this seed on members of the clusters whose disks rot may also lose a whole disk. */
    static final long LOST_DISK_SEEDS_FROM = 3_000_000;

    /** Where their keys begin: behind all others. */
    static final String ONCE_KEYS = "~once/";

    final int memberCount;
    final int heartbeatMs;
    final int electionMs;
    final long chaosNs;
    final WorkloadOptions workload;

    /** Average time between two calls of one client. */
    final long thinkNs;

    /** How long a client waits for an answer. */
    final long patienceNs;

    /** Average time between two faults. */
    final long calmNs;

    /** Average time for which a fault lasts. */
    final long troubleNs;

    /** Average time for which a process that has ended is down. */
    final long downNs;

    /** Clocks run too fast or too slow by at most so much. */
    final long driftPpmMax;

    /** How long a force takes, and how long a cycle of a busy node. */
    final long forceNs;

    final long cycleNs;
    final long walRetainedBytes;
    final WeatherOptions weather;

    /** Average time between two changes of the membership; 0: there are none. */
    final long reformNs;

    /** Who watches; null: nobody. */
    final WatchOptions watches;

    /** Who holds leases; null: nobody. */
    final LeaseOptions leases;

    /** Who numbers his writes; null: nobody. */
    final OnceOptions once;

    /** Members whose disks may be harmed at once: never so many that a quorum has lost the same piece. */
    final int rotMax;

    private final EnumMap<ClusterFault, Integer> faultWeights = new EnumMap<>(ClusterFault.class);
    private final Dice dice;

    ClusterOptions(Dice dice) {
        this.dice = dice;
        SplittableRandom random = dice.stream(Decision.OPTIONS, 10, 0);
        memberCount = MEMBER_COUNTS[random.nextInt(MEMBER_COUNTS.length)];
        heartbeatMs = (int) Dice.logUniform(random, 10, 100);
        electionMs = heartbeatMs * (5 + random.nextInt(6));
        chaosNs = Dice.logUniform(random, 3 * SimTime.SECOND_NS, 60 * SimTime.SECOND_NS);
        thinkNs = Dice.logUniform(random, 5 * SimTime.MS_NS, 500 * SimTime.MS_NS);
        patienceNs = Dice.logUniform(random, 300 * SimTime.MS_NS, 9 * SimTime.SECOND_NS);
        calmNs = Dice.logUniform(random, 150 * SimTime.MS_NS, 5 * SimTime.SECOND_NS);
        troubleNs = Dice.logUniform(random, 50 * SimTime.MS_NS, 5 * SimTime.SECOND_NS);
        downNs = Dice.logUniform(random, 20 * SimTime.MS_NS, 8 * SimTime.SECOND_NS);
        driftPpmMax = random.nextBoolean() ? 0 : Dice.logUniform(random, 10, 50_000);
        forceNs = Dice.logUniform(random, 50_000, 10 * SimTime.MS_NS);
        cycleNs = Dice.logUniform(random, 20_000, 500_000);
        walRetainedBytes = random.nextInt(3) == 0 ? 0 : Dice.logUniform(random, 1024, 256 * 1024);
        weather = new WeatherOptions(dice.stream(Decision.OPTIONS, 12, 0));
        workload = workload(dice.stream(Decision.OPTIONS, 11, 0));
        boolean reforms = random.nextInt(3) == 0 && dice.seed() >= REFORM_SEEDS_FROM;
        reformNs = !reforms ? 0 : Dice.logUniform(random, SimTime.SECOND_NS, 10 * SimTime.SECOND_NS);
        SplittableRandom watching = dice.stream(Decision.OPTIONS, 14, 0);
        boolean watched = watching.nextInt(4) > 0 && dice.seed() >= WATCH_SEEDS_FROM;
        watches = watched ? new WatchOptions(watching) : null;
        SplittableRandom leasing = dice.stream(Decision.OPTIONS, 16, 0);
        boolean leased = leasing.nextInt(3) > 0 && dice.seed() >= WATCH_SEEDS_FROM;
        leases = leased ? new LeaseOptions(leasing) : null;
        SplittableRandom numbering = dice.stream(Decision.OPTIONS, 17, 0);
        boolean numbered = numbering.nextInt(3) > 0 && dice.seed() >= ONCE_SEEDS_FROM;
        once = numbered ? new OnceOptions(numbering) : null;
        workload.sparedFrom = numbered ? ONCE_KEYS.getBytes(StandardCharsets.US_ASCII) : null;
        for (ClusterFault fault : ClusterFault.values()) {
            if (fault != ClusterFault.ROT && fault != ClusterFault.LOST_DISK) {
                faultWeights.put(fault, random.nextBoolean() ? fault.weight : 0);
            }
        }
        // Who is a member does not change where disks rot, so that it is known whose copies are sound.
        boolean rots = dice.stream(Decision.OPTIONS, 18, 0).nextBoolean() && dice.seed() >= ROT_SEEDS_FROM;
        rotMax = rots && reformNs == 0 ? (memberCount - 1) / 2 : 0;
        faultWeights.put(ClusterFault.ROT, rotMax > 0 ? ClusterFault.ROT.weight : 0);
        boolean losesDisks = dice.stream(Decision.OPTIONS, 19, 0).nextInt(3) > 0 && dice.seed() >= LOST_DISK_SEEDS_FROM;
        faultWeights.put(ClusterFault.LOST_DISK, rotMax > 0 && losesDisks ? ClusterFault.LOST_DISK.weight : 0);
        faultWeights.merge(ClusterFault.CALM, 1, Integer::sum);
    }

    private static WorkloadOptions workload(SplittableRandom random) {
        WorkloadOptions options = WorkloadOptions.draw(random);
        options.clientCount = 1 + random.nextInt(6);
        options.pipelineMax = random.nextBoolean() ? 1 : 1 + random.nextInt(8);
        options.keyCount = (int) Dice.logUniform(random, 1, 60);
        options.valueLengthMax = Math.min(options.valueLengthMax, 1000);
        options.weight(Kind.STATUS, 0);
        options.weight(Kind.RANGE, Math.min(options.weight(Kind.RANGE), 10));
        return options;
    }

    /** How one member is set up: members of a cluster need not be alike. */
    NodeSettings settings(int member) {
        NodeSettings settings = NodeSettings.draw(dice.stream(Decision.OPTIONS, 13, member));
        settings.clientInFlightMax = 64;
        settings.clientQueueBytes = 16 * 1024 * 1024;
        return settings;
    }

    /** Events in memory, in slices and in frames: few, so that all ways of reading them are gone. */
    WatchLimits watchLimits(int member) {
        SplittableRandom random = dice.stream(Decision.OPTIONS, 15, member);
        int batchEvents = (int) Dice.logUniform(random, 1, 64);
        return new WatchLimits()
                .logBytes(512 << random.nextInt(7))
                .logRevisionsMax(2 << random.nextInt(8))
                .slices(1 + random.nextInt(4), 256 << random.nextInt(6), (int) Dice.logUniform(random, 1, 64))
                .batch(256 << random.nextInt(7), batchEvents, 128 << random.nextInt(7))
                .unsentBytesMax(128 << random.nextInt(10))
                .catchUpBytes(256 << random.nextInt(6), 256 << random.nextInt(11))
                .progressIntervalNs(Dice.logUniform(random, 20 * SimTime.MS_NS, 3 * SimTime.SECOND_NS))
                .restNs(Dice.logUniform(random, 1, SimTime.MS_NS), 2 * SimTime.MS_NS);
    }

    ClusterFault fault(SplittableRandom random) {
        int sum = 0;
        for (int weight : faultWeights.values()) {
            sum += weight;
        }
        int at = random.nextInt(sum);
        for (ClusterFault fault : ClusterFault.values()) {
            at -= faultWeights.get(fault);
            if (at < 0) {
                return fault;
            }
        }
        return ClusterFault.CALM;
    }

    /** Around an average: most are shorter, some much longer. */
    static long around(SplittableRandom random, long averageNs) {
        double exponential = -Math.log(1 - random.nextDouble());
        return 1 + (long) (averageNs * Math.min(exponential, 8));
    }

    @Override
    public String toString() {
        return memberCount + " members, heartbeat " + heartbeatMs + " ms, election " + electionMs + " ms, "
                + workload.clientCount + " clients, a call each " + thinkNs / SimTime.MS_NS + " ms, a fault each "
                + calmNs / SimTime.MS_NS + " ms for " + troubleNs / SimTime.MS_NS + " ms, down for "
                + downNs / SimTime.MS_NS + " ms, log kept " + walRetainedBytes + " B, " + weather
                + (watches == null ? "" : ", " + watches) + (leases == null ? "" : ", " + leases)
                + (once == null ? "" : ", " + once) + (rotMax == 0 ? "" : ", rot");
    }
}
