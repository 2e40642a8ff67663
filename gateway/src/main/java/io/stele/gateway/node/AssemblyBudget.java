package io.stele.gateway.node;

import java.util.ArrayDeque;

/**
 * Memory for answers that have to be whole before their first byte may leave, as gRPC wants it: a message begins with
 * its length. When all of them together hold more than the budget, only the oldest goes on. Belongs to one thread.
 */
public final class AssemblyBudget {
    /** One answer being put together, or on its way. */
    public interface Assembly {
        void pause();

        void unpause();
    }

    private final long bytesMax;
    private final ArrayDeque<Assembly> open = new ArrayDeque<>();
    private long bytes;

    public AssemblyBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    public void begin(Assembly assembly) {
        open.add(assembly);
        if (isSpent()) {
            assembly.pause();
        }
    }

    public void grow(long more) {
        boolean wasSpent = isSpent();
        bytes += more;
        if (!wasSpent && isSpent()) {
            for (Assembly assembly : open) {
                if (assembly != open.peek()) {
                    assembly.pause();
                }
            }
        }
    }

    /** It is whole: from here on its memory only shrinks, and the next oldest may go on. */
    public void complete(Assembly assembly) {
        open.remove(assembly);
        goOn();
    }

    /** What it held was given back. */
    public void shrink(long less) {
        bytes -= less;
        assert bytes >= 0;
        goOn();
    }

    private void goOn() {
        if (isSpent()) {
            if (!open.isEmpty()) {
                open.peek().unpause();
            }
            return;
        }
        for (Assembly assembly : open.toArray(new Assembly[0])) {
            assembly.unpause();
        }
    }

    private boolean isSpent() {
        return bytes > bytesMax;
    }

    long bytes() {
        return bytes;
    }
}
