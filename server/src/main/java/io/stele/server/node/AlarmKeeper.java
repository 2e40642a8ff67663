package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.server.machine.AlarmTable;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.codec.AlarmRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises this member's alarms, and lifts those that pass by themselves. An alarm is an entry of the log like any
 * client's request, so that all members refuse the same from it on.
 *
 * <pre>
 *   alarm     raised                                            lifted
 *   NOSPACE   by a member whose data is beyond its quota        by an operator
 *   CORRUPT   by a leader: no majority of members has one state by a leader, once a majority has
 * </pre>
 *
 * <p>A member that differs from a majority raises none: it is fenced, and gets another state by itself. Neither does
 * one whose disk is nearly full: the others can do without it, and it says so in its status.
 */
final class AlarmKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmKeeper.class);

    /** What was asked of the log may be lost there: asked again after this time. */
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final short RAISE = 1;
    private static final short LIFT = 2;

    private final NodeState node;
    private final ClientHandler requests;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AlarmRequestEncoder encoder = new AlarmRequestEncoder();
    private long leadsInTerm;
    private long agreementsBefore;
    private boolean isQuotaExceeded;
    private boolean hasAsked;
    private long askedNs;

    /** {@code requests}: takes what this member asks of the cluster. */
    AlarmKeeper(NodeState node, ClientHandler requests) {
        this.node = node;
        this.requests = requests;
    }

    int doWork() {
        isQuotaExceeded |= node.quota.pollExceeded();
        if (hasAsked && node.nowNs - askedNs < REPEAT_NS) {
            return 0;
        }
        hasAsked = false;
        if (node.soundness.isLost() || node.raft.leaderId() == 0) {
            return 0;
        }
        return noSpace() || (node.raft.role() == Role.LEADER && corrupt()) ? 1 : 0;
    }

    private boolean noSpace() {
        if (!isQuotaExceeded) {
            return false;
        }
        isQuotaExceeded = false;
        long memberId = node.identity.memberId();
        if (node.machine.alarms().find(AlarmTable.NO_SPACE, memberId) != null) {
            return false;
        }
        LOG.warn(
                "ALARM NOSPACE: the data takes {} bytes of a quota of {}; compact, then disarm the alarm",
                node.store.spaceUsed(),
                node.quota.quotaBytes());
        return ask(RAISE, AlarmTable.NO_SPACE, memberId, AlarmTable.CAUSE_QUOTA);
    }

    private boolean corrupt() {
        if (node.raft.term() != leadsInTerm) {
            leadsInTerm = node.raft.term();
            agreementsBefore = node.soundness.agreementCount();
        }
        AlarmTable alarms = node.machine.alarms();
        if (node.soundness.isClusterCorrupt()) {
            long memberId = node.identity.memberId();
            return alarms.find(AlarmTable.CORRUPT, memberId) == null
                    && ask(RAISE, AlarmTable.CORRUPT, memberId, AlarmTable.CAUSE_AUDIT);
        }
        if (!alarms.isRaised(AlarmTable.CORRUPT) || node.soundness.agreementCount() == agreementsBefore) {
            return false;
        }
        for (AlarmTable.Alarm alarm : alarms.alarms()) {
            if (alarm.alarm() == AlarmTable.CORRUPT && alarm.cause() == AlarmTable.CAUSE_AUDIT) {
                return ask(LIFT, AlarmTable.CORRUPT, alarm.memberId(), alarm.cause());
            }
        }
        return false;
    }

    /** The leader takes it up itself, another member passes it on. */
    private boolean ask(short action, int alarm, long memberId, int cause) {
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0)
                .memberId(memberId)
                .action(action)
                .alarm((short) alarm)
                .cause((short) cause);
        hasAsked = true;
        askedNs = node.nowNs;
        requests.onRequest(PeerConnections.NOBODY, buffer, 0, encoder.limit());
        return true;
    }
}
