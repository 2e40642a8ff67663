package io.stele.gateway.v2;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.http.HttpCall;

/** Where the answer to one request goes, with the headers of version 2. */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write comes as an event
final class KeysAnswer {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Channel channel;
    private final boolean keepAlive;
    private final Runnable onDone;
    private boolean isOver;

    KeysAnswer(HttpCall call) {
        channel = call.channel();
        keepAlive = call.keepAlive();
        onDone = call.onDone();
    }

    boolean isOver() {
        return isOver;
    }

    void cancel() {
        isOver = true;
    }

    /** An answer that tells how far member and cluster are: {@code index} is the newest that it knows of. */
    void send(int status, String json, long index, StatusResponse member) {
        HttpResponse response = whole(status, JSON, json + '\n');
        indexes(response, index, member);
        end(response);
    }

    void fail(KeysException failure, String clusterId) {
        HttpResponse response = whole(failure.error.httpStatus, JSON, KeysJson.error(failure) + '\n');
        response.headers().set("X-Etcd-Cluster-Id", clusterId).set("X-Etcd-Index", failure.index);
        end(response);
    }

    void json(int status, String json) {
        end(whole(status, JSON, json));
    }

    void text(int status, String text) {
        end(whole(status, TEXT, text));
    }

    void redirect(String location) {
        HttpResponse response = whole(HttpResponseStatus.MOVED_PERMANENTLY.code(), TEXT, "");
        response.headers().set(HttpHeaderNames.LOCATION, location);
        end(response);
    }

    void notAllowed(HttpMethod... allowed) {
        HttpResponse response = whole(HttpResponseStatus.METHOD_NOT_ALLOWED.code(), TEXT, "Method Not Allowed\n");
        for (HttpMethod method : allowed) {
            response.headers().add(HttpHeaderNames.ALLOW, method.name());
        }
        end(response);
    }

    private HttpResponse whole(int status, String type, String body) {
        var bytes = ByteBufUtil.writeUtf8(channel.alloc(), body);
        HttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
        if (type.equals(TEXT) && status >= HttpResponseStatus.BAD_REQUEST.code()) {
            response.headers().set("X-Content-Type-Options", "nosniff");
        }
        return response;
    }

    private static void indexes(HttpResponse response, long index, StatusResponse member) {
        response.headers()
                .set("X-Etcd-Cluster-Id", Long.toHexString(member.getHeader().getClusterId()))
                .set("X-Etcd-Index", index)
                .set("X-Raft-Index", member.getRaftIndex())
                .set("X-Raft-Term", member.getRaftTerm());
    }

    /** The beginning of an answer that will come some time. */
    void begin(long index, StatusResponse member) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, JSON)
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        indexes(response, index, member);
        channel.writeAndFlush(response);
    }

    /** Its rest: an object, or nothing. */
    void finish(String json) {
        if (!json.isEmpty()) {
            channel.write(new DefaultHttpContent(ByteBufUtil.writeUtf8(channel.alloc(), json + '\n')));
        }
        end(new DefaultLastHttpContent());
    }

    private void end(Object last) {
        if (last instanceof HttpResponse response && !keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        var written = channel.writeAndFlush(last);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
        isOver = true;
        onDone.run();
    }
}
