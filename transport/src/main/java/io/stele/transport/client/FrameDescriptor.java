package io.stele.transport.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.codec.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is on the wire, from the first byte of a connection.
 *
 * <pre>
 *   client:
 *    0   1   2   3   4    5    6    7       0          4
 *   +---+---+---+---+---+----+----+----+   +----------+------------------------+   +----------+-- ..
 *   | S | T | E | L | E | 00 | 01 | \n |   |  length  |  messages              |   |  length  |  messages
 *   +---+---+---+---+---+----+----+----+   | int32 LE |  (length bytes)        |   +----------+-- ..
 *   preface; byte 6: wire version          +----------+------------------------+
 *                                          frame; the first one holds a ClientHello
 *   server:
 *    0          4
 *   +----------+------------------------+   frames only; the first one holds a ServerHello, or a Goodbye
 *   |  length  |  messages              |
 *   +----------+------------------------+
 * </pre>
 */
public final class FrameDescriptor {
    public static final int WIRE_VERSION = 1;
    public static final int PREFACE_LENGTH = 8;
    public static final int LENGTH_LENGTH = 4;
    /** A frame holds at least one message, and a message at least its header. */
    public static final int FRAME_LENGTH_MIN = MessageHeaderEncoder.ENCODED_LENGTH;
    /** Longest frame before the handshake is over. */
    public static final int HANDSHAKE_FRAME_LENGTH_MAX = 16 * 1024;
    /** No frame is ever longer, whatever a hello says. */
    public static final int FRAME_LENGTH_CEILING = 512 * 1024 * 1024;

    private static final DirectBuffer PREFACE =
            new UnsafeBuffer(new byte[] {'S', 'T', 'E', 'L', 'E', 0, WIRE_VERSION, '\n'});

    private FrameDescriptor() {}

    /** The client's first bytes. Read only. */
    public static DirectBuffer preface() {
        return PREFACE;
    }

    /** Length of the messages of the frame at {@code offset}, as the peer claims. */
    static int frameLength(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset, LITTLE_ENDIAN);
    }
}
