package io.stele.client;

import org.agrona.DirectBuffer;

/** Receives a snapshot's bytes, in order, on a network thread; while it is busy, the server waits. */
public interface SnapshotHandler {
    /** The bytes are there during the call only; {@code remainingBytes} is an estimate, and 0 with the last piece. */
    void onPiece(DirectBuffer buffer, int offset, int length, long remainingBytes);
}
