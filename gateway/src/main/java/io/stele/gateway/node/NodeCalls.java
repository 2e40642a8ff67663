package io.stele.gateway.node;

import io.netty.channel.EventLoop;
import io.stele.gateway.call.Answer;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.FaceContext;
import io.stele.transport.client.LocalHandler;
import java.util.function.BiFunction;

/** What one thread needs to ask the node: a connection, a writer and a reader. */
public final class NodeCalls {
    /** Memory of long answers, all threads together. */
    private static final long ASSEMBLED_BYTES_MAX = 128L * 1024 * 1024;

    /** Memory of requests that the node has no room for, all threads together. */
    private static final int WAITING_BYTES_MAX = 128 * 1024 * 1024;

    private final FaceContext context;
    private final EventLoop eventLoop;
    private final NodeConnection connection;
    private final AssemblyBudget budget;
    private final WaitingBudget waiting;
    private final RequestWriter writer = new RequestWriter();
    private final ReplyReader reader;

    /** {@code threadCount}: threads that share the memory for long answers and waiting requests. */
    public NodeCalls(FaceContext context, EventLoop eventLoop, int threadCount) {
        this.context = context;
        this.eventLoop = eventLoop;
        budget = new AssemblyBudget(ASSEMBLED_BYTES_MAX / threadCount);
        waiting = new WaitingBudget(WAITING_BYTES_MAX / threadCount);
        connection = new NodeConnection(context.link(), eventLoop, waiting);
        reader = new ReplyReader(context.clusterId(), context.memberId());
    }

    /** A connection for one call that may be long, so that it can be held back alone. The caller closes it. */
    public NodeConnection openLane() {
        return new NodeConnection(context.link(), eventLoop, waiting);
    }

    /** The same for one that the node pushes to. */
    public NodeConnection openLane(LocalHandler pushes) {
        return new NodeConnection(context.link(), eventLoop, waiting, pushes);
    }

    public AssemblyBudget budget() {
        return budget;
    }

    /** The thread that this belongs to. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** The one that all short calls share. */
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
