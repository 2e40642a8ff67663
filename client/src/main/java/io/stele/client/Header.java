package io.stele.client;

import java.util.Optional;

/**
 * Who answered, and when in the history of the key space.
 *
 * @param timings where the time went, if that was asked for: see {@link KvClient#timed()}.
 */
public record Header(long clusterId, long memberId, long revision, long raftTerm, Optional<Timings> timings) {
    public Header(long clusterId, long memberId, long revision, long raftTerm) {
        this(clusterId, memberId, revision, raftTerm, Optional.empty());
    }
}
