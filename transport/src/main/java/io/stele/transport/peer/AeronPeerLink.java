package io.stele.transport.peer;

import io.aeron.ChannelUriStringBuilder;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.Header;
import io.aeron.status.PublicationErrorFrame;
import io.stele.transport.SendResult;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * The peer port over UDP.
 *
 * <p>Each member listens on one port. Every pair of members has a stream for each lane and direction; who it is from is
 * said in every frame, so the port, the sender's address and the order of joining mean nothing. The media driver runs
 * within {@link #poll} and {@link #flush}, on the polling thread, unless it is told to have one of its own.
 *
 * <p>Nothing is launched before there is a peer.
 */
public final class AeronPeerLink implements PeerLink {
    private static final int URGENT_TERM_LENGTH = 256 * 1024;
    private static final int BULK_TERM_LENGTH = 4 * 1024 * 1024;
    private static final int FIRST_STREAM_ID = 1;
    private static final String CLONE = "another process is this member";
    private static final int ABSENCES_MAX = 64; // what finds no room shows again
    private static final long CARE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long ASK_INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    private static final class Peer {
        private final long memberId;
        private final PeerAddress address;
        private final HostResolver host;
        private final PeerStream[] streams;
        private String openedTo;
        private long askedNs;
        private long silentSinceNs;
        private boolean saidSilent;

        Peer(long memberId, PeerAddress address, FrameSealer sealer) {
            this.memberId = memberId;
            this.address = address;
            host = new HostResolver(address.host());
            streams = new PeerStream[] {
                new PeerStream(memberId, PeerLane.URGENT, sealer), new PeerStream(memberId, PeerLane.BULK, sealer)
            };
        }

        boolean isAt(InetSocketAddress place) {
            return place.getPort() == address.port()
                    && place.getAddress().getHostAddress().equals(openedTo);
        }

        boolean isConnected() {
            return streams[0].isConnected() && streams[1].isConnected();
        }

        /** Once for each time that it falls silent. */
        void sayIfSilent(long nowNs, Consumer<String> log) {
            if (silentSinceNs == 0) {
                silentSinceNs = nowNs;
                saidSilent = false;
            }
            if (!saidSilent && nowNs - silentSinceNs >= SILENCE_NS) {
                saidSilent = true;
                log.accept("member " + Long.toHexString(memberId) + " at " + address + " does not answer: it is down or"
                        + " out of reach, belongs to another cluster, or does not know this member (any more)");
            }
        }

        void close() {
            for (PeerStream stream : streams) {
                stream.close();
            }
            openedTo = null;
        }
    }

    private final PeerLinkContext context;
    private final PeerCounters counters = new PeerCounters();
    private final RefusalLog refusalLog;
    private final FrameSealer sealer;
    private final FrameGate gate;
    private final PeerSessions sessions;
    private final Long2ObjectHashMap<Peer> peers = new Long2ObjectHashMap<>();
    private final List<Peer> inOrder = new ArrayList<>();
    private final FragmentAssembler[] assemblers = {
        new FragmentAssembler(this::onPiece), new FragmentAssembler(this::onPiece)
    };
    private final Subscription[] subscriptions = new Subscription[2];
    private final ManyToOneConcurrentArrayQueue<InetSocketAddress> absences =
            new ManyToOneConcurrentArrayQueue<>(ABSENCES_MAX);
    private PeerDriver driver;
    private final LongArrayList takenForClone = new LongArrayList();
    private PeerHandler handler;
    private Image speaking;
    private long nowNs;
    private long nextCareNs;
    private int streamsOpened;
    private boolean hasUnflushed;
    private boolean isClosed;

    public AeronPeerLink(PeerLinkContext context) {
        this.context = context;
        refusalLog = new RefusalLog(context.log);
        sealer = new FrameSealer(context.identity);
        gate = new FrameGate(context.identity, context.frameLengthMax, counters, refusalLog, new Doorstep());
        sessions = new PeerSessions(context.identity, BULK_TERM_LENGTH, this::onStreamRefused, context.sockets);
        nextCareNs = System.nanoTime();
    }

    @Override
    public void addPeer(long memberId, PeerAddress address) {
        Peer known = peers.get(memberId);
        if (known != null) {
            if (known.address.equals(address)) {
                return;
            }
            forget(known);
        }
        Peer peer = new Peer(memberId, address, sealer);
        gate.addPeer(memberId);
        peers.put(memberId, peer);
        inOrder.add(peer);
        sessions.allow(memberIds());
        if (driver == null) {
            launch();
        }
        open(peer);
    }

    private long[] memberIds() {
        return inOrder.stream().mapToLong(peer -> peer.memberId).toArray();
    }

    @Override
    public void removePeer(long memberId) {
        Peer peer = peers.get(memberId);
        if (peer != null) {
            forget(peer);
            gate.removePeer(memberId);
        }
    }

    private void forget(Peer peer) {
        peers.remove(peer.memberId);
        inOrder.remove(peer);
        peer.close();
        sessions.allow(memberIds());
    }

    private void launch() {
        String host = new HostResolver(context.listen.host()).resolve();
        if (host == null) {
            throw new IllegalStateException("cannot listen for peers on " + context.listen + ": unknown host");
        }
        try {
            driver = PeerDriver.launch(
                    context,
                    sessions::endpoint,
                    (channel, status, own) -> new PeerSendEndpoint(channel, status, own, absences::offer),
                    this::onError,
                    this::onPublicationError);
            for (PeerLane lane : PeerLane.values()) {
                subscriptions[lane.code()] = driver.aeron()
                        .addSubscription(
                                channel(host, context.listen.port()).build(),
                                FIRST_STREAM_ID + lane.code(),
                                null,
                                image -> assemblers[lane.code()].freeSessionBuffer(image.sessionId()));
            }
        } catch (AeronException e) {
            if (driver != null) {
                driver.close();
                driver = null;
            }
            throw new IllegalStateException("cannot listen for peers on " + context.listen + ": " + e.getMessage(), e);
        }
    }

    private static ChannelUriStringBuilder channel(String host, int port) {
        return new ChannelUriStringBuilder().media("udp").endpoint(host + ":" + port);
    }

    private void open(Peer peer) {
        String host = peer.host.found();
        if (host == null) {
            askAgain(peer);
            return;
        }
        for (PeerStream stream : peer.streams) {
            if (!stream.isOpen()) {
                boolean urgent = stream.lane() == PeerLane.URGENT;
                String channel = channel(host, peer.address.port())
                        .sessionId(sessions.outgoing(peer.memberId, stream.lane(), streamsOpened++))
                        .termLength(urgent ? URGENT_TERM_LENGTH : BULK_TERM_LENGTH)
                        .build();
                stream.open(driver.aeron()
                        .addExclusivePublication(
                                channel, FIRST_STREAM_ID + stream.lane().code()));
            }
        }
        peer.openedTo = host;
    }

    private void askAgain(Peer peer) {
        long nowNs = System.nanoTime();
        if (peer.askedNs == 0 || nowNs - peer.askedNs > ASK_INTERVAL_NS) {
            peer.askedNs = nowNs;
            peer.host.ask();
        }
    }

    @Override
    public int poll(PeerHandler newHandler, int limit) {
        return poll(newHandler, limit, PeerLane.BULK);
    }

    @Override
    public int pollUrgent(PeerHandler newHandler, int limit) {
        return poll(newHandler, limit, PeerLane.URGENT);
    }

    private int poll(PeerHandler newHandler, int limit, PeerLane last) {
        if (driver == null) {
            return 0;
        }
        nowNs = System.nanoTime();
        int workCount = driver.drive();
        hasUnflushed = false;
        handler = newHandler;
        for (int lane = 0; lane <= last.code(); lane++) {
            workCount += subscriptions[lane].poll(assemblers[lane], limit);
        }
        handler = null;
        speaking = null;
        tellTakenForClone(newHandler);
        workCount += absences.isEmpty() ? 0 : tellAbsences(newHandler);
        for (int i = 0; i < inOrder.size(); i++) {
            for (PeerStream stream : inOrder.get(i).streams) {
                workCount += stream.goOn();
            }
        }
        takeCare();
        return workCount;
    }

    private int tellAbsences(PeerHandler newHandler) {
        int count = 0;
        for (InetSocketAddress absent = absences.poll(); absent != null; absent = absences.poll()) {
            for (int i = 0; i < inOrder.size(); i++) {
                if (inOrder.get(i).isAt(absent)) {
                    newHandler.onGone(inOrder.get(i).memberId);
                }
            }
            count++;
        }
        return count;
    }

    private void onPiece(DirectBuffer buffer, int offset, int length, Header header) {
        speaking = (Image) header.context();
        gate.onPiece(buffer, offset, length, nowNs, handler);
    }

    /** How the gate speaks. A clone is told by closing its stream: what is sent to the member does not reach it. */
    private final class Doorstep implements FrameGate.Outlet {
        @Override
        public void send(long memberId, byte kind, long question) {
            Peer peer = peers.get(memberId);
            if (peer != null) {
                peer.streams[PeerLane.URGENT.code()].sendQuestion(kind, question);
                hasUnflushed = true;
            }
        }

        @Override
        public void refuse(long memberId) {
            if (speaking != null) {
                speaking.reject(CLONE);
            }
        }
    }

    /** A peer has closed a stream of ours; in the client's conductor, on the polling thread. */
    private void onPublicationError(PublicationErrorFrame error) {
        if (!CLONE.equals(error.errorMessage())) {
            return;
        }
        for (int i = 0; i < inOrder.size(); i++) {
            for (PeerStream stream : inOrder.get(i).streams) {
                if (stream.isPublication(error.registrationId())) {
                    takenForClone.addLong(inOrder.get(i).memberId);
                }
            }
        }
    }

    private void tellTakenForClone(PeerHandler newHandler) {
        for (int i = 0; i < takenForClone.size(); i++) {
            newHandler.onTakenForClone(takenForClone.getLong(i));
        }
        takenForClone.clear();
    }

    /** Now and then: opens what could not be opened, follows hosts that have moved, begins anew after the driver. */
    private void takeCare() {
        if (nowNs - nextCareNs < 0) {
            return;
        }
        nextCareNs = nowNs + CARE_INTERVAL_NS;
        if (driver.isClosed()) {
            relaunch();
        }
        for (int i = 0; i < inOrder.size(); i++) {
            Peer peer = inOrder.get(i);
            String host = peer.host.found();
            if (!peer.isConnected()) {
                askAgain(peer);
                peer.sayIfSilent(nowNs, context.log);
            } else {
                peer.silentSinceNs = 0;
            }
            if (peer.openedTo != null && !peer.openedTo.equals(host)) {
                peer.close();
            }
            if (!peer.streams[0].isOpen() || !peer.streams[1].isOpen()) {
                open(peer);
            }
        }
    }

    private void relaunch() {
        context.log.accept("the peer link has died and begins anew");
        inOrder.forEach(Peer::close);
        driver.close();
        driver = null;
        launch();
    }

    @Override
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        Peer peer = peers.get(memberId);
        if (isClosed || peer == null || length > context.frameLengthMax) {
            return SendResult.CLOSED;
        }
        int result = peer.streams[lane.code()].send(buffer, offset, length);
        if (result == SendResult.QUEUED) {
            counters.onSent(length);
            hasUnflushed = true;
        } else if (result == SendResult.BACK_PRESSURED) {
            counters.onBackPressured();
        }
        return result;
    }

    @Override
    public void flush() {
        if (hasUnflushed) {
            hasUnflushed = false;
            driver.drive();
        }
    }

    @Override
    public boolean isConnected(long memberId) {
        Peer peer = peers.get(memberId);
        return peer != null && peer.isConnected();
    }

    @Override
    public int frameLengthMax() {
        return context.frameLengthMax;
    }

    @Override
    public PeerCounters counters() {
        return counters;
    }

    private void onStreamRefused(InetSocketAddress source) {
        counters.onRefused(PeerRefusal.UNKNOWN_STREAM);
        refusalLog.onStreamRefused(source);
    }

    private void onError(Throwable error) {
        refusalLog.onError(error);
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            inOrder.forEach(Peer::close);
            if (driver != null) {
                driver.close();
            }
        }
    }
}
