package io.stele.client;

import io.stele.transport.MessageSequence;
import java.util.concurrent.CompletableFuture;

/** How the servers are. */
public final class MaintenanceClient {
    private static final int ASK = 0;
    private static final int LIFT = 2;

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

    /** Alarms raised, of all members. */
    public CompletableFuture<AlarmResult> alarms() {
        return alarm(ASK, 0, 0);
    }

    /** Lifts one; answers with it, or with none if it was not raised. */
    public CompletableFuture<AlarmResult> disarm(Alarm alarm) {
        return alarm(LIFT, alarm.memberId(), alarm.kind().number());
    }

    private CompletableFuture<AlarmResult> alarm(int action, long memberId, int kind) {
        byte[] request = client.writer().alarm(action, memberId, kind);
        return client.start(new Call<AlarmResult>(client, request, action != ASK) {
            @Override
            AlarmResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.alarms(reply);
            }
        });
    }

    /** 0 asks whether the members may be of an earlier version, 1 announces it, 2 takes it back. */
    public CompletableFuture<DowngradeResult> downgrade(int action, String targetVersion) {
        byte[] request = client.writer().downgrade(action, targetVersion);
        return client.start(new Call<DowngradeResult>(client, request, action != ASK) {
            @Override
            DowngradeResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.downgrade(reply);
            }
        });
    }

    /** For who is used to asking: space is given back all the time. */
    public CompletableFuture<DefragmentResult> defragment() {
        return client.start(new Call<DefragmentResult>(client, client.writer().defragment(), false) {
            @Override
            DefragmentResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.defragment(reply);
            }
        });
    }

    /**
     * A checksum of all history up to a revision, 0: the newest, of the member that happens to be asked. Members whose
     * compact revisions are equal have equal checksums.
     */
    public CompletableFuture<HashKvResult> hashKv(long revision) {
        return client.start(new Call<HashKvResult>(client, client.writer().hashKv(revision), false) {
            @Override
            HashKvResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.hashKv(reply);
            }
        });
    }

    /**
     * The state of the member that happens to be asked, as a file's bytes: see {@code io.stele.transport.snapshot}.
     * Not tried again once a piece was delivered.
     */
    public CompletableFuture<SnapshotResult> snapshot(SnapshotHandler handler) {
        return client.start(new Call<SnapshotResult>(client, client.writer().snapshot(), false) {
            private long length;

            @Override
            void chunk(ReplyReader reader, MessageSequence reply) {
                length += reader.snapshotPiece(reply, handler);
            }

            @Override
            boolean restart() {
                return length == 0 && super.restart();
            }

            @Override
            SnapshotResult decode(ReplyReader reader, MessageSequence reply) {
                length += reader.snapshotPiece(reply, handler);
                return new SnapshotResult(reader.snapshotHeader(reply), length);
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
