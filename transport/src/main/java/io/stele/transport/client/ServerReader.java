package io.stele.transport.client;

import static io.stele.transport.client.FrameDescriptor.FRAME_LENGTH_CEILING;
import static io.stele.transport.client.FrameDescriptor.FRAME_LENGTH_MIN;
import static io.stele.transport.client.FrameDescriptor.LENGTH_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.GoodbyeDecoder;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.ServerHelloDecoder;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads a server's frames: the hello, then replies. Does not trust what it reads any more than a server would. */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write or a close comes as an event
final class ServerReader extends ChannelInboundHandlerAdapter {
    private final ServerConnection connection;
    private final DialerContext context;
    private final ServerHandler handler;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final MessageSequence sequence = new MessageSequence();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private ByteBuf collected;
    private boolean isOpen;
    private String ending = "the server closed the connection";

    ServerReader(ServerConnection connection, DialerContext context, ServerHandler handler) {
        this.connection = connection;
        this.context = context;
        this.handler = handler;
    }

    @Override
    public void channelActive(ChannelHandlerContext channelContext) {
        channelContext.writeAndFlush(
                Handshakes.clientHello(channelContext.alloc(), context.frameLengthMax, context.clientName));
        channelContext
                .executor()
                .schedule(
                        () -> {
                            if (!isOpen) {
                                fail(channelContext, "no handshake in time: not a Stele server?");
                            }
                        },
                        context.connectTimeoutNs,
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext channelContext) {
        releaseCollected();
        connection.end(channelContext.channel().remoteAddress() + ": " + ending);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channelContext, Throwable cause) {
        fail(channelContext, String.valueOf(cause.getMessage()));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext channelContext) {
        if (channelContext.channel().isWritable()) {
            connection.run();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext channelContext, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (collected != null) {
            in = collect(channelContext, in);
        }
        try {
            while (frame(channelContext, in)) {
                // one after the other
            }
        } catch (MalformedMessageException e) {
            fail(channelContext, "not understood: " + e.getMessage());
        }
        if (in.isReadable() && channelContext.channel().isActive()) {
            collected = in;
        } else {
            in.release();
        }
    }

    private boolean frame(ChannelHandlerContext channelContext, ByteBuf in) {
        if (in.readableBytes() < LENGTH_LENGTH || !channelContext.channel().isActive()) {
            return false;
        }
        int length = in.getIntLE(in.readerIndex());
        if (length < FRAME_LENGTH_MIN || length > FRAME_LENGTH_CEILING) {
            throw new MalformedMessageException(isOpen ? "frame length " + length : "not a Stele server");
        }
        if (in.readableBytes() < LENGTH_LENGTH + length) {
            return false;
        }
        view.wrap(in.memoryAddress() + in.readerIndex() + LENGTH_LENGTH, length);
        in.skipBytes(LENGTH_LENGTH + length);
        sequence.wrap(view, 0, length);
        sequence.next();
        int templateId = RequestFrame.templateId(view, 0);
        if (templateId == GoodbyeDecoder.TEMPLATE_ID) {
            GoodbyeDecoder goodbye = new GoodbyeDecoder().wrapAndApplyHeader(view, 0, headerDecoder);
            GoodbyeReason reason = goodbye.reason();
            ending = reason + ": " + goodbye.text();
            if (isOpen && reason == GoodbyeReason.CLOSING && handler.onGoodbye(ending)) {
                return true;
            }
            channelContext.close();
            return false;
        }
        if (isOpen) {
            while (sequence.next()) {
                // every length is checked before anybody decodes
            }
            handler.onReply(view, 0, length);
        } else {
            hello(templateId);
        }
        return true;
    }

    private void hello(int templateId) {
        if (templateId != ServerHelloDecoder.TEMPLATE_ID) {
            throw new MalformedMessageException("message " + templateId + " instead of a hello");
        }
        ServerHelloDecoder hello = new ServerHelloDecoder().wrapAndApplyHeader(view, 0, headerDecoder);
        long clusterId = hello.clusterId();
        long memberId = hello.memberId();
        int frameLengthMax = (int) Math.min(hello.frameLengthMax(), FRAME_LENGTH_CEILING);
        int inFlightMax = (int) Math.min(hello.inFlightMax(), Integer.MAX_VALUE);
        String version = hello.serverVersion();
        String name = hello.memberName();
        isOpen = true;
        connection.open(new ServerIdentity(clusterId, memberId, name, version, frameLengthMax, inFlightMax));
    }

    private ByteBuf collect(ChannelHandlerContext channelContext, ByteBuf in) {
        ByteBuf all = collected;
        collected = null;
        if (in.readableBytes() > all.writableBytes()) {
            int needed = all.readableBytes() + in.readableBytes();
            ByteBuf larger = channelContext.alloc().directBuffer(Math.max(needed, 2 * all.readableBytes()));
            larger.writeBytes(all);
            all.release();
            all = larger;
        }
        all.writeBytes(in);
        in.release();
        return all;
    }

    private void fail(ChannelHandlerContext channelContext, String text) {
        ending = text;
        channelContext.close();
    }

    private void releaseCollected() {
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }
}
