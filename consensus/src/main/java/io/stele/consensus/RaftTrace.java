package io.stele.consensus;

import io.stele.consensus.membership.Membership;

/** One hook per transition, for tests, checkers and counters. What is called must not touch the core. */
public interface RaftTrace {
    /** Hears nothing. */
    RaftTrace NONE = new RaftTrace() {};

    default void onRole(long memberId, Role role, long term) {}

    default void onAppend(long memberId, long logIndex, long term) {}

    default void onTruncate(long memberId, long fromIndex) {}

    default void onCommit(long memberId, long logIndex, long term) {}

    default void onMembership(long memberId, long logIndex, Membership membership) {}

    default void onSnapshot(long memberId, long logIndex, long term) {}

    default void onSend(Message message) {}

    default void onStep(long memberId, Message message) {}
}
