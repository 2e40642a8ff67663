package io.stele.perf.target;

import io.stele.client.RawClient;
import io.stele.client.ReplyHandler;
import io.stele.perf.load.Completion;
import io.stele.transport.SendResult;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Requests that have found their connection full: they wait here, oldest first, and leave when there is room. A load
 * that is more than a connection can take at a moment is slow then, and not refused. Who waits is under way for the
 * load, which bounds how many there are.
 *
 * <p>Network threads come here, too, with the next request of who has just got a reply; they are what makes room, so
 * they must not wait themselves.
 */
final class SteleBacklog implements AutoCloseable {
    private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private record Waiting(RawClient client, UnsafeBuffer request, ReplyHandler handler, Completion completion) {}

    private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private Thread thread;
    private volatile boolean isClosed;

    /** Takes a copy of the request. */
    void add(RawClient client, DirectBuffer request, int length, ReplyHandler handler, Completion completion) {
        byte[] copy = new byte[length];
        request.getBytes(0, copy);
        waiting.add(new Waiting(client, new UnsafeBuffer(copy), handler, completion));
        wake();
    }

    private synchronized void wake() {
        if (thread == null && !isClosed) {
            thread = new Thread(this::sendAll, "backlog");
            thread.setDaemon(true);
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void sendAll() {
        while (!isClosed) {
            Waiting oldest = waiting.peek();
            if (oldest == null) {
                LockSupport.park(this);
                continue;
            }
            int result = oldest.client.send(oldest.request, 0, oldest.request.capacity(), oldest.handler, 0);
            if (result == SendResult.BACK_PRESSURED) {
                LockSupport.parkNanos(LOOK_NS);
                continue;
            }
            waiting.poll();
            if (result != SendResult.QUEUED) {
                oldest.completion.onFailure("not connected");
            }
        }
    }

    /** What waits is given up. */
    @Override
    public void close() {
        isClosed = true;
        wake();
        for (Waiting each = waiting.poll(); each != null; each = waiting.poll()) {
            each.completion.onFailure("closed");
        }
    }
}
