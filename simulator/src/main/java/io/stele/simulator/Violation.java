package io.stele.simulator;

/** A check has failed: the node broke a promise, or the simulation itself is wrong. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String check;

    public Violation(String check, String message) {
        super(check + ": " + message);
        this.check = check;
    }

    public Violation(String check, String message, Throwable cause) {
        super(check + ": " + message, cause);
        this.check = check;
    }

    /** Name of the check. */
    public String check() {
        return check;
    }
}
