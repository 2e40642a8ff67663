package io.stele.transport.peer;

import org.agrona.DirectBuffer;

/** What arrives from peers, delivered on the polling thread. */
public interface PeerHandler {
    /**
     * A member speaks for the first time in its life: what was sent to an earlier life may be lost, and what that one
     * promised to remember only in memory is.
     */
    void onNewLife(long memberId);

    /** A whole frame of a known member of this cluster, its checksum right. Valid during the call only. */
    void onFrame(long memberId, DirectBuffer buffer, int offset, int length);

    /** A member of this cluster that is not known here speaks; at most now and then. */
    void onStranger(long memberId);

    /**
     * A member's host has said that nobody listens on its port: its process has ended, or has not begun. Said again
     * whenever that shows. It is no proof, for anybody may say so; and not every host says anything.
     */
    default void onGone(long memberId) {}

    /**
     * A member has asked whether this process is what it claims to be, and has been answered. If this is a new life,
     * nothing that it has said to that member before was heard.
     */
    default void onDoubted(long memberId) {}

    /**
     * A member does not take this process for what it claims to be: another process answers from this member's own
     * address. Said again as long as this one goes on.
     */
    default void onTakenForClone(long memberId) {}
}
