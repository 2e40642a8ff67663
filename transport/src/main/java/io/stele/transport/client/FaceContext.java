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
 * @param settings what an operator decides
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
        FaceSettings settings,
        Consumer<String> log) {}
