package io.stele.gateway.node;

import io.netty.channel.EventLoop;
import io.stele.gateway.call.Answer;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.FaceContext;
import java.util.function.BiFunction;

/** What one thread needs to ask the node: a connection, a writer and a reader. */
public final class NodeCalls {
    private final NodeConnection connection;
    private final RequestWriter writer = new RequestWriter();
    private final ReplyReader reader;

    public NodeCalls(FaceContext context, EventLoop eventLoop) {
        connection = new NodeConnection(context.link(), eventLoop);
        reader = new ReplyReader(context.clusterId(), context.memberId());
    }

    public NodeConnection connection() {
        return connection;
    }

    public RequestWriter writer() {
        return writer;
    }

    public ReplyReader reader() {
        return reader;
    }

    /** Asks what the writer holds, and answers what the reader makes of the reply. */
    public <R> void ask(RequestWriter request, Answer<R> answer, BiFunction<ReplyReader, MessageSequence, R> read) {
        long correlationId = connection.call(request, new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                answer.reply(read.apply(reader, reply));
            }

            @Override
            public void onFailure(io.grpc.Status status) {
                answer.fail(status);
            }
        });
        answer.onCancel(() -> connection.forget(correlationId, false));
    }
}
