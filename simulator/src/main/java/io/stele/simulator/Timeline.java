package io.stele.simulator;

import java.util.function.Consumer;
import org.agrona.concurrent.NanoClock;

/**
 * What happens in a run, in order: folded into one number, by which two runs of one seed are compared, and shown line
 * by line to whoever listens.
 */
public final class Timeline {
    private static final long PRIME = 0x100000001B3L;

    private final NanoClock clock;
    private final Consumer<String> listener;
    private long hash = 0xCBF29CE484222325L;
    private long step;

    /** @param listener takes readable lines; null when nobody reads */
    public Timeline(NanoClock clock, Consumer<String> listener) {
        this.clock = clock;
        this.listener = listener;
    }

    /** Whether lines are worth making. */
    public boolean isRead() {
        return listener != null;
    }

    public void step(long number) {
        step = number;
        fold(number);
    }

    /** Takes a number into the trace. */
    public void fold(long value) {
        long h = (hash ^ value) * PRIME;
        hash = h ^ (h >>> 29);
    }

    /** Takes bytes into the trace. */
    public void fold(byte[] bytes) {
        long h = hash;
        for (byte b : bytes) {
            h = (h ^ (b & 0xFF)) * PRIME;
        }
        hash = h;
        fold(bytes.length);
    }

    /** Takes a short text into the trace. */
    public void fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            fold(text.charAt(i));
        }
    }

    /** A line for people; not part of the trace. */
    public void say(String line) {
        if (listener != null) {
            listener.accept(String.format("%8d  %12.3f ms  %s", step, clock.nanoTime() / 1e6, line));
        }
    }

    public long hash() {
        return hash;
    }
}
