package io.stele.transport.client;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.BitUtil;

/** Filled buffers on their way from the node to one network thread: a ring of pairs, one writer, one reader. */
final class Outbox {
    private final Recipient[] connections;
    private final ByteBuf[] buffers;
    private final int mask;
    /** Next to write; advanced by the writer after the pair is in place. */
    private final AtomicLong tail = new AtomicLong();
    /** Next to read; advanced by the reader after it took the pair out. */
    private final AtomicLong head = new AtomicLong();

    Outbox(int capacity) {
        assert BitUtil.isPowerOfTwo(capacity);
        connections = new Recipient[capacity];
        buffers = new ByteBuf[capacity];
        mask = capacity - 1;
    }

    boolean offer(Recipient connection, ByteBuf buffer) {
        long position = tail.get();
        if (position - head.get() > mask) {
            return false;
        }
        connections[(int) position & mask] = connection;
        buffers[(int) position & mask] = buffer;
        tail.lazySet(position + 1);
        return true;
    }

    /** Hands every pair that is there now to its connection, on the network thread. */
    void drain() {
        long end = tail.get();
        for (long position = head.get(); position < end; position++) {
            int index = (int) position & mask;
            Recipient connection = connections[index];
            ByteBuf buffer = buffers[index];
            connections[index] = null;
            buffers[index] = null;
            head.lazySet(position + 1);
            connection.write(buffer);
        }
    }

    /** Frees what was never taken, after the reader has ended. */
    void release() {
        long end = tail.get();
        for (long position = head.get(); position < end; position++) {
            buffers[(int) position & mask].release();
        }
        head.set(end);
    }
}
