package io.stele.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.stele.gateway.port.PartialRequests;

/** Puts bodies together, and says how much of one is there. */
final class MeteredAggregator extends HttpObjectAggregator {
    private final PartialRequests requests;
    private long held;

    MeteredAggregator(int bodyLengthMax, PartialRequests requests) {
        super(bodyLengthMax);
        this.requests = requests;
    }

    @Override
    protected void aggregate(FullHttpMessage aggregated, HttpContent content) throws Exception {
        super.aggregate(aggregated, content);
        held += requests.hold(content.content().readableBytes());
    }

    @Override
    protected void finishAggregation(FullHttpMessage aggregated) throws Exception {
        release();
        super.finishAggregation(aggregated);
    }

    /** What comes of such a one is not kept. */
    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) throws Exception {
        release();
        super.handleOversizedMessage(context, oversized);
    }

    private void release() {
        requests.release(held);
        held = 0;
    }
}
