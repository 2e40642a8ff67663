package io.stele.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.stele.gateway.call.MethodTable;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.port.PartialRequests;
import java.util.List;
import java.util.function.Supplier;

/** HTTP/1.1 on connections that are handed over: the API as JSON, health, versions, metrics. */
public final class HttpServer {
    private static final int LINE_LENGTH_MAX = 4096;
    private static final int HEADERS_LENGTH_MAX = 16 * 1024;
    private static final int CHUNK_LENGTH_MAX = 64 * 1024;
    private static final int IDLE_SECONDS_MAX = 60;

    private final MethodTable methods;
    private final JsonRoutes routes = new JsonRoutes();
    private final Pages pages;
    private final List<HttpSite> sites;
    private final int bodyLengthMax;

    /** {@code more}: what is served beside the API. */
    public HttpServer(
            MethodTable methods, Supplier<NodeCalls> calls, String version, int requestBytesMax, List<HttpSite> more) {
        this.methods = methods;
        sites = List.copyOf(more);
        pages = new Pages(calls, version, methods.counts());
        // Base64 makes four of three bytes, and there are names and quotes around.
        bodyLengthMax = requestBytesMax / 3 * 4 + 512 * 1024;
    }

    /** Serves a connection that is registered, reads nothing and has an empty pipeline. */
    public void serve(Channel channel, PartialRequests requests, ByteBuf received) {
        serve(channel, requests, received, false);
    }

    /** Likewise, and answers nothing but whether the member is healthy and what it counts. */
    public void serveMetrics(Channel channel, PartialRequests requests, ByteBuf received) {
        serve(channel, requests, received, true);
    }

    private void serve(Channel channel, PartialRequests requests, ByteBuf received, boolean onlyMetrics) {
        channel.pipeline()
                .addLast(new IdleStateHandler(IDLE_SECONDS_MAX, 0, 0))
                .addLast(new HttpServerCodec(LINE_LENGTH_MAX, HEADERS_LENGTH_MAX, CHUNK_LENGTH_MAX))
                .addLast(new MeteredAggregator(bodyLengthMax, requests))
                .addLast(new HttpHandler(methods, routes, pages, sites, requests, onlyMetrics));
        requests.idle();
        channel.pipeline().fireChannelRead(received);
        channel.pipeline().fireChannelReadComplete();
    }
}
