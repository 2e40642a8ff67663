package io.stele.server.node;

/**
 * What other threads may know of a node, as of some duty cycle.
 *
 * @param ready whether it serves: it leads, or knows who does, and has applied everything that it knows to be committed
 * @param revision newest revision of its key space
 * @param appliedIndex last log entry applied
 * @param leads whether it leads a cluster in which another member could, or is handing over and knows no leader yet
 * @param removed whether it is no member any more, and has been so long enough to disturb nobody by stopping
 * @param duplicate whether another process is this member: a peer has had its answer from the member's address
 */
public record NodeStatus(
        boolean ready, long revision, long appliedIndex, boolean leads, boolean removed, boolean duplicate) {}
