package io.stele.transport.peer.sim;

import io.stele.transport.SendResult;
import io.stele.transport.peer.FrameGate;
import io.stele.transport.peer.FrameSealer;
import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerCounters;
import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.PeerIdentity;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import java.util.ArrayList;
import java.util.PriorityQueue;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The peer port in memory: the frames, their headers and what is checked of them are the real ones, the network is a
 * {@link SimPeerNetwork}. Addresses mean nothing here: members are found by their ids.
 */
public final class SimPeerLink implements PeerLink {
    private static final int FRAME_LENGTH_MAX = 16 * 1024 * 1024;

    private record Arrival(long atNs, int lane, long sequence, UnsafeBuffer piece, SimPeerLink from)
            implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            int byTime = Long.compare(atNs, other.atNs);
            int byLane = byTime != 0 ? byTime : Integer.compare(lane, other.lane);
            return byLane != 0 ? byLane : Long.compare(sequence, other.sequence);
        }
    }

    private final SimPeerNetwork network;
    private final PeerIdentity identity;
    private final PeerCounters counters = new PeerCounters();
    private final FrameSealer sealer;
    private final FrameGate gate;
    private final LongHashSet peers = new LongHashSet();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
    private final ArrayList<Arrival> later = new ArrayList<>();
    private final LongArrayList gone = new LongArrayList();
    private final LongArrayList takenForClone = new LongArrayList();
    private SimPeerLink speaking;
    private boolean isClosed;

    SimPeerLink(SimPeerNetwork network, PeerIdentity identity) {
        this.network = network;
        this.identity = identity;
        sealer = new FrameSealer(identity);
        gate = new FrameGate(
                identity, FRAME_LENGTH_MAX, counters, (reason, sender, cluster) -> {}, new FrameGate.Outlet() {
                    @Override
                    public void send(long memberId, byte kind, long question) {
                        sendQuestion(memberId, kind, question);
                    }

                    @Override
                    public void refuse(long memberId) {
                        speaking.takenForClone.addLong(identity.memberId());
                    }
                });
    }

    @Override
    public void addPeer(long memberId, PeerAddress address) {
        gate.addPeer(memberId);
        peers.add(memberId);
    }

    @Override
    public void removePeer(long memberId) {
        gate.removePeer(memberId);
        peers.remove(memberId);
    }

    @Override
    public int poll(PeerHandler handler, int limit) {
        return poll(handler, limit, PeerLane.BULK);
    }

    @Override
    public int pollUrgent(PeerHandler handler, int limit) {
        return poll(handler, limit, PeerLane.URGENT);
    }

    private int poll(PeerHandler handler, int limit, PeerLane last) {
        int count = 0;
        long nowNs = network.nowNs();
        while (count < limit && !arrivals.isEmpty() && arrivals.peek().atNs() <= nowNs) {
            Arrival arrival = arrivals.poll();
            if (arrival.lane() > last.code()) {
                later.add(arrival);
                continue;
            }
            speaking = arrival.from();
            gate.onPiece(arrival.piece(), 0, arrival.piece().capacity(), nowNs, handler);
            count++;
        }
        arrivals.addAll(later);
        later.clear();
        for (int i = 0; i < gone.size(); i++) {
            handler.onGone(gone.getLong(i));
        }
        gone.clear();
        for (int i = 0; i < takenForClone.size(); i++) {
            handler.onTakenForClone(takenForClone.getLong(i));
        }
        takenForClone.clear();
        return count;
    }

    @Override
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        if (isClosed || !peers.contains(memberId) || length > FRAME_LENGTH_MAX) {
            return SendResult.CLOSED;
        }
        SimPeerWeather weather = network.weather();
        boolean isThere = network.linkOf(memberId) != null;
        if (weather.saysGone(identity.memberId(), memberId, isThere)) {
            gone.addLong(memberId);
        }
        if (!isConnected(memberId)) {
            return SendResult.NOT_CONNECTED;
        }
        if (weather.isBackPressured(identity.memberId(), memberId, lane)) {
            counters.onBackPressured();
            return SendResult.BACK_PRESSURED;
        }
        sealer.seal(memberId, lane, length, 0, buffer, offset, length);
        counters.onSent(length);
        launch(memberId, lane, buffer, offset, length);
        if (weather.repeats(identity.memberId(), memberId, lane, length)) {
            launch(memberId, lane, buffer, offset, length);
        }
        return SendResult.QUEUED;
    }

    private void sendQuestion(long memberId, byte kind, long question) {
        if (isConnected(memberId)) {
            sealer.sealQuestion(memberId, kind, question);
            launch(
                    memberId,
                    PeerLane.URGENT,
                    sealer.question(),
                    0,
                    sealer.question().capacity());
        }
    }

    private void launch(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        SimPeerWeather weather = network.weather();
        long delayNs = weather.delayNs(identity.memberId(), memberId, lane, length);
        if (delayNs < 0) {
            return;
        }
        int headerLength = sealer.headerLength();
        UnsafeBuffer piece = new UnsafeBuffer(new byte[headerLength + length]);
        piece.putBytes(0, sealer.header(), 0, headerLength);
        piece.putBytes(headerLength, buffer, offset, length);
        int bit = weather.flippedBit(identity.memberId(), memberId, piece.capacity() * Byte.SIZE);
        if (bit >= 0) {
            int place = bit / Byte.SIZE;
            piece.putByte(place, (byte) (piece.getByte(place) ^ 1 << bit % Byte.SIZE));
        }
        SimPeerLink receiver = network.linkOf(memberId);
        receiver.arrivals.add(new Arrival(network.nowNs() + delayNs, lane.code(), network.nextSequence(), piece, this));
    }

    @Override
    public void flush() {}

    @Override
    public boolean isConnected(long memberId) {
        return peers.contains(memberId)
                && network.linkOf(memberId) != null
                && network.weather().isConnected(identity.memberId(), memberId);
    }

    @Override
    public int frameLengthMax() {
        return FRAME_LENGTH_MAX;
    }

    @Override
    public PeerCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        if (!isClosed && network.linkOf(identity.memberId()) == this) {
            network.drop(identity.memberId());
        }
        isClosed = true;
    }

    void forget() {
        isClosed = true;
        arrivals.clear();
    }

    long nextArrivalNs() {
        return arrivals.isEmpty() ? Long.MAX_VALUE : arrivals.peek().atNs();
    }
}
