package io.stele.transport.client;

import static io.stele.transport.client.FrameDescriptor.FRAME_LENGTH_MIN;
import static io.stele.transport.client.FrameDescriptor.HANDSHAKE_FRAME_LENGTH_MAX;
import static io.stele.transport.client.FrameDescriptor.LENGTH_LENGTH;
import static io.stele.transport.client.FrameDescriptor.PREFACE_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.ClientHelloDecoder;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.PingRequestDecoder;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One client's connection as the server's network thread sees it: preface, handshake, requests, farewell.
 *
 * <p>Complete frames go from the buffer that the socket was read into straight to the ingress ring. Only a frame that
 * arrives in pieces is collected, in a buffer that grows with what has arrived, never with what was announced.
 *
 * <p>Everything here belongs to the network thread, but for {@link Egress}, which belongs to the node's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write or a close comes as an event
final class ClientConnection extends ChannelInboundHandlerAdapter implements ChannelFutureListener, Recipient {
    private enum State {
        /** Which protocol is this? */
        SNIFFING,
        /** Preface seen, ClientHello awaited. */
        HANDSHAKE,
        OPEN,
        /** Goodbye written; what still arrives is thrown away until the peer hangs up too. */
        CLOSING,
        CLOSED
    }

    /** How long after a Goodbye the peer may take to hang up; closing at once could lose the Goodbye. */
    private static final long LINGER_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long LINGER_CLOSING_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SNIFFED_LENGTH_MAX = 64;
    private static final int COLLECTED_LENGTH_MIN = 256;

    final NetworkLoop loop;
    final Channel channel;
    final Egress egress;
    private final NettyClientLink link;
    private final ListenPoint point;
    private final ClientLinkContext context;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final IntArrayList writtenLengths = new IntArrayList();
    private int writtenHead;

    private State state = State.SNIFFING;
    private InetAddress address;
    private long id;
    private int clientFrameLengthMax;
    private ByteBuf collected;
    private long requestCount;
    private boolean isPaused;
    private boolean isRegistered;
    private long startedNs;
    private long frameStartedNs;
    private long lastReadNs;
    private long lastWriteNs;
    private long closeDeadlineNs = Long.MAX_VALUE;
    /** The loop's own: where it stands in the list of all, and whether in that of the ones to flush. */
    int loopIndex = -1;

    boolean isTouched;

    ClientConnection(NettyClientLink link, NetworkLoop loop, ListenPoint point, Channel channel) {
        this.link = link;
        this.loop = loop;
        this.point = point;
        this.channel = channel;
        this.context = link.context();
        this.egress = new Egress(this, channel.alloc());
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public void id(long value) {
        id = value;
    }

    @Override
    public NetworkLoop loop() {
        return loop;
    }

    @Override
    public Egress egress() {
        return egress;
    }

    @Override
    public int clientFrameLengthMax() {
        return clientFrameLengthMax;
    }

    @Override
    public void channelActive(ChannelHandlerContext handlerContext) {
        startedNs = System.nanoTime();
        lastReadNs = startedNs;
        lastWriteNs = startedNs;
        loop.add(this);
        address = AddressCounts.key(channel.remoteAddress());
        String refusal = link.admit(address);
        if (refusal != null) {
            goodbye(GoodbyeReason.TOO_MANY_CONNECTIONS, refusal);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext handlerContext) {
        state = State.CLOSED;
        releaseCollected();
        loop.remove(this);
        unregister();
        link.leave(address);
    }

    /** From here on the node cannot reach it, and is told. */
    private void unregister() {
        if (isRegistered) {
            isRegistered = false;
            link.table().remove(this);
            loop.disconnected(id);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext handlerContext, Throwable cause) {
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext handlerContext, Object message) {
        ByteBuf received = (ByteBuf) message;
        lastReadNs = loop.nowNs();
        if (collected == null) {
            decode(received);
            keep(received);
        } else if (collect(received)) {
            decodeCollected();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext handlerContext) {
        loop.announce();
    }

    // ---- reading

    private void decodeCollected() {
        ByteBuf bytes = collected;
        int capacity = bytes.capacity();
        int start = bytes.readerIndex();
        collected = null;
        decode(bytes);
        if (bytes.readerIndex() != start) {
            frameStartedNs = lastReadNs;
        }
        if (bytes.isReadable()) {
            collected = bytes;
        } else {
            bytes.release();
            loop.releasePartial(capacity);
        }
    }

    /** Consumes as many whole steps as are there. */
    private void decode(ByteBuf in) {
        boolean progress = true;
        while (progress && in.isReadable()) {
            progress = switch (state) {
                case SNIFFING -> sniff(in);
                case HANDSHAKE -> handshake(in);
                case OPEN -> request(in);
                case CLOSING, CLOSED -> discard(in);
            };
        }
    }

    private static boolean discard(ByteBuf in) {
        in.skipBytes(in.readableBytes());
        return false;
    }

    private boolean sniff(ByteBuf in) {
        if (!point.isNative()) {
            return sniffOthers(in, 0);
        }
        int length = Math.min(in.readableBytes(), PREFACE_LENGTH);
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != FrameDescriptor.preface().getByte(i)) {
                return sniffOthers(in, i);
            }
        }
        if (length < PREFACE_LENGTH) {
            return false;
        }
        in.skipBytes(PREFACE_LENGTH);
        state = State.HANDSHAKE;
        return true;
    }

    private boolean sniffOthers(ByteBuf in, int matched) {
        boolean more = false;
        int length = Math.min(in.readableBytes(), SNIFFED_LENGTH_MAX);
        view.wrap(in.memoryAddress() + in.readerIndex(), length);
        for (PortProtocol protocol : point.protocols()) {
            switch (protocol.sniff(view, length)) {
                case YES -> {
                    adopt(protocol, in);
                    return false;
                }
                case MORE -> more = true;
                case NO -> {}
            }
        }
        if (more && length < SNIFFED_LENGTH_MAX) {
            return false;
        }
        boolean otherVersion = matched == PREFACE_LENGTH - 2;
        goodbye(
                otherVersion ? GoodbyeReason.UNSUPPORTED_VERSION : GoodbyeReason.BAD_PREFACE,
                otherVersion ? "wire version 1 is spoken here" : "the first bytes are no known protocol's");
        return true;
    }

    private void adopt(PortProtocol protocol, ByteBuf in) {
        ByteBuf received = in.retainedSlice();
        in.skipBytes(in.readableBytes());
        state = State.CLOSED;
        releaseCollected();
        loop.remove(this);
        // The connection still counts until it closes; this handler's end is not the connection's.
        channel.closeFuture().addListener(future -> link.leave(address));
        channel.pipeline().remove(this);
        protocol.adopt(channel, received);
    }

    /** Length of the messages of the frame that starts here; 0: not all there yet; -1: refused. */
    private int completeFrame(ByteBuf in, int lengthMax) {
        if (in.readableBytes() < LENGTH_LENGTH) {
            return 0;
        }
        int length = in.getIntLE(in.readerIndex());
        if (length < FRAME_LENGTH_MIN || length > lengthMax) {
            goodbye(
                    GoodbyeReason.BAD_LENGTH,
                    "frame length " + length + " is not in " + FRAME_LENGTH_MIN + " .. " + lengthMax);
            return -1;
        }
        if (in.readableBytes() < LENGTH_LENGTH + length) {
            return 0;
        }
        view.wrap(in.memoryAddress() + in.readerIndex() + LENGTH_LENGTH, length);
        return length;
    }

    private boolean handshake(ByteBuf in) {
        int length = completeFrame(in, HANDSHAKE_FRAME_LENGTH_MAX);
        if (length <= 0) {
            return length < 0;
        }
        ClientHelloDecoder hello = loop.handshakes().hello(view, length);
        if (hello == null) {
            goodbye(GoodbyeReason.UNKNOWN_MESSAGE, "the first message has to be a ClientHello");
            return true;
        }
        if (hello.wireVersion() < FrameDescriptor.WIRE_VERSION) {
            goodbye(GoodbyeReason.UNSUPPORTED_VERSION, "wire version 1 is spoken here");
            return true;
        }
        clientFrameLengthMax = (int) Math.min(hello.frameLengthMax(), FrameDescriptor.FRAME_LENGTH_CEILING);
        link.table().add(this);
        if (!link.ingress().offer(Ingress.CONNECTED, id)) {
            link.table().remove(this);
            pause();
            loop.block(this);
            return false;
        }
        in.skipBytes(LENGTH_LENGTH + length);
        state = State.OPEN;
        isRegistered = true;
        loop.enqueued();
        channel.writeAndFlush(loop.handshakes().serverHello(channel.alloc()));
        return true;
    }

    private boolean request(ByteBuf in) {
        int length = completeFrame(in, context.frameLengthMax());
        if (length <= 0) {
            return length < 0;
        }
        GoodbyeReason verdict = RequestFrame.check(view, 0, length);
        if (verdict != GoodbyeReason.CLOSING) {
            goodbye(verdict, "a frame of " + length + " bytes is no request");
            return true;
        }
        if (RequestFrame.templateId(view, 0) == PingRequestDecoder.TEMPLATE_ID) {
            channel.writeAndFlush(loop.handshakes().pong(channel.alloc(), view));
        } else if (requestCount - egress.replyCount() >= context.inFlightMax) {
            pause();
            return false;
        } else if (!link.ingress().offerRequest(id, view, 0, length)) {
            pause();
            loop.block(this);
            return false;
        } else {
            requestCount++;
            loop.enqueuedRequest();
        }
        in.skipBytes(LENGTH_LENGTH + length);
        return true;
    }

    // ---- frames in pieces

    /** Keeps what was not consumed, in a buffer of its own if it is little: the one read into may be large. */
    private void keep(ByteBuf received) {
        int length = received.readableBytes();
        if (length == 0 || state == State.CLOSED) {
            received.release();
            return;
        }
        frameStartedNs = lastReadNs;
        if (length >= received.capacity() / 2) {
            collected = received;
        } else {
            collected = channel.alloc().directBuffer(Math.max(COLLECTED_LENGTH_MIN, length));
            collected.writeBytes(received);
            received.release();
        }
        if (!loop.reservePartial(collected.capacity())) {
            overloaded();
        }
    }

    private boolean collect(ByteBuf received) {
        int before = collected.capacity();
        int needed = collected.readableBytes() + received.readableBytes();
        if (received.readableBytes() > collected.writableBytes()) {
            ByteBuf larger = channel.alloc().directBuffer(Math.max(needed, Math.min(2 * before, growthMax())));
            larger.writeBytes(collected);
            collected.release();
            collected = larger;
        }
        collected.writeBytes(received);
        received.release();
        loop.releasePartial(before);
        if (!loop.reservePartial(collected.capacity())) {
            overloaded();
            return false;
        }
        return true;
    }

    private int growthMax() {
        return LENGTH_LENGTH + (state == State.OPEN ? context.frameLengthMax() : HANDSHAKE_FRAME_LENGTH_MAX);
    }

    private void overloaded() {
        releaseCollected();
        goodbye(GoodbyeReason.OVERLOADED, "no memory left for unfinished requests");
    }

    private void releaseCollected() {
        if (collected != null) {
            loop.releasePartial(collected.capacity());
            collected.release();
            collected = null;
        }
    }

    // ---- pausing

    private void pause() {
        if (!isPaused) {
            isPaused = true;
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (!isPaused || state == State.CLOSED) {
            return;
        }
        isPaused = false;
        frameStartedNs = loop.nowNs();
        if (collected != null) {
            decodeCollected();
        }
        if (!isPaused && state != State.CLOSED) {
            channel.config().setAutoRead(true);
        }
        loop.announce();
    }

    // ---- writing

    /** {@link NetworkLoop} flushes after the batch. */
    @Override
    public void write(ByteBuf buffer) {
        writtenLengths.addInt(buffer.readableBytes());
        channel.write(buffer).addListener(this);
        loop.touched(this);
    }

    /** A buffer has left, or never will; they come in the order in which they were written. */
    @Override
    public void operationComplete(ChannelFuture future) {
        int length = writtenLengths.getInt(writtenHead++);
        if (writtenHead == writtenLengths.size()) {
            writtenLengths.clear();
            writtenHead = 0;
        }
        lastWriteNs = loop.nowNs();
        egress.flushed(length);
        loop.flushed(length);
        if (egress.takeRefused()) {
            context.wakeup.run();
        }
    }

    /** Says that the end is near: clients that can go elsewhere do so, and get the replies they wait for before. */
    void announceEnd(String text) {
        if (state == State.OPEN) {
            channel.writeAndFlush(loop.handshakes().goodbye(channel.alloc(), GoodbyeReason.CLOSING, text));
        } else {
            goodbye(GoodbyeReason.CLOSING, text);
        }
    }

    @Override
    public void goodbye(GoodbyeReason reason, String text) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        state = State.CLOSING;
        link.goodbye(reason, channel, text);
        releaseCollected();
        channel.config().setAutoRead(true);
        closeDeadlineNs = loop.nowNs() + context.writeStallTimeoutNs;
        channel.writeAndFlush(loop.handshakes().goodbye(channel.alloc(), reason, text))
                .addListener(future -> {
                    closeDeadlineNs = loop.nowNs() + (reason == GoodbyeReason.CLOSING ? LINGER_CLOSING_NS : LINGER_NS);
                    ((DuplexChannel) channel).shutdownOutput();
                });
        unregister();
    }

    // ---- deadlines

    void sweep(long nowNs) {
        switch (state) {
            case SNIFFING, HANDSHAKE -> {
                if (nowNs - startedNs > context.handshakeTimeoutNs) {
                    goodbye(GoodbyeReason.HANDSHAKE_TIMEOUT, "no ClientHello in time");
                }
            }
            case OPEN -> sweepOpen(nowNs);
            case CLOSING -> {
                if (nowNs > closeDeadlineNs) {
                    channel.close();
                }
            }
            case CLOSED -> {}
        }
    }

    private void sweepOpen(long nowNs) {
        boolean writing = !writtenLengths.isEmpty();
        if (writing && nowNs - lastWriteNs > context.writeStallTimeoutNs) {
            // Its socket is full: a Goodbye would never get through.
            link.goodbye(GoodbyeReason.SLOW_READER, channel, "it does not read its replies");
            channel.close();
        } else if (collected != null && !isPaused && nowNs - frameStartedNs > context.frameTimeoutNs) {
            goodbye(GoodbyeReason.FRAME_TIMEOUT, "a started frame was not finished in time");
        } else if (context.idleTimeoutNs > 0
                && nowNs - Math.max(lastReadNs, lastWriteNs) > context.idleTimeoutNs
                && requestCount == egress.replyCount()) {
            goodbye(GoodbyeReason.IDLE, "nothing heard for too long");
        }
    }
}
