package io.stele.transport.client;

import io.netty.buffer.ByteBuf;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A connection to the node within its process. It has a socket's rights and duties: the node sees no difference, and
 * what is not taken up holds the node back, by the same limits.
 *
 * <p>Belongs to one network thread; only {@link Egress} is the node's.
 */
public final class LocalConnection implements Recipient {
    /** Longer replies come in parts. */
    private static final int FRAME_LENGTH_MAX = 1024 * 1024;

    private final NettyClientLink link;
    private final NetworkLoop loop;
    private final LocalHandler handler;
    private final Egress egress;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    /** Received and not delivered yet, because deliveries are paused or one is under way. */
    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>();

    private long id;
    private boolean isPaused;
    private boolean isDelivering;
    private boolean isClosed;
    private Runnable onRoom;

    LocalConnection(NettyClientLink link, NetworkLoop loop, LocalHandler handler) {
        this.link = link;
        this.loop = loop;
        this.handler = handler;
        egress = new Egress(this, link.context().localAllocator);
    }

    /**
     * Sends one request frame to the node. {@code BACK_PRESSURED}: nothing was sent; {@code onRoom} is called once when
     * it may be tried again.
     */
    public int send(DirectBuffer request, int offset, int length, Runnable whenRoom) {
        if (isClosed) {
            return SendResult.CLOSED;
        }
        assert RequestFrame.check(request, offset, length) == GoodbyeReason.CLOSING : "not a request";
        if (!link.ingress().offerRequest(id, request, offset, length)) {
            if (onRoom == null) {
                loop.block(this);
                loop.announce();
            }
            onRoom = whenRoom;
            return SendResult.BACK_PRESSURED;
        }
        loop.enqueuedRequest();
        return SendResult.QUEUED;
    }

    /** Tells the node of what was sent since the last call. */
    public void flush() {
        loop.announce();
    }

    /** From here on replies stay with the node, but for those that are on their way. */
    public void pause() {
        isPaused = true;
    }

    /** Ends a {@link #pause}; replies may come during the call. */
    public void unpause() {
        isPaused = false;
        deliver();
    }

    /** Ends the connection; the handler hears nothing any more. */
    public void close() {
        if (!isClosed) {
            isClosed = true;
            link.table().remove(this);
            loop.removeLocal(this);
            loop.disconnected(id);
            if (!isDelivering) {
                discard();
            }
        }
    }

    public boolean isClosed() {
        return isClosed;
    }

    @Override
    public void write(ByteBuf buffer) {
        received.add(buffer);
        if (isClosed) {
            if (!isDelivering) {
                discard();
            }
        } else {
            deliver();
        }
    }

    private void deliver() {
        if (isDelivering) {
            return;
        }
        isDelivering = true;
        try {
            deliverAll();
        } catch (RuntimeException | Error e) {
            // What comes behind must not pass for all there is: the connection ends, and those who wait hear of it.
            isDelivering = false;
            close();
            handler.onClosed("a reply could not be taken: " + e);
            throw e;
        }
        isDelivering = false;
        if (isClosed) {
            discard();
        }
    }

    private void deliverAll() {
        while (!isPaused && !isClosed && !received.isEmpty()) {
            ByteBuf buffer = received.peek();
            if (buffer.isReadable()) {
                int length = buffer.readIntLE();
                view.wrap(buffer.memoryAddress() + buffer.readerIndex(), length);
                buffer.skipBytes(length);
                handler.onReply(view, 0, length);
            } else {
                received.poll();
                flushed(buffer);
            }
        }
    }

    private void flushed(ByteBuf buffer) {
        int length = buffer.writerIndex();
        buffer.release();
        egress.flushed(length);
        loop.flushed(length);
        if (egress.takeRefused()) {
            loop.wakeNode();
        }
    }

    private void discard() {
        while (!received.isEmpty()) {
            flushed(received.poll());
        }
    }

    @Override
    public void resume() {
        Runnable waiting = onRoom;
        onRoom = null;
        if (waiting != null && !isClosed) {
            waiting.run();
        }
    }

    @Override
    public void goodbye(GoodbyeReason reason, String text) {
        if (!isClosed) {
            close();
            handler.onClosed(text);
        }
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
        return FRAME_LENGTH_MAX;
    }
}
