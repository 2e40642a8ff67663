package io.stele.transport.peer;

import org.agrona.DirectBuffer;

/**
 * The node's side of what members say to each other: the peer port. Used by one thread, the node's.
 *
 * <p>Frames are opaque. They may be lost; frames of one lane from one life of a peer arrive in order and at most once
 * with a real network below, though nothing may depend on it. Only frames whose checksum is right, which come from a
 * known member of the same cluster and are meant for this one are delivered; everything else is counted.
 */
public interface PeerLink extends AutoCloseable {
    /** For a node that has no peers. */
    PeerLink NONE = new NoPeers();

    /** Makes a member known, or known under another address. Frames to it are refused until the link has found it. */
    void addPeer(long memberId, PeerAddress address);

    /** Forgets a member: nothing is taken from it any more. */
    void removePeer(long memberId);

    /** Moves what is under way and delivers at most so many frames, URGENT ones first; returns how much was done. */
    int poll(PeerHandler handler, int limit);

    /** Like {@link #poll}, but delivers URGENT frames only: those of the BULK lane stay where they are. */
    int pollUrgent(PeerHandler handler, int limit);

    /**
     * Sends a frame; never blocks. Returns a {@link io.stele.transport.SendResult}: {@code QUEUED}, {@code
     * BACK_PRESSURED} (nothing was taken; later it will be), {@code NOT_CONNECTED} (the peer is not there), {@code
     * CLOSED} (it is not known, or the frame is longer than {@link #frameLengthMax}).
     */
    int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length);

    /** Puts on the wire what was sent since the last flush. Called once a duty cycle. */
    void flush();

    /** Whether frames to the member have a chance to arrive; true for some time after it has gone. */
    boolean isConnected(long memberId);

    /** Longest frame that is taken and delivered. */
    int frameLengthMax();

    PeerCounters counters();

    @Override
    void close();
}
