package io.stele.simulator.planted;

import io.stele.simulator.cluster.ClusterPorts;
import io.stele.transport.SendResult;
import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.sim.ForwardingPeerLink;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A member's link to the others through which a flaw of the member is shown. */
final class FlawedPeers extends ForwardingPeerLink {
    /** What is wrong with a member. */
    abstract static class Flaw {
        /** What the member is made to hear: sender and frame. */
        final ArrayDeque<Heard> imagined = new ArrayDeque<>();

        /** Changes what the member says; false: it does not say it. */
        boolean onSend(long to, PeerFrame frame) {
            return true;
        }

        /** Changes what the member hears; false: it does not hear it. */
        boolean onReceive(long from, PeerFrame frame) {
            return true;
        }
    }

    record Heard(long from, UnsafeBuffer frame) {}

    private final Flaw flaw;

    private FlawedPeers(PeerLink link, Flaw flaw) {
        super(link);
        this.flaw = flaw;
    }

    /** All members have it. */
    static ClusterPorts of(Supplier<Flaw> flaw) {
        return new ClusterPorts() {
            @Override
            public PeerLink peers(PeerLink link, Place place) {
                return new FlawedPeers(link, flaw.get());
            }
        };
    }

    @Override
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        PeerFrame frame = new PeerFrame(buffer, offset, length);
        return flaw.onSend(memberId, frame)
                ? link.send(memberId, lane, frame.bytes, 0, frame.bytes.capacity())
                : SendResult.QUEUED;
    }

    @Override
    public int poll(PeerHandler handler, int limit) {
        int count = 0;
        while (!flaw.imagined.isEmpty()) {
            Heard heard = flaw.imagined.poll();
            handler.onFrame(heard.from, heard.frame, 0, heard.frame.capacity());
            count++;
        }
        return count + link.poll(flawed(handler), limit);
    }

    @Override
    public int pollUrgent(PeerHandler handler, int limit) {
        return link.pollUrgent(flawed(handler), limit);
    }

    private PeerHandler flawed(PeerHandler handler) {
        return new PeerHandler() {
            @Override
            public void onNewLife(long memberId) {
                handler.onNewLife(memberId);
            }

            @Override
            public void onFrame(long memberId, DirectBuffer buffer, int offset, int length) {
                PeerFrame frame = new PeerFrame(buffer, offset, length);
                if (flaw.onReceive(memberId, frame)) {
                    handler.onFrame(memberId, frame.bytes, 0, frame.bytes.capacity());
                }
            }

            @Override
            public void onStranger(long memberId) {
                handler.onStranger(memberId);
            }
        };
    }
}
