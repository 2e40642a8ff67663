package io.stele.simulator;

import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.DiskOperation;
import io.stele.storage.file.sim.FaultPlan;

/** Watches the disk port of one life and does harm at one of its calls, if there is to be any. */
final class Injection implements FaultPlan {
    /** Which calls are counted. */
    enum Target {
        ANY,
        SYNC,
        LOG,
        PAGES,
        /** Where a disk that is really full says so. */
        ALLOCATION
    }

    private final World world;
    private final Target target;
    private final long faultyCall;
    private final DiskFault fault;
    private boolean happened;
    private boolean pageSyncFailed;
    private int rootWrites;
    private long counted;

    Injection(World world, Target target, long faultyCall, DiskFault fault) {
        this.world = world;
        this.target = target;
        this.faultyCall = faultyCall;
        this.fault = fault;
    }

    /** Whether the harm was done. */
    boolean happened() {
        return happened;
    }

    boolean pageSyncFailed() {
        return pageSyncFailed;
    }

    /** Writes of roots since the last question: two for each. */
    int takeRootWrites() {
        int count = rootWrites;
        rootWrites = 0;
        return count;
    }

    @Override
    public DiskFault onCall(long call, DiskOperation operation, String name) {
        world.timeline.fold(operation.name());
        world.timeline.fold(name);
        world.coverage.portCall();
        if (operation == DiskOperation.WRITE && name.equals("pages")) {
            rootWrites++;
        }
        counted += isCounted(operation, name) ? 1 : 0;
        if (happened || counted != faultyCall || fault == DiskFault.NONE) {
            noteOrdinary(operation, name);
            return DiskFault.NONE;
        }
        happened = true;
        pageSyncFailed = isError() && operation == DiskOperation.SYNC && name.equals("pages");
        world.coverage.fault();
        world.timeline.say("fault " + fault + " at call " + call + ": " + operation + " " + name);
        noteCrash(operation, name);
        return fault;
    }

    private boolean isCounted(DiskOperation operation, String name) {
        return switch (target) {
            case ANY -> true;
            case SYNC -> operation == DiskOperation.SYNC;
            case LOG -> name.startsWith("wal");
            case PAGES -> name.startsWith("pages");
            case ALLOCATION -> operation == DiskOperation.CREATE || operation == DiskOperation.EXTEND;
        };
    }

    private void noteOrdinary(DiskOperation operation, String name) {
        if (operation == DiskOperation.TRUNCATE && name.equals("pages")) {
            world.coverage.note(Sometimes.PAGE_FILE_SHRANK);
        } else if (operation == DiskOperation.EXTEND && name.equals("pages")) {
            world.coverage.note(Sometimes.PAGE_FILE_GREW);
        } else if (operation == DiskOperation.DELETE && name.startsWith("wal-")) {
            world.coverage.note(Sometimes.SEGMENT_DELETED);
        } else if (operation == DiskOperation.RENAME && name.startsWith("wal-")) {
            world.coverage.note(Sometimes.SEGMENT_RECYCLED);
        }
    }

    private void noteCrash(DiskOperation operation, String name) {
        if (!isCrash()) {
            return;
        }
        if (name.startsWith("wal")) {
            boolean isSync = operation == DiskOperation.SYNC && world.stepping == World.Actor.SYNC;
            boolean isPreparation = world.stepping == World.Actor.CHECKPOINT;
            if (isSync) {
                world.coverage.note(Sometimes.CRASH_DURING_SYNC_OF_LOG);
            } else if (isPreparation) {
                world.coverage.note(Sometimes.CRASH_DURING_SEGMENT_PREPARATION);
            }
        } else if (name.equals("pages") && world.stepping == World.Actor.CHECKPOINT) {
            world.coverage.note(Sometimes.CRASH_DURING_CHECKPOINT);
        }
    }

    boolean isCrash() {
        return fault == DiskFault.CRASH_BEFORE || fault == DiskFault.CRASH_INSIDE || fault == DiskFault.CRASH_AFTER;
    }

    boolean isError() {
        return fault == DiskFault.EIO || fault == DiskFault.NO_SPACE;
    }

    DiskFault fault() {
        return fault;
    }
}
