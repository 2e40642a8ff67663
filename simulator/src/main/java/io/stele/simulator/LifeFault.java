package io.stele.simulator;

/** How a life of the node ends, or what is done to it on the way. */
enum LifeFault {
    /** Stopped in good order at some step. */
    CLEAN_STOP,
    /** Power is cut between two steps. */
    POWER_CUT,
    /** The process is killed between two steps; the machine goes on. */
    KILL,
    /** Power is cut before, inside or after some call of the disk port. */
    CRASH_AT_CALL,
    /** Some call of the disk port fails with an input/output error. */
    ERROR_AT_CALL,
    /** Some call of the disk port finds no space. */
    NO_SPACE_AT_CALL,
    /** The disk is full at some step, and has room again some steps later, or in the next life. */
    FULL_DISK
}
