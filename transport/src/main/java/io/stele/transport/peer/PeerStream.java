package io.stele.transport.peer;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.stele.transport.SendResult;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One lane to one peer. A frame that is too long for one message goes in pieces, as fast as they are taken. */
final class PeerStream {
    private static final int ATTEMPTS = 4;

    private final long receiver;
    private final PeerLane lane;
    private final FrameSealer sealer;
    private final UnsafeBuffer unfinished = new UnsafeBuffer(0, 0);
    private ExclusivePublication publication;
    private int pieceLengthMax;
    private int sent;
    private boolean isUnfinished;

    PeerStream(long receiver, PeerLane lane, FrameSealer sealer) {
        this.receiver = receiver;
        this.lane = lane;
        this.sealer = sealer;
    }

    PeerLane lane() {
        return lane;
    }

    boolean isOpen() {
        return publication != null;
    }

    boolean isConnected() {
        return publication != null && publication.isConnected();
    }

    void open(ExclusivePublication newPublication) {
        publication = newPublication;
        pieceLengthMax = newPublication.maxMessageLength() - PeerFrameDescriptor.HEADER_LENGTH;
    }

    int send(DirectBuffer buffer, int offset, int length) {
        if (publication == null) {
            return SendResult.NOT_CONNECTED;
        }
        if (isUnfinished) {
            return SendResult.BACK_PRESSURED;
        }
        int first = Math.min(length, pieceLengthMax);
        int result = offer(length, 0, buffer, offset, first);
        if (result == SendResult.QUEUED && first < length) {
            unfinished.wrap(new byte[length]);
            unfinished.putBytes(0, buffer, offset, length);
            sent = first;
            isUnfinished = true;
            goOn();
        }
        return result;
    }

    /** Sends a gate's question or answer, if it can go at once. */
    void sendQuestion(byte kind, long number) {
        if (publication != null) {
            sealer.sealQuestion(receiver, kind, number);
            publication.offer(
                    sealer.header(),
                    0,
                    PeerFrameDescriptor.HEADER_LENGTH,
                    sealer.question(),
                    0,
                    PeerFrameDescriptor.QUESTION_LENGTH,
                    null);
        }
    }

    boolean isPublication(long registrationId) {
        return publication != null && publication.registrationId() == registrationId;
    }

    /** Sends more of an unfinished frame; returns how many pieces. */
    int goOn() {
        int pieces = 0;
        while (isUnfinished) {
            int length = Math.min(unfinished.capacity() - sent, pieceLengthMax);
            int result = offer(unfinished.capacity(), sent, unfinished, sent, length);
            if (result == SendResult.BACK_PRESSURED) {
                return pieces;
            }
            sent += length;
            pieces++;
            if (result != SendResult.QUEUED || sent == unfinished.capacity()) {
                forget(); // sent, or the peer is gone and with it the beginning of the frame
            }
        }
        return pieces;
    }

    private void forget() {
        isUnfinished = false;
        unfinished.wrap(0, 0);
    }

    private int offer(int frameLength, int pieceAt, DirectBuffer buffer, int offset, int length) {
        sealer.seal(receiver, lane, frameLength, pieceAt, buffer, offset, length);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long result = publication.offer(
                    sealer.header(), 0, PeerFrameDescriptor.HEADER_LENGTH, buffer, offset, length, null);
            if (result > 0) {
                return SendResult.QUEUED;
            }
            if (result == Publication.NOT_CONNECTED) {
                return SendResult.NOT_CONNECTED;
            }
            if (result == Publication.BACK_PRESSURED) {
                return SendResult.BACK_PRESSURED;
            }
            if (result != Publication.ADMIN_ACTION) {
                close(); // it has reached its end; another will be opened
                return SendResult.NOT_CONNECTED;
            }
        }
        return SendResult.BACK_PRESSURED;
    }

    void close() {
        forget();
        CloseHelper.quietClose(publication);
        publication = null;
    }
}
