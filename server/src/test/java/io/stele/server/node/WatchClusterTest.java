package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.watch.Received;
import io.stele.transport.client.sim.SimClient;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.WatchCreateRequestEncoder;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Watches of members of a cluster, while these come and go. */
final class WatchClusterTest {
    /** Cuts a member off from the others. */
    private static final class Cut implements SimPeerWeather {
        private long memberId;

        @Override
        public long delayNs(long from, long to, PeerLane lane, int length) {
            return from == memberId || to == memberId ? -1 : 100_000;
        }
    }

    /** A client that watches everything at one member, and resumes at others. */
    private static final class Watching {
        private SimClient client;
        private Received received;
        private final List<Long> revisions = new ArrayList<>();
        private long nextRevision;

        void start(SimCluster.Member member, long startRevision) {
            client = member.connect();
            received = new Received();
            nextRevision = startRevision;
            WatchCreateRequestEncoder create = new WatchCreateRequestEncoder();
            ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
            create.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .correlationId(1)
                    .watchId(1)
                    .startRevision(startRevision)
                    .flags()
                    .clear();
            create.putKey(new byte[0], 0, 0).putRangeEnd(new byte[1], 0, 1);
            client.send(buffer, 0, create.limit());
        }

        void take() {
            for (byte[] frame = client.receive(); frame != null; frame = client.receive()) {
                received.onFrame(new UnsafeBuffer(frame), 0, frame.length);
            }
            Received.Watch watch = received.watches.get(1L);
            if (watch != null) {
                watch.revisions.keySet().stream()
                        .filter(revision -> revision >= nextRevision)
                        .forEach(revisions::add);
                if (!revisions.isEmpty()) {
                    nextRevision = revisions.get(revisions.size() - 1) + 1;
                }
            }
        }

        boolean hasUpTo(long revision) {
            take();
            return !revisions.isEmpty() && revisions.get(revisions.size() - 1) >= revision;
        }

        void check(long upTo) {
            assertEquals(upTo - 1, revisions.size());
            for (int i = 0; i < revisions.size(); i++) {
                assertEquals(i + 2, revisions.get(i));
            }
        }
    }

    @Test
    void shouldDeliverAtEveryMember() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.leader();
            List<Watching> all = new ArrayList<>();
            for (SimCluster.Member member : cluster.members) {
                Watching watching = new Watching();
                watching.start(member, 2);
                all.add(watching);
            }
            for (int i = 0; i < 50; i++) {
                assertEquals("ok", cluster.leader().putNow("k" + i % 7, "v" + i));
            }
            for (Watching watching : all) {
                cluster.until("delivered", () -> watching.hasUpTo(51));
                watching.check(51);
            }
        }
    }

    @Test
    void shouldGoOnAtAnotherMemberWhenTheLeaderIsKilled() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member first = cluster.leader();
            Watching watching = new Watching();
            watching.start(first, 2);
            for (int i = 0; i < 20; i++) {
                assertEquals("ok", first.putNow("k", "v" + i));
            }
            cluster.round();
            watching.take();
            SimCluster.Member witness = cluster.follower();
            first.kill();
            watching.start(witness, watching.nextRevision);
            for (int i = 0; i < 20; i++) {
                assertEquals("ok", witness.putNow("k", "w" + i));
            }
            cluster.until("delivered", () -> watching.hasUpTo(41));
            watching.check(41);
        }
    }

    @Test
    void shouldMissNothingThatComesAsASnapshot() {
        Cut cut = new Cut();
        try (SimCluster cluster = new SimCluster(3, cut)) {
            cluster.leader();
            SimCluster.Member watched = cluster.follower();
            Watching watching = new Watching();
            watching.start(watched, 2);
            for (int i = 0; i < 10; i++) {
                assertEquals("ok", cluster.leader().putNow("k" + i, "v"));
            }
            cluster.until("delivered", () -> watching.hasUpTo(11));
            cut.memberId = watched.id();
            int puts = 2000;
            for (int i = 0; i < puts; i++) {
                assertEquals("ok", cluster.leader().putNow("k" + i % 50, "x".repeat(1500)));
            }
            cut.memberId = 0;
            cluster.until("caught up", () -> watching.hasUpTo(11 + puts));
            assertTrue(watched.node.machine().installedIndex() > 0, "it came as a snapshot");
            watching.check(11 + puts);
        }
    }
}
