package io.stele.server.node;

import io.stele.transport.ReplySplitter;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.codec.ForwardedReplyEncoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongArrayList;

/**
 * The client link, and beside it, for requests that other members have forwarded, connections that exist only as
 * numbers:
 *
 * <pre>
 *    63  62        48 47                              0
 *   +---+------------+--------------------------------+
 *   | 1 | life's no. |  the forwarding peer's id of   |
 *   |   |            |  the request (2^48 is enough)  |
 *   +---+------------+--------------------------------+
 * </pre>
 *
 * <p>So whatever answers a request need not know where it came from.
 */
final class PeerConnections implements ClientLink {
    /** For requests of this member itself: what is replied to it is dropped. */
    static final long NOBODY = Long.MAX_VALUE;

    private static final int PEER_SHIFT = 48;
    private static final long REQUEST_MASK = (1L << PEER_SHIFT) - 1;
    private static final int PEER_MASK = 0x7FFF;

    private final ClientLink clients;
    private final PeerLink peers;
    private final LongArrayList members = new LongArrayList();

    /** Beside {@link #members}: which life of the member it is, for request ids start over in each. */
    private final LongArrayList lives = new LongArrayList();

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ForwardedReplyEncoder reply = new ForwardedReplyEncoder();

    /** For replies in several frames that are not over: how many were sent. */
    private final Long2LongHashMap sentPieces = new Long2LongHashMap(0);

    PeerConnections(ClientLink clients, PeerLink peers) {
        this.clients = clients;
        this.peers = peers;
    }

    @Override
    public long receivedNs() {
        return clients.receivedNs();
    }

    /** The connection of a request that a life of a member has forwarded. */
    long open(long memberId, long bootId, long requestId) {
        int number = members.size() - 1;
        while (number >= 0 && (members.getLong(number) != memberId || lives.getLong(number) != bootId)) {
            number--;
        }
        if (number < 0) {
            number = members.size();
            members.addLong(memberId);
            lives.addLong(bootId);
        }
        return Long.MIN_VALUE | ((long) (number & PEER_MASK) << PEER_SHIFT) | (requestId & REQUEST_MASK);
    }

    private static boolean isPeer(long connectionId) {
        return connectionId < 0;
    }

    @Override
    public int poll(ClientHandler handler, int limit) {
        return clients.poll(handler, limit);
    }

    @Override
    public int send(long connectionId, DirectBuffer source, int offset, int length) {
        if (connectionId == NOBODY) {
            return SendResult.CLOSED;
        }
        if (!isPeer(connectionId)) {
            return clients.send(connectionId, source, offset, length);
        }
        int number = (int) (connectionId >>> PEER_SHIFT) & PEER_MASK;
        long memberId = members.getLong(number);
        boolean isPartial = ReplySplitter.isPartial(source, offset);
        long piece = sentPieces.isEmpty() ? 0 : sentPieces.get(connectionId);
        reply.wrapAndApplyHeader(buffer, 0, header)
                .requestId(connectionId & REQUEST_MASK)
                .partial((byte) (isPartial ? 1 : 0))
                .outcome((byte) 0)
                .piece((int) piece)
                .bootId(lives.getLong(number));
        reply.putFrame(source, offset, length);
        int result = peers.send(memberId, PeerLane.BULK, buffer, 0, reply.limit());
        if (result == SendResult.QUEUED && isPartial) {
            sentPieces.put(connectionId, piece + 1);
        } else if (result != SendResult.BACK_PRESSURED && piece > 0) {
            sentPieces.remove(connectionId);
        }
        return result == SendResult.NOT_CONNECTED ? SendResult.CLOSED : result;
    }

    @Override
    public void flush() {
        clients.flush();
    }

    @Override
    public long queuedBytes(long connectionId) {
        return isPeer(connectionId) ? 0 : clients.queuedBytes(connectionId);
    }

    @Override
    public void wakeWhenTaken(long connectionId) {
        if (!isPeer(connectionId)) {
            clients.wakeWhenTaken(connectionId);
        }
    }

    @Override
    public int frameLengthMax(long connectionId) {
        return isPeer(connectionId) ? peers.frameLengthMax() : clients.frameLengthMax(connectionId);
    }

    @Override
    public void close(long connectionId, int reasonCode, String reason) {
        if (!isPeer(connectionId)) {
            clients.close(connectionId, reasonCode, reason);
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
