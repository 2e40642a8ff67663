package io.stele.storage.file.sim;

/**
 * The simulated machine has lost its power, or the process was killed. An error and not an exception: nothing that runs
 * may handle it. Every further call to the disk throws it again until the disk is mounted anew.
 */
public final class SimCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimCrash(String message) {
        super(message);
    }
}
