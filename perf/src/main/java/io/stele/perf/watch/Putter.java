package io.stele.perf.watch;

import io.stele.perf.load.Completion;

/** Sends a put; the completion hears what became of it. */
@FunctionalInterface
public interface Putter {
    void put(byte[] key, byte[] value, Completion completion);
}
