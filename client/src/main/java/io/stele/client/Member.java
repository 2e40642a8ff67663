package io.stele.client;

import java.util.List;

/**
 * One member of a cluster.
 *
 * @param name empty until it has started for the first time
 * @param isLearner whether it has no vote
 */
public record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean isLearner) {
    public Member {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
    }
}
