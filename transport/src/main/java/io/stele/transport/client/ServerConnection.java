package io.stele.transport.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandler;
import io.stele.transport.ReplySplitter;
import io.stele.transport.SendResult;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The client's side of one connection. Any thread may send: requests are encoded into an off-heap ring, which the
 * network thread empties into one buffer and one write, so that many callers share a system call.
 *
 * <pre>
 *   callers --> ring (many to one) --> network thread --> socket
 *           '-> requests too long for the ring: by reference, their place in the order kept by a mark in the ring
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write or a close comes as an event
public final class ServerConnection implements MessageHandler, Runnable {
    private static final int FRAME = 1;
    private static final int LARGE = 2;
    private static final int CORRELATION_OFFSET = FrameDescriptor.FRAME_LENGTH_MIN;
    private static final int BUFFER_LENGTH_MIN = 512;
    private static final int BUFFER_LENGTH_MAX = 64 * 1024;

    private final ServerHandler handler;
    private final RingBuffer ring;
    private final ConcurrentHashMap<Long, ByteBuf> large = new ConcurrentHashMap<>();
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final ServerReader reader;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    private volatile Channel channel;
    /** Of the channel's thread; set before the channel is. */
    private ReplyWait replyWait;

    /** Set under the lock of {@code this}, so that no large request is left behind. */
    private volatile boolean isClosed;

    private boolean isOpen;
    private boolean isEnded;
    private ByteBuf out;
    private int bufferLength = BUFFER_LENGTH_MIN;

    ServerConnection(DialerContext context, ServerHandler handler) {
        this.handler = handler;
        // Freed by the collector: a late caller may still be writing when the connection has ended.
        ring = new ManyToOneRingBuffer(new UnsafeBuffer(
                ByteBuffer.allocateDirect(context.ringCapacity + RingBufferDescriptor.TRAILER_LENGTH)));
        reader = new ServerReader(this, context, handler);
    }

    // ---- any thread

    /**
     * Room for one request frame of exactly this length: encode it at the index returned, in {@link #buffer}, then
     * {@link #commit} without delay. Or BACK_PRESSURED or CLOSED. Only up to {@link #claimLengthMax}.
     */
    public int claim(int length) {
        if (isClosed) {
            return SendResult.CLOSED;
        }
        int index = ring.tryClaim(FRAME, length);
        return index < 0 ? SendResult.BACK_PRESSURED : index;
    }

    public MutableDirectBuffer buffer() {
        return ring.buffer();
    }

    public void commit(int index) {
        ring.commit(index);
        wake();
    }

    public void abort(int index) {
        ring.abort(index);
    }

    public int claimLengthMax() {
        return ring.maxMsgLength() / 2;
    }

    /** Sends one request frame with this correlation id. Returns a SendResult. */
    public int send(DirectBuffer request, int offset, int length, long correlationId) {
        if (length > claimLengthMax()) {
            return sendLarge(request, offset, length, correlationId);
        }
        int index = claim(length);
        if (index < 0) {
            return index;
        }
        ring.buffer().putBytes(index, request, offset, length);
        ring.buffer().putLong(index + CORRELATION_OFFSET, correlationId, LITTLE_ENDIAN);
        commit(index);
        return SendResult.QUEUED;
    }

    private int sendLarge(DirectBuffer request, int offset, int length, long correlationId) {
        Channel current = channel;
        if (current == null) {
            return SendResult.BACK_PRESSURED;
        }
        ByteBuf frame = current.alloc().directBuffer(FrameDescriptor.LENGTH_LENGTH + length);
        frame.writeIntLE(length);
        UnsafeBuffer target = new UnsafeBuffer(frame.memoryAddress() + FrameDescriptor.LENGTH_LENGTH, length);
        target.putBytes(0, request, offset, length);
        target.putLong(CORRELATION_OFFSET, correlationId, LITTLE_ENDIAN);
        frame.writerIndex(FrameDescriptor.LENGTH_LENGTH + length);
        synchronized (this) {
            int index = isClosed ? SendResult.CLOSED : ring.tryClaim(LARGE, Long.BYTES);
            if (index < 0) {
                frame.release();
                return isClosed ? SendResult.CLOSED : SendResult.BACK_PRESSURED;
            }
            large.put(correlationId, frame);
            ring.buffer().putLong(index, correlationId);
            ring.commit(index);
        }
        wake();
        return SendResult.QUEUED;
    }

    private void wake() {
        Channel current = channel;
        if (current != null && !isScheduled.get() && isScheduled.compareAndSet(false, true)) {
            try {
                current.eventLoop().execute(this);
            } catch (RejectedExecutionException e) {
                isClosed = true; // the threads have ended: so has everything that was under way
            }
        }
    }

    /** Runs a task on this connection's network thread after a while. */
    public void schedule(Runnable task, long delayNs) {
        channel.eventLoop().schedule(task, delayNs, TimeUnit.NANOSECONDS);
    }

    /** Whether the caller is this connection's network thread. */
    public boolean inNetworkThread() {
        Channel current = channel;
        return current != null && current.eventLoop().inEventLoop();
    }

    /** Ends the connection; the handler hears of it. */
    public void close() {
        Channel current = channel;
        if (current != null) {
            current.close();
        }
    }

    // ---- network thread

    void attach(Channel value, ReplyWait wait) {
        replyWait = wait;
        channel = value;
    }

    ChannelInboundHandler inbound() {
        return reader;
    }

    void open(ServerIdentity server) {
        isOpen = true;
        handler.onConnected(this, server);
        run();
    }

    /** Sends what callers have offered, as long as the socket takes it. */
    @Override
    public void run() {
        // 1. From here on a new request schedules a new run. 2. Drain. In this order nothing is left behind.
        isScheduled.set(false);
        if (isEnded) {
            end("closed");
            return;
        }
        if (!isOpen) {
            return;
        }
        int total = 0;
        int count = 1;
        while (count > 0 && channel.isWritable()) {
            count = RingReader.read(ring, this, 256);
            write();
            total += count;
        }
        if (total <= 1) {
            bufferLength = BUFFER_LENGTH_MIN;
        }
        channel.flush();
        replyWait.onSent(total);
    }

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        if (type == LARGE) {
            long correlationId = buffer.getLong(index);
            ByteBuf frame = large.remove(correlationId);
            if (isEnded) {
                frame.release();
                handler.onUnsent(correlationId);
            } else {
                write();
                handler.onSent(correlationId);
                channel.write(frame, channel.voidPromise());
            }
            return;
        }
        long correlationId = ReplySplitter.correlationId(buffer, index);
        if (isEnded) {
            handler.onUnsent(correlationId);
            return;
        }
        int framed = FrameDescriptor.LENGTH_LENGTH + length;
        if (out != null && out.writableBytes() < framed) {
            write();
            bufferLength = Math.min(BUFFER_LENGTH_MAX, 2 * bufferLength);
        }
        if (out == null) {
            out = channel.alloc().directBuffer(Math.max(bufferLength, framed));
        }
        view.wrap(out.memoryAddress() + out.writerIndex(), framed);
        view.putInt(0, length, LITTLE_ENDIAN);
        view.putBytes(FrameDescriptor.LENGTH_LENGTH, buffer, index, length);
        out.writerIndex(out.writerIndex() + framed);
        handler.onSent(correlationId);
    }

    private void write() {
        if (out != null) {
            channel.write(out, channel.voidPromise());
            out = null;
        }
    }

    /** The connection could not be made. */
    void failed(String text) {
        if (channel == null || channel.eventLoop().inEventLoop()) {
            end(text);
        } else {
            channel.eventLoop().execute(() -> end(text));
        }
    }

    /** Nothing is accepted any more; what was and did not leave is handed back. */
    void end(String text) {
        boolean first = !isEnded;
        synchronized (this) {
            isClosed = true;
        }
        isEnded = true;
        while (RingReader.read(ring, this, 256) > 0) {
            // each one is told to the handler
        }
        if (first) {
            handler.onClosed(text);
        }
    }
}
