package io.stele.simulator.cluster;

/** What chance does to a cluster. A run leaves about half of it out. */
enum ClusterFault {
    /** One machine loses its power. */
    POWER_CUT(4),
    /** The leader's machine does. */
    POWER_CUT_LEADER(4),
    /** All machines do, at once. */
    POWER_CUT_ALL(1),
    /** One process ends at once; its machine goes on. */
    KILL(3),
    /** A process is stopped in good order, after handing over. */
    CLEAN_STOP(2),
    /** A machine loses its power before, inside or after some call of its disk. */
    CRASH_AT_CALL(5),
    /** Some call of a disk fails with an input/output error. */
    ERROR_AT_CALL(2),
    /** A disk is full for a while. */
    FULL_DISK(2),
    /** Forces of one disk do not come back for a while. */
    DISK_STALL(3),
    /** A process ends, or its machine loses its power, and the disk rots until it is back. */
    ROT(8),
    /** A process ends, or its machine loses its power, and starts again with an empty disk. */
    LOST_DISK(16),
    /** A process stands still for a while. */
    PAUSE(3),
    /** The leader does. */
    PAUSE_LEADER(3),
    /** Two parts that do not hear each other. */
    SPLIT(4),
    /** One member is cut off from all others. */
    ISOLATE(3),
    ISOLATE_LEADER(4),
    /** One direction of some links is cut. */
    ONE_WAY(3),
    /** Two parts that share one member, which hears both. */
    BRIDGE(2),
    /** Each member hears its neighbours only. */
    RING(1),
    /** Frames of some links are held back and come all together. */
    CLOG(3),
    /** Much is lost for a while. */
    STORM(2),
    /** All links work again. */
    CALM(3);

    /** How likely it is beside the others, where it is not left out. */
    final int weight;

    ClusterFault(int weight) {
        this.weight = weight;
    }
}
