package io.stele.transport.snapshot;

/**
 * What a snapshot says of itself at its beginning.
 *
 * @param clusterId the cluster that it is of
 * @param memberId the member that has written it
 * @param appliedIndex log index of the last entry in it
 * @param appliedTerm the term of that entry
 * @param revision newest revision
 * @param compactRevision oldest revision that is readable; -1: nothing was ever compacted
 * @param keyCount live keys
 * @param entryCount entries of all trees
 */
public record SnapshotHeader(
        long clusterId,
        long memberId,
        long appliedIndex,
        long appliedTerm,
        long revision,
        long compactRevision,
        long keyCount,
        long entryCount) {}
