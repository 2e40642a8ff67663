package io.stele.transport.peer;

/**
 * How frames are laid out between members. Little endian. A frame that is longer than the network takes at once goes
 * in pieces, each with a header of its own; most frames are one piece.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|             CRC32C of everything behind it                    |
 *   +---------------+---------------+-------------------------------+
 *  4|    version    |     lane      |       magic: 'S' 'p'          |
 *   +---------------+---------------+-------------------------------+
 *  8|                        cluster id                             |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 16|                        sender                                 |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 24|                        receiver                               |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 32|                        sender's boot id                       |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 40|                 length of the whole frame                     |
 *   +---------------------------------------------------------------+
 * 44|                 where in it this piece begins                 |
 *   +---------------------------------------------------------------+
 * 48|                        piece ...
 * </pre>
 *
 * <p>Instead of a lane there may be a {@link #QUESTION} or an {@link #ANSWER}; its 8 bytes are the question's number.
 *
 * <p>Every piece says who speaks to whom, so there is no handshake whose outcome could be lost or out of date.
 */
final class PeerFrameDescriptor {
    static final byte VERSION = 1;
    static final short MAGIC = 0x7053;

    /** Who listens where this member lives? Put when two processes claim to be it; see {@link LifeClaims}. */
    static final byte QUESTION = 2;

    /** This life does. */
    static final byte ANSWER = 3;

    static final int QUESTION_LENGTH = 8;

    static final int CRC_OFFSET = 0;
    static final int CHECKED_OFFSET = 4;
    static final int VERSION_OFFSET = 4;
    static final int LANE_OFFSET = 5;
    static final int MAGIC_OFFSET = 6;
    static final int CLUSTER_OFFSET = 8;
    static final int SENDER_OFFSET = 16;
    static final int RECEIVER_OFFSET = 24;
    static final int BOOT_OFFSET = 32;
    static final int FRAME_LENGTH_OFFSET = 40;
    static final int PIECE_OFFSET_OFFSET = 44;
    static final int HEADER_LENGTH = 48;

    private PeerFrameDescriptor() {}
}
