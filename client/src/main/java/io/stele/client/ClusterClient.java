package io.stele.client;

import io.stele.transport.MessageSequence;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Who the members are. */
public final class ClusterClient {
    private static final int ADD = 1;
    private static final int ADD_LEARNER = 2;
    private static final int PROMOTE = 3;
    private static final int REMOVE = 4;
    private static final int UPDATE = 5;

    private final SteleClient client;

    ClusterClient(SteleClient client) {
        this.client = client;
    }

    /** As of now. */
    public CompletableFuture<MemberListResult> members() {
        return list(client.writer().memberList(true), false);
    }

    /** As the member that happens to be asked knows it: without a quorum, and perhaps out of date. */
    public CompletableFuture<MemberListResult> membersAsKnown() {
        return list(client.writer().memberList(false), false);
    }

    /** Adds a member, which may be started then. A learner gets the data but has no vote. */
    public CompletableFuture<MemberListResult> add(List<String> peerUrls, boolean asLearner) {
        return change(asLearner ? ADD_LEARNER : ADD, 0, peerUrls);
    }

    /** Gives a learner a vote. */
    public CompletableFuture<MemberListResult> promote(long memberId) {
        return change(PROMOTE, memberId, List.of());
    }

    public CompletableFuture<MemberListResult> remove(long memberId) {
        return change(REMOVE, memberId, List.of());
    }

    /** Says under which addresses the other members find this one. */
    public CompletableFuture<MemberListResult> update(long memberId, List<String> peerUrls) {
        return change(UPDATE, memberId, peerUrls);
    }

    private CompletableFuture<MemberListResult> change(int operation, long memberId, List<String> peerUrls) {
        return list(client.writer().memberChange(operation, memberId, String.join(",", peerUrls)), true);
    }

    private CompletableFuture<MemberListResult> list(byte[] request, boolean isWrite) {
        return client.start(new Call<MemberListResult>(client, request, isWrite) {
            @Override
            MemberListResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.members(reply);
            }
        });
    }
}
