package io.stele.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.stele.gateway.call.Method;
import io.stele.gateway.call.MethodTable;
import io.stele.gateway.call.Requests;
import io.stele.gateway.port.PartialRequests;
import java.util.ArrayDeque;
import java.util.List;

/** One connection's requests over HTTP, one after the other. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int WAITING_MAX = 16;
    private static final String BEARER = "Bearer ";

    private final MethodTable methods;
    private final JsonRoutes routes;
    private final Pages pages;
    private final List<HttpSite> sites;
    private final PartialRequests reading;
    private final boolean onlyMetrics;
    /** Requests that came before the answer to the one before. */
    private final ArrayDeque<FullHttpRequest> waiting = new ArrayDeque<>();

    private HttpExchange current;

    HttpHandler(
            MethodTable methods,
            JsonRoutes routes,
            Pages pages,
            List<HttpSite> sites,
            PartialRequests reading,
            boolean onlyMetrics) {
        this.methods = methods;
        this.routes = routes;
        this.pages = pages;
        this.sites = sites;
        this.reading = reading;
        this.onlyMetrics = onlyMetrics;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (current == null) {
            handle(context.channel(), request);
        } else if (waiting.size() < WAITING_MAX) {
            waiting.add(request.retain());
        } else {
            var unused = context.close();
        }
    }

    private void done(Channel channel) {
        current = null;
        while (current == null && !waiting.isEmpty()) {
            FullHttpRequest next = waiting.poll();
            handle(channel, next);
            next.release();
        }
        if (current == null) {
            reading.idle();
        } else {
            reading.busy();
        }
    }

    private void handle(Channel channel, FullHttpRequest request) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (request.decoderResult().isFailure()) {
            HttpReplies.send(channel, false, HttpResponseStatus.BAD_REQUEST, HttpReplies.TEXT, "400 Bad Request");
            return;
        }
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        String path;
        try {
            path = uri.path();
        } catch (IllegalArgumentException e) {
            HttpReplies.send(channel, false, HttpResponseStatus.BAD_REQUEST, HttpReplies.TEXT, "400 Bad Request");
            return;
        }
        if (request.method().equals(HttpMethod.OPTIONS)) {
            HttpReplies.send(channel, keepAlive, HttpResponseStatus.OK, HttpReplies.NOTHING, "");
            return;
        }
        if (onlyMetrics) {
            pages.answerMetrics(channel, request.method(), uri, keepAlive);
            return;
        }
        for (HttpSite site : sites) {
            if (path.startsWith(site.root())) {
                visit(site, new HttpCall(channel, request, uri, keepAlive, () -> done(channel)));
                return;
            }
        }
        String name = routes.method(path);
        Method<?, ?> method = name == null ? null : methods.find(name);
        if (method != null) {
            if (request.method().equals(HttpMethod.POST)) {
                call(channel, method, request, keepAlive);
            } else {
                Status unknown = Status.UNIMPLEMENTED.withDescription("Method Not Allowed");
                HttpReplies.send(
                        channel,
                        keepAlive,
                        HttpResponseStatus.NOT_IMPLEMENTED,
                        HttpReplies.JSON,
                        Json.failure(unknown));
            }
        } else if (path.startsWith("/v3/")) {
            Status unknown = Status.NOT_FOUND.withDescription("Not Found");
            HttpReplies.send(channel, keepAlive, HttpResponseStatus.NOT_FOUND, HttpReplies.JSON, Json.failure(unknown));
        } else {
            pages.answer(channel, request.method(), uri, keepAlive);
        }
    }

    private void visit(HttpSite site, HttpCall call) {
        reading.busy();
        HttpSite.Opened opened = site.open(call);
        current = opened;
        opened.start();
    }

    private <Q, R> void call(Channel channel, Method<Q, R> method, FullHttpRequest request, boolean keepAlive) {
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        String token = authorization == null || !authorization.startsWith(BEARER)
                ? authorization
                : authorization.substring(BEARER.length());
        // One at a time: what the client sends meanwhile waits in its socket.
        reading.busy();
        JsonAnswer<R> answer = new JsonAnswer<>(channel, method, keepAlive, token, () -> done(channel));
        current = answer;
        String timeout = request.headers().get(Timeout.HEADER);
        if (timeout != null && !Timeout.isValid(timeout)) {
            answer.fail(Status.INVALID_ARGUMENT.withDescription("invalid grpc-timeout: " + timeout));
            return;
        }
        Q message;
        try {
            message = parse(method, request.content().toString(UTF_8));
        } catch (InvalidProtocolBufferException e) {
            answer.fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
            return;
        }
        Requests<Q> requests = method.opener().apply(answer);
        if (timeout != null) {
            answer.expireIn(Timeout.nanos(timeout));
        }
        requests.onRequest(message);
        requests.onEnd();
    }

    @SuppressWarnings("unchecked") // the prototype is the method's own
    private static <Q> Q parse(Method<Q, ?> method, String text) throws InvalidProtocolBufferException {
        Message.Builder builder = Prototypes.request(method).newBuilderForType();
        if (!text.isBlank()) {
            Json.parse(text, builder);
        }
        return (Q) builder.build();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null && context.channel().isWritable()) {
            current.ready();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (current != null) {
            current.cancel();
        }
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && current == null) {
            var unused = context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var unused = context.close();
    }
}
