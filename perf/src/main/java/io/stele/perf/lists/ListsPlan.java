package io.stele.perf.lists;

/**
 * Big lists at once.
 *
 * @param prefix of the keys that are listed
 * @param keys that each list holds
 * @param valueLength bytes of each value
 * @param lists at once, each on a connection of its own
 * @param stream by RangeStream instead of one answer
 * @param putsPerSecond beside them
 */
public record ListsPlan(String prefix, int keys, int valueLength, int lists, boolean stream, int putsPerSecond) {}
