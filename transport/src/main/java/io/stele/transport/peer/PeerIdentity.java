package io.stele.transport.peer;

/**
 * Who speaks: every frame says it.
 *
 * @param clusterId the same for all members of a cluster; others are refused
 * @param memberId unique within it
 * @param bootId drawn anew in each life of a member, so that a clone or an old image that speaks beside it is noticed
 */
public record PeerIdentity(long clusterId, long memberId, long bootId) {
    public PeerIdentity {
        if (memberId == 0 || bootId == 0) {
            throw new IllegalArgumentException("0 is nobody's id");
        }
    }
}
