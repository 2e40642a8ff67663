package io.stele.server.node;

/**
 * What other threads may know of a node, as of some duty cycle.
 *
 * @param ready whether it leads and has applied everything that earlier lives have committed
 * @param revision newest revision of its key space
 * @param appliedIndex last log entry applied
 */
public record NodeStatus(boolean ready, long revision, long appliedIndex) {}
