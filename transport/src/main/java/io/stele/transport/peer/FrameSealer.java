package io.stele.transport.peer;

import static io.stele.transport.peer.PeerFrameDescriptor.BOOT_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.CHECKED_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.CLUSTER_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.CRC_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.FRAME_LENGTH_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.HEADER_LENGTH;
import static io.stele.transport.peer.PeerFrameDescriptor.LANE_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.MAGIC;
import static io.stele.transport.peer.PeerFrameDescriptor.MAGIC_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.PIECE_OFFSET_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.QUESTION_LENGTH;
import static io.stele.transport.peer.PeerFrameDescriptor.RECEIVER_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.SENDER_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.VERSION;
import static io.stele.transport.peer.PeerFrameDescriptor.VERSION_OFFSET;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes the headers of outgoing pieces: {@link #header()} goes in front of the piece. */
public final class FrameSealer {
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer header = new UnsafeBuffer(new byte[HEADER_LENGTH]);
    private final UnsafeBuffer question = new UnsafeBuffer(new byte[QUESTION_LENGTH]);
    private final FrameChecksum checksum = new FrameChecksum();

    public FrameSealer(PeerIdentity identity) {
        header.putByte(VERSION_OFFSET, VERSION);
        header.putShort(MAGIC_OFFSET, MAGIC, LITTLE);
        header.putLong(CLUSTER_OFFSET, identity.clusterId(), LITTLE);
        header.putLong(SENDER_OFFSET, identity.memberId(), LITTLE);
        header.putLong(BOOT_OFFSET, identity.bootId(), LITTLE);
    }

    /** Makes {@link #header()} for the piece {@code [offset, offset + length)} of a frame. */
    public void seal(
            long receiver, PeerLane lane, int frameLength, int pieceAt, DirectBuffer buffer, int offset, int length) {
        seal(receiver, (byte) lane.code(), frameLength, pieceAt, buffer, offset, length);
    }

    /** Makes {@link #header()} for a gate's question or answer, and {@link #question()}, which goes behind it. */
    public void sealQuestion(long receiver, byte kind, long number) {
        question.putLong(0, number, LITTLE);
        seal(receiver, kind, QUESTION_LENGTH, 0, question, 0, QUESTION_LENGTH);
    }

    /** Valid until the next {@link #sealQuestion}. */
    public DirectBuffer question() {
        return question;
    }

    private void seal(
            long receiver, byte kind, int frameLength, int pieceAt, DirectBuffer buffer, int offset, int length) {
        header.putByte(LANE_OFFSET, kind);
        header.putLong(RECEIVER_OFFSET, receiver, LITTLE);
        header.putInt(FRAME_LENGTH_OFFSET, frameLength, LITTLE);
        header.putInt(PIECE_OFFSET_OFFSET, pieceAt, LITTLE);
        checksum.begin().update(header, CHECKED_OFFSET, HEADER_LENGTH - CHECKED_OFFSET);
        checksum.update(buffer, offset, length);
        header.putInt(CRC_OFFSET, checksum.value(), LITTLE);
    }

    /** Valid until the next {@link #seal}. */
    public DirectBuffer header() {
        return header;
    }

    public int headerLength() {
        return HEADER_LENGTH;
    }
}
