package io.stele.transport.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stele.transport.ReplySplitter;
import io.stele.transport.SendResult;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The node's end of one connection: replies of a duty cycle are gathered, framed, in one pooled off-heap buffer, which
 * is handed to the network thread as it is. So a reply is copied once, and a batch costs one write.
 *
 * <p>Used by the node's thread; the three counters with another writer say so.
 */
final class Egress {
    private static final int BUFFER_LENGTH_MIN = 256;
    private static final int BUFFER_LENGTH_MAX = 64 * 1024;

    private final Recipient connection;
    private final ByteBufAllocator allocator;
    private final AtomicLong replies = new AtomicLong();
    /** Written by the network thread. */
    private final AtomicLong flushedBytes = new AtomicLong();
    /** Set here, taken by the network thread. */
    private final AtomicBoolean isRefused = new AtomicBoolean();

    private ByteBuf out;
    private long acceptedBytes;
    private int lastLength = BUFFER_LENGTH_MIN;
    private boolean isDirty;

    Egress(Recipient connection, ByteBufAllocator allocator) {
        this.connection = connection;
        this.allocator = allocator;
    }

    long queuedBytes() {
        return acceptedBytes - flushedBytes.get();
    }

    /** Requests that got their last reply; read by the network thread. */
    long replyCount() {
        return replies.get();
    }

    void flushed(int length) {
        flushedBytes.lazySet(flushedBytes.get() + length);
    }

    /** Says that the node wants to hear when there is room. */
    void refuse() {
        isRefused.set(true);
    }

    boolean takeRefused() {
        return isRefused.get() && isRefused.getAndSet(false);
    }

    /** Appends one frame. The caller has checked that there is room for it. */
    int append(DirectBuffer reply, int offset, int length, UnsafeBuffer view) {
        int framed = FrameDescriptor.LENGTH_LENGTH + length;
        ByteBuf target = out;
        if (target != null && target.writableBytes() < framed) {
            int grown = BitUtil.findNextPositivePowerOfTwo(target.writerIndex() + framed);
            if (grown <= BUFFER_LENGTH_MAX) {
                target.capacity(grown);
            } else if (connection.loop().outbox().offer(connection, target)) {
                target = null;
            } else {
                return SendResult.BACK_PRESSURED;
            }
        }
        if (target == null) {
            target = allocator.directBuffer(Math.max(framed, lastLength));
        }
        out = target;
        int position = target.writerIndex();
        view.wrap(target.memoryAddress() + position, framed);
        view.putInt(0, length, LITTLE_ENDIAN);
        view.putBytes(FrameDescriptor.LENGTH_LENGTH, reply, offset, length);
        target.writerIndex(position + framed);
        acceptedBytes += framed;
        if (!ReplySplitter.isPartial(reply, offset)) {
            replies.lazySet(replies.get() + 1);
            connection.loop().replied();
        }
        return SendResult.QUEUED;
    }

    /** True when this is the first frame since the last {@link #handOver}. */
    boolean markDirty() {
        boolean first = !isDirty;
        isDirty = true;
        return first;
    }

    /** Gives the gathered frames to the network thread; false if it has no room for them now. */
    boolean handOver() {
        if (out != null) {
            int length = out.readableBytes();
            if (!connection.loop().outbox().offer(connection, out)) {
                return false;
            }
            lastLength = Math.min(
                    BUFFER_LENGTH_MAX, BitUtil.findNextPositivePowerOfTwo(Math.max(BUFFER_LENGTH_MIN, length)));
            out = null;
        }
        isDirty = false;
        return true;
    }

    void release() {
        if (out != null) {
            out.release();
            out = null;
        }
    }
}
