package io.stele.client.cli;

/** Ends a command with one line on standard error and an exit code; the codes are etcdctl's. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final int ERROR = 1;
    static final int BAD_CONNECTION = 2;
    static final int INVALID_INPUT = 3;
    static final int BAD_FEATURE = 4;
    static final int INTERRUPTED = 5;
    static final int IO = 6;
    static final int BAD_ARGUMENTS = 128;
    /** What a shell reports of a process that SIGPIPE ended. */
    static final int BROKEN_PIPE = 141;

    private final int exitCode;
    private final boolean isPassing;

    CliException(int exitCode, String octets) {
        this(exitCode, octets, false);
    }

    CliException(int exitCode, String octets, boolean isPassing) {
        super(octets, null, false, false);
        this.exitCode = exitCode;
        this.isPassing = isPassing;
    }

    /** Whether it may go well the next time: nobody was there, or nobody has answered in time. */
    boolean isPassing() {
        return isPassing;
    }

    int exitCode() {
        return exitCode;
    }
}
