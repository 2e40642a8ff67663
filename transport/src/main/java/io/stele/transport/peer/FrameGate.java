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
 * <p>A member's life is known by its boot id. The newest life is believed; a frame of one that it has replaced is
 * refused, so that two processes that both claim to be the member cannot take turns. Boot ids that were replaced are
 * remembered as long as there is room, the last {@value #LIVES_REMEMBERED} of them.
 *
 * <p>A gate that has forgotten them, because it is new itself, may take a late frame of a dead life for a newer one.
 * The dead send no more: a replaced life from which {@value #INSISTENT_PIECES} pieces come in a row, with none of the
 * one that replaced it in between, is the member's after all.
 */
public final class FrameGate {
    static final int LIVES_REMEMBERED = 64;
    static final int INSISTENT_PIECES = 32;

    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final long STRANGER_EVERY = 16;
    private static final int KEPT_LENGTH_MAX = 64 * 1024;

    private final PeerIdentity identity;
    private final int frameLengthMax;
    private final PeerCounters counters;
    private final RefusalListener refusals;
    private final FrameChecksum checksum = new FrameChecksum();
    private final Long2ObjectHashMap<Sender> senders = new Long2ObjectHashMap<>();

    /** Told of each refused piece. */
    @FunctionalInterface
    public interface RefusalListener {
        void onRefused(PeerRefusal reason, long claimedSender, long claimedCluster);
    }

    public FrameGate(PeerIdentity identity, int frameLengthMax, PeerCounters counters, RefusalListener refusals) {
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
            senders.put(memberId, new Sender());
        }
    }

    public void removePeer(long memberId) {
        senders.remove(memberId);
    }

    /** Takes a piece; delivers the frame that it completes. Returns whether it did. */
    public boolean onPiece(DirectBuffer buffer, int offset, int length, PeerHandler handler) {
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
        if (bootId != known.bootId) {
            if (known.hadLife(bootId) && !known.insists(bootId)) {
                return refuse(PeerRefusal.STALE_LIFE, sender, cluster);
            }
            known.beginLife(bootId);
            handler.onNewLife(sender);
        }
        known.insistence = 0;
        return deliver(known, sender, buffer, offset, length, handler);
    }

    private PeerRefusal headerRefusal(DirectBuffer buffer, int offset, int length, long sender, long cluster) {
        int frameLength = buffer.getInt(offset + FRAME_LENGTH_OFFSET, LITTLE);
        int pieceAt = buffer.getInt(offset + PIECE_OFFSET_OFFSET, LITTLE);
        int pieceLength = length - HEADER_LENGTH;
        if (frameLength <= 0 || frameLength > frameLengthMax || pieceLength <= 0 || pieceAt < 0) {
            return PeerRefusal.MALFORMED;
        }
        if (pieceLength > frameLength - pieceAt || PeerLane.of(buffer.getByte(offset + LANE_OFFSET)) == null) {
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
        private final long[] earlierLives = new long[LIVES_REMEMBERED];
        private int earlierCount;
        private long bootId;
        private long insistentBootId;
        private int insistence;

        boolean hadLife(long candidate) {
            for (int i = 0; i < Math.min(earlierCount, LIVES_REMEMBERED); i++) {
                if (earlierLives[i] == candidate) {
                    return true;
                }
            }
            return false;
        }

        /** Notes a piece of a replaced life; whether there were so many in a row that it must be the member's. */
        boolean insists(long candidate) {
            if (candidate != insistentBootId) {
                insistentBootId = candidate;
                insistence = 0;
            }
            return ++insistence >= INSISTENT_PIECES;
        }

        void beginLife(long newBootId) {
            if (bootId != 0) {
                earlierLives[earlierCount++ % LIVES_REMEMBERED] = bootId;
            }
            bootId = newBootId;
            for (Assembly assembly : assemblies) {
                assembly.clear();
            }
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
