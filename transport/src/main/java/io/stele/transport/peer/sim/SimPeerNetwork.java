package io.stele.transport.peer.sim;

import io.stele.transport.peer.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.NanoClock;

/**
 * The network between simulated members: one thread, no chance of its own. What becomes of a frame is asked of the
 * {@link SimPeerWeather}, once for each frame in the order of sending; time is the clock's.
 *
 * <pre>
 *   SimPeerNetwork network = new SimPeerNetwork(clock, weather);
 *   context.peers(identity -&gt; network.open(identity));       a life of a node begins
 *   network.drop(memberId);                  it ends: what was on its way to it is lost
 * </pre>
 */
public final class SimPeerNetwork {
    private final NanoClock clock;
    private final SimPeerWeather weather;
    private final Long2ObjectHashMap<SimPeerLink> links = new Long2ObjectHashMap<>();
    /** In the order of opening: never iterate the map. */
    private final List<SimPeerLink> open = new ArrayList<>();

    private long lastSequence;

    public SimPeerNetwork(NanoClock clock, SimPeerWeather weather) {
        this.clock = clock;
        this.weather = weather;
    }

    /** The link of one life of a member. There may be only one at a time; for clones see {@link #openBeside}. */
    public SimPeerLink open(PeerIdentity identity) {
        drop(identity.memberId());
        SimPeerLink link = new SimPeerLink(this, identity);
        links.put(identity.memberId(), link);
        open.add(link);
        return link;
    }

    /** A second process that claims to be a member, or one of another cluster: it can speak but hears nothing. */
    public SimPeerLink openBeside(PeerIdentity identity) {
        return new SimPeerLink(this, identity);
    }

    /** Ends a member's life without a word. */
    public void drop(long memberId) {
        SimPeerLink link = links.remove(memberId);
        if (link != null) {
            open.remove(link);
            link.forget();
        }
    }

    /** When the next frame arrives anywhere; {@code Long.MAX_VALUE} if none is on its way. */
    public long nextArrivalNs() {
        long earliest = Long.MAX_VALUE;
        for (SimPeerLink link : open) {
            earliest = Math.min(earliest, link.nextArrivalNs());
        }
        return earliest;
    }

    long nowNs() {
        return clock.nanoTime();
    }

    SimPeerWeather weather() {
        return weather;
    }

    SimPeerLink linkOf(long memberId) {
        return links.get(memberId);
    }

    long nextSequence() {
        return ++lastSequence;
    }
}
