package io.stele.gateway.service;

import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.Statuses;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.StatusReplyDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends streams whose callers want a leader, when the member has known none for three election timeouts. One for each
 * thread: it asks once in an election timeout, however many streams there are, and not at all when there is none.
 */
public final class LeaderMonitor {
    private static final int MISSES_MAX = 3;

    private final NodeCalls node;
    private final int electionTimeoutMs;
    private final List<Answer<?>> streams = new ArrayList<>();
    private int misses;
    private boolean isScheduled;

    public LeaderMonitor(NodeCalls node, int electionTimeoutMs) {
        this.node = node;
        this.electionTimeoutMs = electionTimeoutMs;
    }

    /** Looks after a stream until it is over. */
    void add(Answer<?> stream) {
        streams.add(stream);
        schedule();
    }

    private void schedule() {
        if (!isScheduled) {
            isScheduled = true;
            var unused = node.eventLoop().schedule(this::look, electionTimeoutMs, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        isScheduled = false;
        streams.removeIf(Answer::isOver);
        if (streams.isEmpty()) {
            misses = 0;
            return;
        }
        ask(node, failure -> {
            misses = failure == null ? 0 : misses + 1;
            if (misses >= MISSES_MAX) {
                List<Answer<?>> ended = List.copyOf(streams);
                streams.clear();
                ended.forEach(stream -> stream.fail(failure));
            }
            schedule();
        });
    }

    /** Hands on null where the member knows a leader, else what to tell the caller. */
    static void ask(NodeCalls node, Consumer<Status> then) {
        var unused = node.connection().call(node.writer().status(), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                StatusReplyDecoder status = new StatusReplyDecoder()
                        .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
                then.accept(status.leaderId() != 0 ? null : Statuses.of(ApiError.NO_LEADER));
            }

            @Override
            public void onFailure(Status status) {
                then.accept(status);
            }
        });
    }
}
