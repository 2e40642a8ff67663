package io.stele.client;

/**
 * Checksum of the history of one member.
 *
 * @param header when, and by whom
 * @param hash of every version up to the hash revision that a compaction has left
 * @param compactRevision up to which history was compacted; checksums with the same one can be compared
 * @param hashRevision last revision that is in it
 */
public record HashKvResult(Header header, long hash, long compactRevision, long hashRevision) {}
