package io.stele.server.config;

import java.util.concurrent.TimeUnit;

/**
 * When history is given up without anybody asking for it, as etcd's flags say it.
 *
 * @param retention nanoseconds (PERIODIC) or revisions (REVISION) of history that are kept; 0: nothing is given up
 */
public record AutoCompaction(Mode mode, long retention) {
    public static final AutoCompaction OFF = new AutoCompaction(Mode.PERIODIC, 0);

    /** What is kept of history. */
    public enum Mode {
        /** What was the newest within some time. */
        PERIODIC,
        /** So many revisions. */
        REVISION
    }

    /** A bare number is hours or revisions; a time is written as in {@code 1h30m}. */
    static AutoCompaction parse(String mode, String retention) {
        Mode parsed = switch (mode) {
            case "periodic" -> Mode.PERIODIC;
            case "revision" -> Mode.REVISION;
            default ->
                throw new ConfigException("--auto-compaction-mode must be periodic or revision, got '" + mode + "'");
        };
        if (retention.matches("\\+?[0-9]{1,9}")) {
            long number = Long.parseLong(retention);
            return new AutoCompaction(parsed, parsed == Mode.PERIODIC ? TimeUnit.HOURS.toNanos(number) : number);
        }
        if (parsed == Mode.REVISION) {
            throw new ConfigException("--auto-compaction-retention must be a number of revisions with"
                    + " --auto-compaction-mode=revision, got '" + retention + "'");
        }
        long periodNs = GoDuration.parseNs(retention);
        if (periodNs < 0) {
            throw new ConfigException(
                    "--auto-compaction-retention must be hours or a time like 30m or 1h30m, got '" + retention + "'");
        }
        return new AutoCompaction(parsed, periodNs);
    }

    public boolean isOn() {
        return retention > 0;
    }
}
