package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.LeaseRecord;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.LeaseGrantReplyDecoder;
import io.stele.transport.codec.LeaseGrantRequestEncoder;
import io.stele.transport.codec.LeaseItemDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestEncoder;
import io.stele.transport.codec.LeaseLeasesRequestEncoder;
import io.stele.transport.codec.LeaseRevokeReplyDecoder;
import io.stele.transport.codec.LeaseRevokeRequestEncoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestEncoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases in time: on a leader, across leaders, across pauses. A round is a millisecond. */
class LeaseClusterTest {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MessageHeaderDecoder replyHeader = new MessageHeaderDecoder();
    private SimCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void shouldEndALeaseWithItsKeysWhenItsTimeIsUpAndNotBefore() {
        start(1);
        SimCluster.Member node = cluster.leader();
        grant(node, 7, 2);
        put(node, "a", 7);
        put(node, "b", 7);
        cluster.rounds(1950);
        assertEquals("v", node.getNow("a", false));
        long revision = node.node.machine().revision();
        cluster.rounds(200);
        assertEquals("none", node.getNow("a", false));
        assertEquals("none", node.getNow("b", false));
        assertEquals(revision + 1, node.node.machine().revision(), "all its keys in one revision");
        assertEquals(0, node.node.machine().leaseCount());
        assertEquals(0, keepAlive(node, 7));
        assertEquals(-1, timeToLive(node, 7));
    }

    @Test
    void shouldKeepALeaseAliveThroughAnyMember() {
        start(3);
        SimCluster.Member follower = cluster.follower();
        grant(follower, 7, 2);
        for (int i = 0; i < 10; i++) {
            cluster.rounds(1500);
            assertEquals(2, keepAlive(follower, 7));
        }
        assertEquals(1, timeToLive(follower, 7));
        assertEquals(1, timeToLive(cluster.leader(), 7));
        cluster.rounds(2200);
        assertEquals(-1, timeToLive(follower, 7));
        assertEquals(0, keepAlive(follower, 7));
    }

    @Test
    void shouldAnswerWhatWasNeverGrantedAsEtcdDoes() {
        start(1);
        SimCluster.Member node = cluster.leader();
        assertEquals(0, keepAlive(node, 99));
        assertEquals(-1, timeToLive(node, 99));
        assertEquals("etcdserver: requested lease not found", revoke(node, 99));
        assertEquals("etcdserver: too large lease TTL", grant(node, 5, 9_000_000_001L));
        assertEquals("2", grant(node, 5, 0), "raised, not refused");
        assertEquals("2", grant(node, 6, -17));
        assertEquals("9000000000", grant(node, 8, 9_000_000_000L));
        assertEquals("etcdserver: lease already exists", grant(node, 5, 60));
    }

    @Test
    void shouldListLeasesInTheOrderInWhichTheyEnd() {
        start(1);
        SimCluster.Member node = cluster.leader();
        grant(node, 3, 10);
        grant(node, 1, 30);
        grant(node, 2, 12);
        assertEquals(List.of(3L, 2L, 1L), list(node));
        cluster.rounds(3000);
        assertEquals(10, keepAlive(node, 3));
        assertEquals(List.of(2L, 3L, 1L), list(node));
    }

    private List<Long> list(SimCluster.Member at) {
        LeaseLeasesRequestEncoder request = new LeaseLeasesRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, header).correlationId(5);
        at.send(buffer, request.limit());
        UnsafeBuffer reply = receive(at);
        MessageSequence sequence = new MessageSequence().wrap(reply, 0, reply.capacity());
        List<Long> ids = new ArrayList<>();
        sequence.next();
        LeaseItemDecoder item = new LeaseItemDecoder();
        while (sequence.next()) {
            item.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
            ids.add(item.leaseId());
        }
        return ids;
    }

    @Test
    void shouldGiveALeaseMoreTimeNotLessWhenTheLeaderChanges() {
        start(3);
        SimCluster.Member first = cluster.leader();
        grant(first, 7, 2);
        cluster.rounds(1900);
        first.kill();
        SimCluster.Member second = cluster.leader();
        cluster.rounds(1990);
        assertTrue(timeToLive(second, 7) >= 0);
        cluster.rounds(300);
        assertEquals(-1, timeToLive(second, 7));
    }

    @Test
    void shouldNotEndALeaseThatItsHolderRenewedWhereTheLeaderCouldNotSee() {
        start(1);
        SimCluster.Member node = cluster.leader();
        grant(node, 7, 2);
        cluster.rounds(1900);
        cluster.nowNs += 30_000_000_000L; // a pause: the renewal waits in the socket
        sendKeepAlive(node, 7);
        cluster.rounds(500);
        assertEquals(2, receiveKeepAlive(node));
        cluster.rounds(1400);
        assertTrue(timeToLive(node, 7) >= 0);
        cluster.rounds(1000);
        assertEquals(-1, timeToLive(node, 7));
    }

    @Test
    void shouldRenewNothingOnALeaderThatWasReplacedWhileItSlept() {
        start(3);
        SimCluster.Member old = cluster.leader();
        SimCluster.Member other = cluster.follower();
        grant(old, 7, 2);
        sendKeepAlive(old, 7);
        asleep(old, 400);
        assertTrue(other.isLeader() || cluster.members.stream().anyMatch(member -> member != old && member.isLeader()));
        assertEquals(2, receiveKeepAlive(old), "passed on to who leads now");
        cluster.rounds(1900);
        assertTrue(timeToLive(other, 7) >= 0);
    }

    private void asleep(SimCluster.Member sleeper, int rounds) {
        for (int i = 0; i < rounds; i++) {
            cluster.nowNs += 1_000_000;
            cluster.members.stream().filter(member -> member != sleeper).forEach(SimCluster.Member::round);
        }
    }

    @Test
    void shouldKeepLeasesOverARestart() {
        start(1);
        SimCluster.Member node = cluster.leader();
        grant(node, 7, 3);
        put(node, "a", 7);
        cluster.rounds(1000);
        node.kill();
        node.start();
        node = cluster.leader();
        assertEquals(3, timeToLive(node, 7));
        cluster.rounds(3300);
        assertEquals("none", node.getNow("a", false));
    }

    @Test
    void shouldTellALaterLeaderHowOldALongLeaseIs() {
        start(3);
        SimCluster.Member first = cluster.leader();
        grant(first, 7, 600);
        grant(first, 8, 600);
        skip(301);
        cluster.rounds(1200); // written down with others within a second
        assertTrue(remaining(first, 7) <= 300, "left: " + remaining(first, 7));
        assertEquals(600, keepAlive(first, 8));
        assertEquals(600, remaining(first, 8), "the renewal is in the log before it is answered");
        first.kill();
        SimCluster.Member second = cluster.leader();
        long left = timeToLive(second, 7);
        assertTrue(left >= 298 && left <= 300, "left: " + left);
        assertEquals(600, timeToLive(second, 8));
    }

    /** So many seconds go by, in steps that are no pauses. */
    private void skip(int seconds) {
        for (int i = 0; i < seconds * 50; i++) {
            cluster.nowNs += 19_000_000;
            cluster.round();
        }
    }

    private static long remaining(SimCluster.Member member, long leaseId) {
        LeaseRecord record = new LeaseRecord();
        return member.node.machine().findLease(leaseId, record) ? record.remaining() : -1;
    }

    @Test
    void shouldEndManyLeasesThatEndTogetherAndGoOnServing() {
        start(1);
        SimCluster.Member node = cluster.leader();
        for (int i = 1; i <= 2000; i++) {
            grant(node, i, 4);
        }
        long grantedAt = cluster.nowNs;
        cluster.until("all have ended", () -> node.node.machine().leaseCount() == 0);
        assertTrue(
                cluster.nowNs - grantedAt < 4_500_000_000L, "took " + (cluster.nowNs - grantedAt) / 1_000_000 + " ms");
        assertEquals("ok", node.putNow("k", "v"));
    }

    @Test
    void shouldLetAKeepAliveWaitForTheEndThatIsOnItsWay() {
        start(1);
        SimCluster.Member node = cluster.leader();
        grant(node, 7, 4);
        cluster.rounds(3500); // all that a start brings with it is over
        long proposed = node.node.raft().lastIndex() + 1;
        while (node.node.raft().lastIndex() < proposed) {
            step(node); // but force nothing: the end is proposed and not decided
        }
        sendKeepAlive(node, 7);
        for (int i = 0; i < 1000; i++) {
            step(node);
        }
        assertNull(node.receiveFrame());
        assertEquals(1, node.node.machine().leaseCount());
        assertEquals(0, receiveKeepAlive(node));
    }

    private void step(SimCluster.Member member) {
        cluster.nowNs += 1_000_000;
        member.node.nodeAgent().doWork();
    }

    private void start(int count) {
        cluster = new SimCluster(count, SimPeerWeather.FAIR);
        cluster.leader();
    }

    /** The time to live that was granted, or the error. */
    private String grant(SimCluster.Member member, long leaseId, long ttl) {
        LeaseGrantRequestEncoder request = new LeaseGrantRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(1)
                .sessionId(0)
                .sequence(0)
                .leaseId(leaseId)
                .ttl(ttl);
        UnsafeBuffer reply = ask(member, request.limit());
        return isError(reply)
                ? error(reply)
                : String.valueOf(new LeaseGrantReplyDecoder()
                        .wrapAndApplyHeader(reply, 0, replyHeader)
                        .ttl());
    }

    private String revoke(SimCluster.Member member, long leaseId) {
        LeaseRevokeRequestEncoder request = new LeaseRevokeRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(1)
                .sessionId(0)
                .sequence(0)
                .leaseId(leaseId);
        UnsafeBuffer reply = ask(member, request.limit());
        return isError(reply)
                ? error(reply)
                : String.valueOf(new LeaseRevokeReplyDecoder()
                        .wrapAndApplyHeader(reply, 0, replyHeader)
                        .revision());
    }

    private long keepAlive(SimCluster.Member member, long leaseId) {
        sendKeepAlive(member, leaseId);
        return receiveKeepAlive(member);
    }

    private void sendKeepAlive(SimCluster.Member member, long leaseId) {
        LeaseKeepAliveRequestEncoder request = new LeaseKeepAliveRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, header).correlationId(1).leaseId(leaseId);
        member.send(buffer, request.limit());
    }

    private long receiveKeepAlive(SimCluster.Member member) {
        UnsafeBuffer reply = receive(member);
        assertFalse(isError(reply), () -> error(reply));
        return new LeaseKeepAliveReplyDecoder()
                .wrapAndApplyHeader(reply, 0, replyHeader)
                .ttl();
    }

    private long timeToLive(SimCluster.Member member, long leaseId) {
        LeaseTimeToLiveRequestEncoder request = new LeaseTimeToLiveRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(1)
                .leaseId(leaseId)
                .flags()
                .clear();
        UnsafeBuffer reply = ask(member, request.limit());
        return new LeaseTimeToLiveReplyDecoder()
                .wrapAndApplyHeader(reply, 0, replyHeader)
                .ttl();
    }

    private void put(SimCluster.Member member, String key, long leaseId) {
        PutRequestEncoder request = new PutRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(1)
                .sessionId(0)
                .sequence(0)
                .lease(leaseId)
                .flags()
                .clear();
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        request.putKey(bytes, 0, bytes.length).putValue(new byte[] {'v'}, 0, 1);
        assertFalse(isError(ask(member, request.limit())));
    }

    private UnsafeBuffer ask(SimCluster.Member member, int length) {
        member.send(buffer, length);
        return receive(member);
    }

    private UnsafeBuffer receive(SimCluster.Member member) {
        byte[][] frame = new byte[1][];
        cluster.until("answered by " + member.name, () -> (frame[0] = member.receiveFrame()) != null);
        return new UnsafeBuffer(frame[0]);
    }

    private boolean isError(UnsafeBuffer reply) {
        return replyHeader.wrap(reply, 0).templateId() == ErrorReplyDecoder.TEMPLATE_ID;
    }

    private String error(UnsafeBuffer reply) {
        return new ErrorReplyDecoder().wrapAndApplyHeader(reply, 0, replyHeader).text();
    }
}
