package io.stele.client;

/**
 * Where the time of a request went within the member that carried it out: for writes the leader, whichever member was
 * asked. All in nanoseconds. What is missing to the time that the client sees is the network's and the client's.
 *
 * @param queuedNs  from received to taken up by the node.
 * @param durableNs from taken up to committed; for reads, to confirmed that this member may answer.
 * @param appliedNs from then to carried out; for reads, to the first pairs read.
 * @param repliedNs from then until the last of the reply was handed to the network.
 */
public record Timings(long queuedNs, long durableNs, long appliedNs, long repliedNs) {}
