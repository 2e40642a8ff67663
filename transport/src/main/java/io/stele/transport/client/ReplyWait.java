package io.stele.transport.client;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * Whether a client's network thread may sleep. After it has sent a request or two, and nothing else, it keeps looking
 * for the answer for a while, yielding to whoever wants the core: a lone caller's reply then needs no wake-up of a
 * sleeping core, which takes as long as half a force of the server's log. With more under way it sleeps at once.
 */
final class ReplyWait implements SelectStrategy {
    private static final int REQUESTS_MAX = 2;

    private final long waitNs;
    private long untilNs;
    private boolean waiting;

    ReplyWait(long waitNs) {
        this.waitNs = waitNs;
    }

    /** Network thread: so many requests have just been sent. */
    void onSent(int count) {
        waiting = count > 0 && count <= REQUESTS_MAX && waitNs > 0;
        untilNs = waiting ? System.nanoTime() + waitNs : 0;
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // yielding is what is meant
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        if (!hasTasks && !waiting) {
            return SelectStrategy.SELECT;
        }
        int ready = selectNow.get();
        if (ready > 0) {
            waiting = false;
        } else if (!hasTasks && System.nanoTime() - untilNs > 0) {
            waiting = false;
            return SelectStrategy.SELECT;
        } else if (!hasTasks) {
            Thread.yield();
        }
        return ready;
    }
}
