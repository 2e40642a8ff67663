package io.stele.transport.client;

import io.netty.channel.EventLoop;
import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.collections.LongArrayList;

/**
 * One network thread of the server: its connections, what the node has for them, and who waits for what.
 *
 * <p>As a task it takes up what the node handed over: the node schedules it at most once until it has run.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write or a close comes as an event
final class NetworkLoop implements Runnable {
    private static final int OUTBOX_CAPACITY = 8 * 1024;
    private static final long SWEEP_INTERVAL_MAX_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final NettyClientLink link;
    private final EventLoop eventLoop;
    private final Runnable nodeWakeup;
    private final Outbox outbox = new Outbox(OUTBOX_CAPACITY);
    private final Handshakes handshakes;
    private final boolean isForeign;
    private final long partialBytesMax;
    private final long sweepIntervalNs;
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    /** Set by whoever could not hand something over; the other side then wakes it when there is room. */
    private final AtomicBoolean isIngressBlocked = new AtomicBoolean();

    private final AtomicBoolean isOutboxBlocked = new AtomicBoolean();
    /** Written by the network thread. */
    private final AtomicLong flushedBytes = new AtomicLong();
    /** Written by the node's thread. */
    private final AtomicLong replies = new AtomicLong();

    private final ArrayList<ClientConnection> connections = new ArrayList<>();
    private final ArrayList<LocalConnection> locals = new ArrayList<>();
    private final ArrayList<ClientConnection> touched = new ArrayList<>();
    private final ArrayDeque<Recipient> blocked = new ArrayDeque<>();
    private final LongArrayList disconnected = new LongArrayList();
    private boolean hasEnqueued;
    private boolean isSweeping;
    private long partialBytes;
    private long requestCount;

    /** {@code isForeign}: no thread of the link's own, nor the node's. */
    NetworkLoop(NettyClientLink link, EventLoop eventLoop, boolean isForeign) {
        ClientLinkContext context = link.context();
        this.isForeign = isForeign;
        nodeWakeup = isForeign ? context.localWakeup : context.wakeup;
        this.link = link;
        this.eventLoop = eventLoop;
        this.handshakes = new Handshakes(context);
        this.partialBytesMax = Math.max(1, context.partialBytesMax / context.loopCount);
        long shortestNs = Math.min(
                Math.min(context.handshakeTimeoutNs, context.frameTimeoutNs),
                Math.min(
                        context.writeStallTimeoutNs,
                        context.idleTimeoutNs > 0 ? context.idleTimeoutNs : Long.MAX_VALUE));
        this.sweepIntervalNs =
                Math.max(TimeUnit.MILLISECONDS.toNanos(5), Math.min(SWEEP_INTERVAL_MAX_NS, shortestNs / 4));
    }

    boolean isForeign() {
        return isForeign;
    }

    void wakeNode() {
        nodeWakeup.run();
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    Outbox outbox() {
        return outbox;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    long nowNs() {
        return System.nanoTime();
    }

    // ---- called by the node's thread

    void wake() {
        if (!isScheduled.get() && isScheduled.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this);
            } catch (RejectedExecutionException e) {
                if (!isForeign) { // else its owner has ended it, and nobody waits for replies there any more
                    throw e;
                }
            }
        }
    }

    void replied() {
        replies.lazySet(replies.get() + 1);
    }

    long flushedBytes() {
        return flushedBytes.get();
    }

    /** Asks for a wake-up of the node once the outbox was drained. */
    void blockOutbox() {
        isOutboxBlocked.set(true);
    }

    /** Lets waiting connections go on; the ring was just emptied. */
    void unblockIngress() {
        if (isIngressBlocked.get()) {
            wake();
        }
    }

    // ---- called by the network thread

    /** Requests that wait for their last reply. */
    long inFlightCount() {
        return requestCount - replies.get();
    }

    @Override
    public void run() {
        // 1. From here on a new batch schedules a new run. 2. Drain. In this order nothing is left behind.
        isScheduled.set(false);
        outbox.drain();
        for (int i = 0; i < touched.size(); i++) {
            ClientConnection connection = touched.get(i);
            connection.isTouched = false;
            connection.channel.flush();
            connection.resume();
        }
        touched.clear();
        if (isOutboxBlocked.get() && isOutboxBlocked.getAndSet(false)) {
            nodeWakeup.run();
        }
        if (isIngressBlocked.get()) {
            retryIngress();
        }
    }

    private void retryIngress() {
        isIngressBlocked.set(false);
        while (!disconnected.isEmpty()) {
            if (!link.ingress().offer(Ingress.DISCONNECTED, disconnected.getLong(0))) {
                isIngressBlocked.set(true);
                announce();
                return;
            }
            hasEnqueued = true;
            disconnected.removeAt(0);
        }
        // Each one gets a turn; one that fails again puts itself back at the end.
        for (int i = blocked.size(); i > 0; i--) {
            blocked.poll().resume();
        }
        announce();
    }

    void touched(ClientConnection connection) {
        if (!connection.isTouched) {
            connection.isTouched = true;
            touched.add(connection);
        }
    }

    void flushed(int length) {
        flushedBytes.lazySet(flushedBytes.get() + length);
    }

    void enqueued() {
        hasEnqueued = true;
    }

    void enqueuedRequest() {
        requestCount++;
        hasEnqueued = true;
    }

    /** Wakes the node if there is anything new for it. */
    void announce() {
        if (hasEnqueued) {
            hasEnqueued = false;
            nodeWakeup.run();
        }
    }

    void block(Recipient connection) {
        blocked.add(connection);
        isIngressBlocked.set(true);
        // The node may have emptied the ring between the refusal and the mark: make it look again.
        hasEnqueued = true;
    }

    void disconnected(long connectionId) {
        if (disconnected.isEmpty() && link.ingress().offer(Ingress.DISCONNECTED, connectionId)) {
            hasEnqueued = true;
        } else {
            disconnected.addLong(connectionId);
            isIngressBlocked.set(true);
            hasEnqueued = true;
        }
        announce();
    }

    boolean reservePartial(int length) {
        partialBytes += length;
        return partialBytes <= partialBytesMax;
    }

    void releasePartial(int length) {
        partialBytes -= length;
        assert partialBytes >= 0;
    }

    void add(ClientConnection connection) {
        connection.loopIndex = connections.size();
        connections.add(connection);
        if (!isSweeping) {
            isSweeping = true;
            eventLoop.schedule(this::sweep, sweepIntervalNs, TimeUnit.NANOSECONDS);
        }
    }

    void remove(ClientConnection connection) {
        int index = connection.loopIndex;
        if (index < 0) {
            return;
        }
        connection.loopIndex = -1;
        ClientConnection last = connections.remove(connections.size() - 1);
        if (last != connection) {
            connections.set(index, last);
            last.loopIndex = index;
        }
    }

    void addLocal(LocalConnection connection) {
        locals.add(connection);
    }

    void removeLocal(LocalConnection connection) {
        locals.remove(connection);
    }

    private void sweepAll() {
        long nowNs = System.nanoTime();
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                connections.get(i).sweep(nowNs);
            }
        }
    }

    private void sweep() {
        sweepAll();
        isSweeping = !connections.isEmpty();
        if (isSweeping) {
            eventLoop.schedule(this::sweep, sweepIntervalNs, TimeUnit.NANOSECONDS);
        }
    }

    /** Tells all that the end is near; they are still served. */
    void announceEnd(String text) {
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                connections.get(i).announceEnd(text);
            }
        }
    }

    /** Says goodbye to all; what was queued before goes first. */
    void closeAll(String text) {
        run();
        for (LocalConnection connection : List.copyOf(locals)) {
            connection.goodbye(GoodbyeReason.CLOSING, text);
        }
        if (isForeign) {
            return;
        }
        eventLoop.scheduleWithFixedDelay(this::sweepAll, 20, 20, TimeUnit.MILLISECONDS);
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                connections.get(i).goodbye(GoodbyeReason.CLOSING, text);
            }
        }
    }
}
