package io.stele.server.node;

import io.stele.server.config.ClusterConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who a node is, drawn once from its configuration and kept in the superblock.
 *
 * @param clusterId the same for all members of a cluster
 * @param memberId unique within it
 */
public record NodeIdentity(long clusterId, long memberId) {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** The identity that a member has in a new cluster. */
    public static NodeIdentity of(ClusterConfig cluster, String memberName) {
        return new NodeIdentity(clusterId(cluster), memberId(cluster.token(), cluster.member(memberName)));
    }

    /** The id of a member that is there from the beginning: by its addresses, so that two members never share one. */
    public static long memberId(String clusterToken, InitialMember member) {
        StringBuilder text = new StringBuilder(clusterToken).append("/member");
        member.peerUrls().stream()
                .map(ListenUrl::toString)
                .sorted()
                .forEach(url -> text.append('/').append(url));
        return nonZero(hash(text.toString()));
    }

    private static long clusterId(ClusterConfig cluster) {
        StringBuilder text = new StringBuilder(cluster.token()).append("/cluster");
        cluster.members().stream()
                .mapToLong(member -> memberId(cluster.token(), member))
                .sorted()
                .forEach(id -> text.append('/').append(id));
        return nonZero(hash(text.toString()));
    }

    private static long nonZero(long value) {
        return value == 0 ? 1 : value;
    }

    /** FNV-1a with a final mix: stable for ever, which is all that is asked of it. */
    private static long hash(String text) {
        DirectBuffer bytes = new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
        long hash = FNV_OFFSET;
        for (int i = 0; i < bytes.capacity(); i++) {
            hash = (hash ^ (bytes.getByte(i) & 0xFF)) * FNV_PRIME;
        }
        hash ^= hash >>> 32;
        hash *= 0x9E3779B97F4A7C15L;
        return hash ^ hash >>> 29;
    }
}
