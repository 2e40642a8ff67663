package io.stele.simulator.cluster;

import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.DiskOperation;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.wal.Superblock;

/** Watches one member's disk port, in one life; does harm at one of its calls when asked to. */
final class DiskTrouble implements FaultPlan {
    /** From this seed on writes to the log may fail; regressions know those below as stores, which could not. */
    private static final long LOG_WRITE_SEEDS_FROM = 1_300_000;

    private final ClusterWorld world;
    private final SimMember member;
    private long callsLeft;
    private DiskFault fault = DiskFault.NONE;
    private boolean errorHappened;
    private boolean pageSyncFailed;
    private boolean voteForced = true;
    private final boolean logWritesCount;

    DiskTrouble(ClusterWorld world, SimMember member) {
        this.world = world;
        this.member = member;
        logWritesCount = world.dice.seed() >= LOG_WRITE_SEEDS_FROM;
    }

    /** A segment is known by the name that it was made under. */
    private static boolean isSegment(String name) {
        return name.startsWith("wal-") || name.equals("wal.spare");
    }

    /** From now on the call after so many others goes wrong. */
    void arm(long calls, DiskFault newFault) {
        callsLeft = calls;
        fault = newFault;
    }

    /** Whether a call has failed with an error, so that the node may stop. */
    boolean errorHappened() {
        return errorHappened;
    }

    boolean pageSyncFailed() {
        return pageSyncFailed;
    }

    /** Whether the superblock was forced since the last question. */
    boolean takeVoteForced() {
        boolean answer = voteForced;
        voteForced = false;
        return answer;
    }

    @Override
    public DiskFault onCall(long call, DiskOperation operation, String name) {
        if (operation == DiskOperation.WRITE && !logWritesCount && isSegment(name)) {
            return DiskFault.NONE;
        }
        world.coverage.portCall();
        if (operation == DiskOperation.SYNC && name.startsWith(Superblock.NAME)) {
            voteForced = true;
        }
        if (fault == DiskFault.NONE || callsLeft-- > 0) {
            return DiskFault.NONE;
        }
        DiskFault now = fault;
        fault = DiskFault.NONE;
        errorHappened = now == DiskFault.EIO || now == DiskFault.NO_SPACE;
        pageSyncFailed = errorHappened && operation == DiskOperation.SYNC && name.startsWith("pages");
        world.coverage.fault();
        world.say(member.name + ": " + now + " at " + operation + " " + name);
        return now;
    }
}
