package io.stele.client;

import io.stele.transport.MessageSequence;
import java.util.concurrent.CompletableFuture;

/** How the servers are. */
public final class MaintenanceClient {
    private final SteleClient client;

    MaintenanceClient(SteleClient client) {
        this.client = client;
    }

    /** State of the member that happens to be asked; to ask a certain one, connect to it alone. */
    public CompletableFuture<StatusResult> status() {
        return client.start(new Call<StatusResult>(client, client.writer().status(), false) {
            @Override
            StatusResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.status(reply);
            }
        });
    }

    /** Makes another member lead. To be asked of the leader: connect to it alone. */
    public CompletableFuture<MoveLeaderResult> moveLeader(long targetId) {
        return client.start(new Call<MoveLeaderResult>(client, client.writer().moveLeader(targetId), true) {
            @Override
            MoveLeaderResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.moveLeader(reply);
            }
        });
    }
}
