package io.stele.transport.peer;

import static io.stele.transport.peer.PeerFrameDescriptor.ANSWER;
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
import static io.stele.transport.peer.PeerFrameDescriptor.QUESTION;
import static io.stele.transport.peer.PeerFrameDescriptor.QUESTION_LENGTH;
import static io.stele.transport.peer.PeerFrameDescriptor.RECEIVER_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.SENDER_OFFSET;
import static io.stele.transport.peer.PeerFrameDescriptor.VERSION;
import static io.stele.transport.peer.PeerFrameDescriptor.VERSION_OFFSET;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What every piece from the network has to pass: form, checksum, version, cluster, receiver, sender, life. Long frames
 * are put together here, one at a time for each member and lane.
 *
 * <p>Memory: per known member and lane at most one frame of the longest length; nothing for anybody else.
 *
 * <p>A frame of another life of a member than the one that is believed is refused; which one that is,
 * {@link LifeClaims} finds out. Its questions and answers go between gates, and nobody behind them sees any.
 */
public final class FrameGate {
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final long STRANGER_EVERY = 16;
    private static final int KEPT_LENGTH_MAX = 64 * 1024;

    private final PeerIdentity identity;
    private final int frameLengthMax;
    private final PeerCounters counters;
    private final RefusalListener refusals;
    private final Outlet outlet;
    private final FrameChecksum checksum = new FrameChecksum();
    private final Long2ObjectHashMap<Sender> senders = new Long2ObjectHashMap<>();

    /** Told of each refused piece. */
    @FunctionalInterface
    public interface RefusalListener {
        void onRefused(PeerRefusal reason, long claimedSender, long claimedCluster);
    }

    /** How the gate itself speaks. What is lost on the way will be said again. */
    public interface Outlet {
        /**
         * Sends a question of the gate, or an answer, to where the member lives.
         *
         * @param kind goes into the frame's header instead of a lane; see {@link FrameSealer#sealQuestion}
         */
        void send(long memberId, byte kind, long question);

        /** The piece that is just being taken is of a process that is not the member: it should know. */
        void refuse(long memberId);
    }

    public FrameGate(
            PeerIdentity identity, int frameLengthMax, PeerCounters counters, RefusalListener refusals, Outlet outlet) {
        this.outlet = outlet;
        this.identity = identity;
        this.frameLengthMax = frameLengthMax;
        this.counters = counters;
        this.refusals = refusals;
    }

    public void addPeer(long memberId) {
        if (memberId == identity.memberId()) {
            throw new IllegalArgumentException("a member is not its own peer");
        }
        if (!senders.containsKey(memberId)) {
            senders.put(memberId, new Sender(identity.bootId()));
        }
    }

    public void removePeer(long memberId) {
        senders.remove(memberId);
    }

    /** Takes a piece; delivers the frame that it completes. Returns whether it did. */
    public boolean onPiece(DirectBuffer buffer, int offset, int length, long nowNs, PeerHandler handler) {
        if (length < HEADER_LENGTH || buffer.getShort(offset + MAGIC_OFFSET, LITTLE) != MAGIC) {
            return refuse(PeerRefusal.MALFORMED, 0, 0);
        }
        long sender = buffer.getLong(offset + SENDER_OFFSET, LITTLE);
        long cluster = buffer.getLong(offset + CLUSTER_OFFSET, LITTLE);
        PeerRefusal reason = headerRefusal(buffer, offset, length, sender, cluster);
        if (reason != null) {
            if (reason == PeerRefusal.STRANGER && counters.refused(reason) % STRANGER_EVERY == 0) {
                handler.onStranger(sender);
            }
            return refuse(reason, sender, cluster);
        }
        Sender known = senders.get(sender);
        long bootId = buffer.getLong(offset + BOOT_OFFSET, LITTLE);
        byte kind = buffer.getByte(offset + LANE_OFFSET);
        if (kind == QUESTION) {
            outlet.send(sender, ANSWER, buffer.getLong(offset + HEADER_LENGTH, LITTLE));
            handler.onDoubted(sender);
            return false;
        }
        if (kind == ANSWER) {
            if (known.claims.onAnswer(bootId, buffer.getLong(offset + HEADER_LENGTH, LITTLE), nowNs)) {
                known.beginLife(sender, handler);
            }
            return false;
        }
        if (bootId == known.claims.believed()) {
            known.claims.onBelieved();
        } else if (known.claims.onClaim(bootId, nowNs)) {
            known.beginLife(sender, handler);
        } else {
            return refuseClaim(known.claims, sender, bootId, nowNs);
        }
        return deliver(known, sender, buffer, offset, length, handler);
    }

    private boolean refuseClaim(LifeClaims claims, long sender, long bootId, long nowNs) {
        if (claims.mustAsk(nowNs)) {
            outlet.send(sender, QUESTION, claims.ask(nowNs));
        }
        if (claims.isRefuted(bootId)) {
            outlet.refuse(sender);
            return refuse(PeerRefusal.CLONE, sender, identity.clusterId());
        }
        return refuse(
                claims.wasBelieved(bootId) ? PeerRefusal.STALE_LIFE : PeerRefusal.NEW_LIFE,
                sender,
                identity.clusterId());
    }

    private PeerRefusal headerRefusal(DirectBuffer buffer, int offset, int length, long sender, long cluster) {
        int frameLength = buffer.getInt(offset + FRAME_LENGTH_OFFSET, LITTLE);
        int pieceAt = buffer.getInt(offset + PIECE_OFFSET_OFFSET, LITTLE);
        int pieceLength = length - HEADER_LENGTH;
        if (frameLength <= 0 || frameLength > frameLengthMax || pieceLength <= 0 || pieceAt < 0) {
            return PeerRefusal.MALFORMED;
        }
        byte kind = buffer.getByte(offset + LANE_OFFSET);
        boolean isQuestion = (kind == QUESTION || kind == ANSWER) && pieceLength == QUESTION_LENGTH;
        if (pieceLength > frameLength - pieceAt || (PeerLane.of(kind) == null && !isQuestion)) {
            return PeerRefusal.MALFORMED;
        }
        checksum.begin().update(buffer, offset + CHECKED_OFFSET, length - CHECKED_OFFSET);
        if (checksum.value() != buffer.getInt(offset + CRC_OFFSET, LITTLE)) {
            return PeerRefusal.CHECKSUM;
        }
        if (buffer.getByte(offset + VERSION_OFFSET) != VERSION) {
            return PeerRefusal.VERSION;
        }
        if (cluster != identity.clusterId()) {
            return PeerRefusal.FOREIGN_CLUSTER;
        }
        if (buffer.getLong(offset + RECEIVER_OFFSET, LITTLE) != identity.memberId()) {
            return PeerRefusal.WRONG_RECEIVER;
        }
        return senders.containsKey(sender) ? null : PeerRefusal.STRANGER;
    }

    private boolean deliver(
            Sender known, long sender, DirectBuffer buffer, int offset, int length, PeerHandler handler) {
        int frameLength = buffer.getInt(offset + FRAME_LENGTH_OFFSET, LITTLE);
        int pieceAt = buffer.getInt(offset + PIECE_OFFSET_OFFSET, LITTLE);
        int pieceLength = length - HEADER_LENGTH;
        if (pieceLength == frameLength) {
            counters.onReceived(frameLength);
            handler.onFrame(sender, buffer, offset + HEADER_LENGTH, frameLength);
            return true;
        }
        Assembly assembly = known.assemblies[buffer.getByte(offset + LANE_OFFSET)];
        if (!assembly.take(frameLength, pieceAt, buffer, offset + HEADER_LENGTH, pieceLength)) {
            return refuse(PeerRefusal.GAP, sender, identity.clusterId());
        }
        if (assembly.isComplete()) {
            counters.onReceived(frameLength);
            handler.onFrame(sender, assembly.frame, 0, frameLength);
            assembly.clear();
            return true;
        }
        return false;
    }

    private boolean refuse(PeerRefusal reason, long claimedSender, long claimedCluster) {
        counters.onRefused(reason);
        refusals.onRefused(reason, claimedSender, claimedCluster);
        return false;
    }

    private static final class Sender {
        private final Assembly[] assemblies = {new Assembly(), new Assembly()};
        private final LifeClaims claims;

        Sender(long firstQuestion) {
            claims = new LifeClaims(firstQuestion);
        }

        void beginLife(long memberId, PeerHandler handler) {
            for (Assembly assembly : assemblies) {
                assembly.clear();
            }
            handler.onNewLife(memberId);
        }
    }

    /** One long frame in the making. Its pieces come in order; if one is missing the frame is lost. */
    private static final class Assembly {
        private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
        private int frameLength;
        private int received;

        boolean take(int length, int pieceAt, DirectBuffer buffer, int offset, int pieceLength) {
            if (pieceAt == 0) {
                begin(length);
            } else if (pieceAt != received || length != frameLength) {
                clear();
                return false;
            }
            frame.putBytes(pieceAt, buffer, offset, pieceLength);
            received = pieceAt + pieceLength;
            return true;
        }

        private void begin(int length) {
            frameLength = length;
            received = 0;
            if (frame.capacity() < length) {
                frame.wrap(new byte[length]);
            }
        }

        boolean isComplete() {
            return received == frameLength;
        }

        void clear() {
            frameLength = 0;
            received = 0;
            if (frame.capacity() > KEPT_LENGTH_MAX) {
                frame.wrap(0, 0);
            }
        }
    }
}
