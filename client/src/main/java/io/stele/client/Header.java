package io.stele.client;

/** Who answered, and when in the history of the key space. */
public record Header(long clusterId, long memberId, long revision, long raftTerm) {}
