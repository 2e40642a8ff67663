package io.stele.transport.client;

import java.util.function.Consumer;

/**
 * What a {@link ClientFace} knows of its node.
 *
 * @param link the way to the node
 * @param clusterId the node's cluster
 * @param memberId the node's member
 * @param memberName its name
 * @param serverVersion version of the server
 * @param requestBytesMax longest request
 * @param electionTimeoutMs how long a follower waits for its leader
 * @param bcryptCost work that goes into the hash of a password
 * @param enableV2 whether etcd's API of version 2 is served, too
 * @param log one line for people
 */
public record FaceContext(
        LocalLink link,
        long clusterId,
        long memberId,
        String memberName,
        String serverVersion,
        int requestBytesMax,
        int electionTimeoutMs,
        int bcryptCost,
        boolean enableV2,
        Consumer<String> log) {}
