package io.stele.server.watch;

/** A place among the events: revision and number within it. */
final class Position {
    private Position() {}

    static boolean isBefore(long main, int sub, long otherMain, int otherSub) {
        return main < otherMain || (main == otherMain && sub < otherSub);
    }
}
