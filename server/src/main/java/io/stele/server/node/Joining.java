package io.stele.server.node;

import io.stele.server.machine.MemberRecord;
import java.util.List;

/**
 * What a member that joins a cluster has to be told: it was added there, and knows nothing yet.
 *
 * @param identity who it is
 * @param members those who are there, itself included
 */
public record Joining(NodeIdentity identity, List<MemberRecord> members) {
    public Joining {
        members = List.copyOf(members);
    }
}
