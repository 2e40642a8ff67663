package io.stele.client;

/** An alarm that a member has raised, or that was raised for it. */
public record Alarm(long memberId, Kind kind) {
    /** What it says, and its number on the wire. */
    public enum Kind {
        /** The data is beyond the quota: nothing is added until there is space and the alarm is lifted. */
        NOSPACE(1),
        /** The members' states differ: nothing is changed until somebody has looked into it. */
        CORRUPT(2);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }
}
