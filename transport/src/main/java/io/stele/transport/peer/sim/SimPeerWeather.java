package io.stele.transport.peer.sim;

import io.stele.transport.peer.PeerLane;

/** What a simulated network does to frames. The simulator answers from its seed. */
public interface SimPeerWeather {
    /** All frames arrive at once, once and whole. */
    SimPeerWeather FAIR = new SimPeerWeather() {};

    /** How long a frame is under way, in nanoseconds; negative: it is lost. */
    default long delayNs(long from, long to, PeerLane lane, int length) {
        return 0;
    }

    /** Whether a frame arrives a second time; that copy is then asked about anew with {@link #delayNs}. */
    default boolean repeats(long from, long to, PeerLane lane, int length) {
        return false;
    }

    /** A bit of the frame, header included, that turns over; negative: none. */
    default int flippedBit(long from, long to, int bits) {
        return -1;
    }

    /** Whether the sender takes the receiver to be there, given that it is. */
    default boolean isConnected(long from, long to) {
        return true;
    }

    /** Whether the receiver's host says, rightly or not, that nobody listens there: see {@code PeerHandler.onGone}. */
    default boolean saysGone(long from, long to, boolean isThere) {
        return false;
    }

    /** Whether the sender's queue is full. */
    default boolean isBackPressured(long from, long to, PeerLane lane) {
        return false;
    }
}
