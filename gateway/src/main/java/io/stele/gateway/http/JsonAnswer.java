package io.stele.gateway.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.wire.WireMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The answer to one call over HTTP: one JSON object, or for a stream one a line, each as the {@code result} of its
 * line.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write comes as an event
final class JsonAnswer<R> implements Answer<R>, HttpExchange {
    private final Channel channel;
    private final Method<?, R> method;
    private final boolean keepAlive;
    private final boolean isStream;
    private final String token;
    private final Runnable onDone;
    private R only;
    private boolean hasBegun;
    private boolean isOver;
    private Runnable onReady;
    private Runnable onCancel;

    /** When the caller has said how long it waits; else null. */
    private Future<?> deadline;

    /** {@code token}: who calls, or null; {@code onDone}: runs when the answer was written. */
    JsonAnswer(Channel channel, Method<?, R> method, boolean keepAlive, String token, Runnable onDone) {
        this.channel = channel;
        this.method = method;
        this.keepAlive = keepAlive;
        this.token = token;
        this.onDone = onDone;
        isStream = !method.descriptor().getType().serverSendsOneMessage();
    }

    @Override
    public void cancel() {
        if (!isOver) {
            over();
            if (onCancel != null) {
                onCancel.run();
            }
        }
    }

    @Override
    public void ready() {
        if (onReady != null && !isOver) {
            onReady.run();
        }
    }

    @Override
    public void send(R message) {
        if (isOver) {
            if (message instanceof WireMessage wire) {
                wire.close();
            }
        } else if (isStream) {
            line("{\"result\":" + Json.of(message(message)) + "}\n");
        } else {
            only = message;
        }
    }

    private void line(String text) {
        if (!hasBegun) {
            hasBegun = true;
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpReplies.JSON)
                    .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            channel.write(response);
        }
        channel.writeAndFlush(new DefaultHttpContent(ByteBufUtil.writeUtf8(channel.alloc(), text)));
    }

    private Message message(R message) {
        if (message instanceof Message plain) {
            return plain;
        }
        // Written for the wire already: read it again. Rare enough, and JSON costs more.
        try (InputStream stream = method.descriptor().getResponseMarshaller().stream(message)) {
            return Prototypes.response(method)
                    .newBuilderForType()
                    .mergeFrom(stream)
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void end() {
        if (isOver) {
            return;
        }
        over();
        if (!isStream) {
            HttpReplies.send(channel, keepAlive, HttpResponseStatus.OK, HttpReplies.JSON, Json.of(message(only)));
        } else if (hasBegun) {
            last();
        } else {
            HttpReplies.send(channel, keepAlive, HttpResponseStatus.OK, HttpReplies.JSON, "");
        }
        onDone.run();
    }

    private void last() {
        var written = channel.writeAndFlush(new DefaultLastHttpContent());
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void fail(Status status) {
        if (isOver) {
            return;
        }
        over();
        if (hasBegun) {
            channel.write(new DefaultHttpContent(
                    ByteBufUtil.writeUtf8(channel.alloc(), "{\"error\":" + Json.failure(status) + "}\n")));
            last();
        } else {
            HttpReplies.send(
                    channel, keepAlive, HttpReplies.status(status.getCode()), HttpReplies.JSON, Json.failure(status));
        }
        onDone.run();
    }

    /** The caller waits no longer than that. */
    void expireIn(long nanos) {
        deadline = channel.eventLoop().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
    }

    private void expire() {
        if (!isOver) {
            fail(Status.DEADLINE_EXCEEDED.withDescription("context deadline exceeded"));
            if (onCancel != null) {
                onCancel.run();
            }
        }
    }

    private void over() {
        isOver = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public boolean isOver() {
        return isOver;
    }

    @Override
    public boolean isReady() {
        return channel.isWritable();
    }

    @Override
    public void onReady(Runnable task) {
        onReady = task;
    }

    @Override
    public void onCancel(Runnable task) {
        onCancel = task;
    }

    @Override
    public String metadata(String name) {
        return name.equals("token") ? token : null;
    }
}
