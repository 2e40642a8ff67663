package io.stele.gateway.node;

import java.util.ArrayDeque;

/**
 * Memory for answers that have to be whole before their first byte may leave, as gRPC wants it: a message begins with
 * its length. Belongs to one thread.
 *
 * <p>While all of them together hold no more than the budget, all go on. Beyond it only the oldest does, and beyond
 * {@link #LEAVING_FACTOR} budgets only when none is on its way out: so answers pile up neither while they are put
 * together nor behind callers that take them slowly. One that nobody takes at all must not hold back the others for
 * ever: see {@link Share#stall}.
 */
public final class AssemblyBudget {
    /** So many budgets are held at most while answers leave; the oldest may be longer than that by itself. */
    static final int LEAVING_FACTOR = 2;

    private final long bytesMax;
    private final ArrayDeque<Share> open = new ArrayDeque<>();
    /** Of those that are put together and those that are leaving. */
    private long bytes;

    private long leavingBytes;

    /** One answer being put together. */
    public interface Assembly {
        void pause();

        void unpause();
    }

    /** What one answer holds. */
    public final class Share {
        private final Assembly assembly;
        private long held;
        private boolean isLeaving;
        private boolean isStalled;
        private boolean isOver;

        private Share(Assembly assembly) {
            this.assembly = assembly;
        }

        public void grow(long more) {
            held += more;
            bytes += more;
            if (passes(bytesMax, more) || passes(LEAVING_FACTOR * bytesMax, more)) {
                goOn();
            }
        }

        /** It is whole: from here on its memory only shrinks, and the next oldest may go on. */
        public void complete() {
            isLeaving = true;
            open.remove(this);
            leavingBytes += held;
            goOn();
        }

        /** It has been leaving for so long that the others do not wait for it any more. */
        public void stall() {
            if (isLeaving && !isStalled && !isOver) {
                isStalled = true;
                forget();
            }
        }

        /** What it held was given back; once. */
        public void end() {
            assert !isOver;
            isOver = true;
            open.remove(this);
            if (!isStalled) {
                forget();
            }
        }

        private void forget() {
            bytes -= held;
            leavingBytes -= isLeaving ? held : 0;
            assert bytes >= 0 && leavingBytes >= 0;
            goOn();
        }
    }

    public AssemblyBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    public Share begin(Assembly assembly) {
        Share share = new Share(assembly);
        open.add(share);
        if (!mayGoOn(share)) {
            assembly.pause();
        }
        return share;
    }

    private boolean passes(long limit, long more) {
        return bytes > limit && bytes - more <= limit;
    }

    private void goOn() {
        for (Share share : open.toArray(new Share[0])) {
            if (share.isOver || share.isLeaving) {
                continue; // by what came when another went on
            }
            if (mayGoOn(share)) {
                share.assembly.unpause();
            } else {
                share.assembly.pause();
            }
        }
    }

    private boolean mayGoOn(Share share) {
        if (bytes <= bytesMax) {
            return true;
        }
        return share == open.peek() && (leavingBytes == 0 || bytes <= LEAVING_FACTOR * bytesMax);
    }

    long bytes() {
        return bytes;
    }
}
