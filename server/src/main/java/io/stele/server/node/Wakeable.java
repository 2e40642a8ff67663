package io.stele.server.node;

/** Something that may be asleep; called by whoever has just enqueued work for it, from any thread. */
@FunctionalInterface
public interface Wakeable {
    /** For agents that never sleep. */
    Wakeable NEVER_ASLEEP = () -> {};

    void wake();

    /** Called by the sleeper itself: if it falls asleep next, it wakes after so long, though nobody woke it. */
    default void sleepAtMost(long ns) {}
}
