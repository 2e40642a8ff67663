package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.AlarmTable;
import io.stele.transport.codec.AlarmRequestEncoder;
import io.stele.transport.codec.CompactRequestEncoder;
import io.stele.transport.codec.DeleteRangeRequestEncoder;
import io.stele.transport.codec.LeaseGrantRequestEncoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.StatusReplyDecoder;
import io.stele.transport.codec.StatusRequestEncoder;
import io.stele.transport.peer.sim.SimPeerWeather;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Alarms: raised by quotas, full disks and operators; the same refusals on all members until they are lifted. */
final class AlarmTest {
    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";
    private static final String CORRUPT = "etcdserver: corrupt cluster";
    private static final int RAISE = 1;
    private static final int LIFT = 2;
    private static final long QUOTA = 512 * 1024;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    @Test
    void shouldRefuseOnAllMembersWhatGoesBeyondTheQuotaUntilSpaceIsFreedAndTheAlarmLifted() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR, QUOTA)) {
            SimCluster.Member leader = cluster.leader();
            String answer = fill(leader);
            assertEquals(NO_SPACE, answer);
            cluster.until("raised everywhere", () -> cluster.members.stream().allMatch(m -> isRaised(m, 1)));
            for (SimCluster.Member member : cluster.members) {
                assertEquals(NO_SPACE, member.putNow("more", ""));
                assertEquals(NO_SPACE, ask(member, grant()));
                assertTrue(errors(member).contains("alarm:NOSPACE"), errors(member));
            }
            assertEquals("ok", ask(cluster.follower(), deleteAll()));
            assertEquals("ok", ask(leader, compact(leader.node.machine().revision())));
            cluster.until("freed", () -> leader.node.store().spaceUsed() < QUOTA / 2);
            assertEquals(NO_SPACE, leader.putNow("more", ""), "only an operator lifts it");
            for (AlarmTable.Alarm alarm : leader.node.machine().alarms().alarms()) {
                assertEquals("ok", ask(cluster.follower(), alarm(LIFT, alarm.alarm(), alarm.memberId())));
            }
            assertEquals("ok", leader.putNow("more", ""));
            cluster.until("lifted everywhere", () -> cluster.members.stream().noneMatch(m -> isRaised(m, 1)));
            assertEquals("", errors(leader));
        }
    }

    @Test
    void shouldKeepAlarmsOverARestart() {
        try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
            SimCluster.Member member = cluster.leader();
            assertEquals("ok", ask(member, alarm(RAISE, AlarmTable.NO_SPACE, 7)));
            long low = member.node.machine().digestLow();
            member.kill();
            member.start();
            assertEquals(NO_SPACE, cluster.leader().putNow("a", "1"));
            assertEquals(low, member.node.machine().digestLow());
            assertEquals("ok", ask(member, alarm(LIFT, AlarmTable.NO_SPACE, 7)));
            assertEquals("ok", member.putNow("a", "1"));
            assertNotEquals(low, member.node.machine().digestLow());
        }
    }

    @Test
    void shouldChangeNothingWhileThereIsACorruptAlarm() {
        try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
            SimCluster.Member member = cluster.leader();
            assertEquals("ok", member.putNow("a", "1"));
            assertEquals("ok", ask(member, alarm(RAISE, AlarmTable.CORRUPT, member.id())));
            assertEquals(CORRUPT, member.putNow("a", "2"));
            assertEquals(CORRUPT, ask(member, deleteAll()));
            assertEquals(CORRUPT, ask(member, grant()));
            assertEquals(CORRUPT, ask(member, compact(2)));
            assertEquals("1", member.getNow("a", false));
            cluster.rounds(3000);
            assertTrue(isRaised(member, AlarmTable.CORRUPT), "nobody but an operator lifts it");
            assertEquals("ok", ask(member, alarm(LIFT, AlarmTable.CORRUPT, member.id())));
            assertEquals("ok", member.putNow("a", "2"));
        }
    }

    @Test
    void shouldSayOfItselfThatTheDiskIsNearlyFullAndRaiseNoAlarmForAllMembers() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.reserveBytes = 1024 * 1024;
            SimCluster.Member member = cluster.follower();
            member.stop();
            member.start();
            cluster.until("back", () -> member.node.status().ready());
            member.disk.quota(member.disk.usedBytes() + 512 * 1024);
            cluster.until("nearly full", member.node::isOutOfSpace);
            assertTrue(errors(member).startsWith("NOSPACE: the disk of this member"), errors(member));
            cluster.rounds(1000);
            assertEquals("ok", cluster.leader().putNow("a", "1"));
            member.disk.quota(Long.MAX_VALUE);
            cluster.until("has room", () -> !member.node.isOutOfSpace());
            assertEquals("", errors(member));
        }
    }

    private String fill(SimCluster.Member member) {
        String answer = "ok";
        String value = "x".repeat(4000);
        for (int i = 0; i < 1000 && answer.equals("ok"); i++) {
            answer = member.putNow("key" + i, value);
        }
        long used = member.node.store().spaceUsed();
        assertTrue(used > QUOTA / 2 && used < 2 * QUOTA, "used: " + used);
        return answer;
    }

    private static boolean isRaised(SimCluster.Member member, int alarm) {
        return member.node.machine().alarms().isRaised(alarm);
    }

    private String ask(SimCluster.Member member, int length) {
        member.send(buffer, length);
        return member.answer();
    }

    private String errors(SimCluster.Member member) {
        StatusRequestEncoder status = new StatusRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        status.correlationId(5);
        member.send(buffer, status.limit());
        UnsafeBuffer frame = new UnsafeBuffer(member.answerFrame());
        StatusReplyDecoder reply = new StatusReplyDecoder().wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
        reply.skipServerVersion();
        reply.skipStorageVersion();
        return reply.errors();
    }

    private int alarm(int action, int alarm, long memberId) {
        AlarmRequestEncoder request = new AlarmRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        request.correlationId(1).sessionId(0).sequence(0);
        request.memberId(memberId).action((short) action).alarm((short) alarm).cause((short) 0);
        return request.limit();
    }

    private int grant() {
        LeaseGrantRequestEncoder request = new LeaseGrantRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        request.correlationId(2).sessionId(0).sequence(0).leaseId(0).ttl(100);
        return request.limit();
    }

    private int compact(long revision) {
        CompactRequestEncoder request = new CompactRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        request.correlationId(3)
                .sessionId(0)
                .sequence(0)
                .revision(revision)
                .flags()
                .clear();
        return request.limit();
    }

    private int deleteAll() {
        DeleteRangeRequestEncoder request = new DeleteRangeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        request.correlationId(4).sessionId(0).sequence(0).flags().clear();
        byte[] all = {0};
        request.putKey(all, 0, 1).putRangeEnd(all, 0, 1);
        return request.limit();
    }
}
