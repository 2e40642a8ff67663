package io.stele.gateway.port;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Memory for requests that have come in part, of all connections of one thread. Belongs to it.
 *
 * <p>Within the budget everybody is read. Beyond it only the oldest few are that hold a part of it, and those that hold
 * nothing: a request that comes whole with one read is not delayed. Nobody waits for ever, since one that is read and
 * makes no progress is closed; and beyond {@link #CLOSE_FACTOR} budgets the connection that asks for more is.
 */
public final class PartialBudget {
    /** What those bring that still are read when the budget is used up has to fit in between. */
    static final int CLOSE_FACTOR = 2;
    /** So many are read at once beyond the budget: that one stands still does not stop all. */
    static final int READ_MAX = 16;
    /** More than a byte now and then: whoever sends less than this in {@link #STALL_NS} stands still. */
    static final long PROGRESS_BYTES = 16 * 1024;

    static final long STALL_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long SWEEP_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final long bytesMax;
    private final int readMax;
    private final LongSupplier clockNs;
    /** Those that hold something, the oldest first. */
    private final LinkedHashSet<PartialRequests> holders = new LinkedHashSet<>();

    private long bytes;
    /** Whose bytes are being decoded right now. */
    private PartialRequests current;

    private Future<?> sweeping;

    /** {@code requestBytesMax}: the longest request; {@code clockNs}: a monotonic clock. */
    public PartialBudget(long bytesMax, long requestBytesMax, LongSupplier clockNs) {
        this.bytesMax = Math.max(bytesMax, requestBytesMax);
        readMax = (int) Math.max(1, Math.min(READ_MAX, this.bytesMax / requestBytesMax));
        this.clockNs = clockNs;
    }

    /** What a connection of this thread holds, until it is closed. */
    public PartialRequests open(Channel channel) {
        PartialRequests requests = new PartialRequests(this, channel);
        var unused = channel.closeFuture().addListener(closed -> requests.end());
        return requests;
    }

    void current(PartialRequests requests) {
        current = requests;
    }

    PartialRequests current() {
        return current;
    }

    long nowNs() {
        return clockNs.getAsLong();
    }

    long bytes() {
        return bytes;
    }

    void grown(PartialRequests requests, long length) {
        boolean wasFull = bytes > bytesMax;
        bytes += length;
        if (holders.add(requests)) {
            sweepLater(requests.eventLoop());
        }
        if (bytes > CLOSE_FACTOR * bytesMax) {
            requests.close();
        } else if (bytes > bytesMax) {
            if (wasFull && !mayBeRead(requests)) {
                requests.pause();
            } else if (!wasFull) {
                admit();
            }
        }
    }

    void shrunk(PartialRequests requests, long length) {
        boolean wasFull = bytes > bytesMax;
        bytes -= length;
        assert bytes >= 0;
        boolean hasLeft = requests.held() == 0 && holders.remove(requests);
        if (hasLeft) {
            requests.unpause();
        }
        if (wasFull && (hasLeft || bytes <= bytesMax)) {
            admit();
        }
    }

    private boolean mayBeRead(PartialRequests requests) {
        int number = 0;
        for (PartialRequests holder : holders) {
            if (holder == requests) {
                return true;
            }
            if (++number == readMax) {
                return false;
            }
        }
        return true;
    }

    /** Lets those be read who may be by now, and no others. */
    private void admit() {
        int number = 0;
        for (PartialRequests holder : holders) {
            if (bytes <= bytesMax || number < readMax) {
                holder.unpause();
            } else {
                holder.pause();
            }
            number++;
        }
    }

    private void sweepLater(EventLoop eventLoop) {
        if (sweeping == null || sweeping.isDone()) {
            sweeping = eventLoop.scheduleWithFixedDelay(
                    this::sweep, SWEEP_INTERVAL_NS, SWEEP_INTERVAL_NS, TimeUnit.NANOSECONDS);
        }
    }

    /** Closes those that stand still. */
    void sweep() {
        long now = nowNs();
        List<PartialRequests> stalled = new ArrayList<>();
        for (PartialRequests holder : holders) {
            if (holder.isStalled(now)) {
                stalled.add(holder);
            }
        }
        stalled.forEach(PartialRequests::close);
        if (holders.isEmpty()) {
            sweeping.cancel(false);
        }
    }
}
