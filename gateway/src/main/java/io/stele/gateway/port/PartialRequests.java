package io.stele.gateway.port;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

/** One connection's requests that have come in part, and whether it is read: see {@link PartialBudget}. */
public final class PartialRequests {
    /** What a piece costs beside its bytes, so that a request in very small ones is not for free. */
    private static final long PIECE_BYTES = 128;

    private final PartialBudget budget;
    private final Channel channel;
    private long held;
    private long arrived;
    private long progressNs;
    private boolean isPaused;
    private boolean isBusy;
    private boolean isOver;

    PartialRequests(PartialBudget budget, Channel channel) {
        this.budget = budget;
        this.channel = channel;
    }

    /** Another piece of a request is kept. Returns what it counts for, to be released with the request. */
    public long hold(int length) {
        if (isOver) {
            return 0;
        }
        long counted = length + PIECE_BYTES;
        arrived += length;
        if (held == 0 || arrived >= PartialBudget.PROGRESS_BYTES) {
            arrived = 0;
            progressNs = budget.nowNs();
        }
        held += counted;
        budget.grown(this, counted);
        return counted;
    }

    /** A request is whole, or is kept no more. */
    public void release(long counted) {
        if (!isOver && counted > 0) {
            assert counted <= held;
            held -= counted;
            progressNs = budget.nowNs();
            budget.shrunk(this, counted);
        }
    }

    /** The connection has a request to answer, before which nothing more is read. */
    public void busy() {
        isBusy = true;
        read();
    }

    public void idle() {
        isBusy = false;
        read();
    }

    private void read() {
        channel.config().setAutoRead(!isBusy && !isPaused);
    }

    // ---- called by the budget

    void pause() {
        if (!isPaused) {
            isPaused = true;
            read();
        }
    }

    void unpause() {
        if (isPaused) {
            isPaused = false;
            progressNs = budget.nowNs();
            read();
        }
    }

    /** Whether it was read for long and nothing came; while it is not read it cannot show any progress. */
    boolean isStalled(long nowNs) {
        return !isPaused && !isBusy && nowNs - progressNs > PartialBudget.STALL_NS;
    }

    void close() {
        var unused = channel.close();
    }

    void end() {
        release(held);
        isOver = true;
    }

    long held() {
        return held;
    }

    EventLoop eventLoop() {
        return channel.eventLoop();
    }
}
