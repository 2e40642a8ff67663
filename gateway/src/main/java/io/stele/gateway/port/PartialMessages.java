package io.stele.gateway.port;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Supplier;

/**
 * Counts what gRPC keeps of messages that are not whole yet. gRPC gives a stream its window back for each piece it puts
 * aside, so that windows bound nothing here; but it tells of each piece, in the midst of the read that brought it.
 */
public final class PartialMessages extends ServerStreamTracer.Factory {
    /** A piece is a part of the buffer that it was read into or joined in, and keeps all of that: measured. */
    private static final int BUFFER_FACTOR = 2;

    private final Supplier<PartialBudget> budget;

    /** {@code budget}: that of the thread that asks. */
    public PartialMessages(Supplier<PartialBudget> budget) {
        this.budget = budget;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Stream(budget.get().current());
    }

    /** Says whose bytes gRPC is about to see: to be the first handler of a connection. */
    public static final class Marker extends ChannelInboundHandlerAdapter {
        private final PartialBudget budget;
        private final PartialRequests requests;

        public Marker(PartialBudget budget, PartialRequests requests) {
            this.budget = budget;
            this.requests = requests;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            budget.current(requests);
            try {
                context.fireChannelRead(bytes);
            } finally {
                budget.current(null);
            }
        }
    }

    /** One call. */
    private static final class Stream extends ServerStreamTracer {
        private final PartialRequests requests;
        private long held;
        private boolean isClosed;

        Stream(PartialRequests requests) {
            assert requests != null : "a call begins with what was read";
            this.requests = requests;
        }

        @Override
        public void inboundWireSize(long length) {
            if (!isClosed) {
                held += requests.hold(BUFFER_FACTOR * (int) length);
            }
        }

        @Override
        public void inboundMessageRead(int number, long wireLength, long length) {
            release();
        }

        @Override
        public void streamClosed(Status status) {
            isClosed = true;
            release();
        }

        private void release() {
            requests.release(held);
            held = 0;
        }
    }
}
