package io.stele.server.machine;

/**
 * How many rows all reads under way may hold together because they are wanted in another order than that of their keys.
 * A limit for each of them would bound nothing: there may be a thousand.
 */
final class SortRoom {
    private int free;

    SortRoom(int rowsMax) {
        free = rowsMax;
    }

    /** Whether there is room for one more row; it is taken then. */
    boolean take() {
        if (free == 0) {
            return false;
        }
        free--;
        return true;
    }

    void giveBack(int rows) {
        free += rows;
    }
}
