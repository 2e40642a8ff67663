package io.stele.server.machine;

import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import java.util.ArrayList;
import java.util.List;

/** What is said of the cluster itself, alarms and an announced downgrade: decoded, done, answered. */
final class SystemOperations {
    private static final int ASK = 0;
    private static final int RAISE = 1;
    private static final int LIFT = 2;
    private static final int ANNOUNCE = 1;

    private final AlarmTable alarms;
    private final DowngradeTarget downgrade;
    private final AlarmRequestDecoder alarm = new AlarmRequestDecoder();
    private final DowngradeRequestDecoder change = new DowngradeRequestDecoder();

    SystemOperations(AlarmTable alarms, DowngradeTarget downgrade) {
        this.alarms = alarms;
        this.downgrade = downgrade;
    }

    /** Whether it only asks. */
    static boolean isQuestion(MessageSequence request) {
        int place = request.templateId() == AlarmRequestDecoder.TEMPLATE_ID
                ? AlarmRequestDecoder.actionEncodingOffset()
                : DowngradeRequestDecoder.actionEncodingOffset();
        return request.buffer().getByte(request.bodyOffset() + place) == ASK;
    }

    void alarm(MessageSequence request, long revision, ReplyEncoder reply) {
        alarm.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        List<AlarmTable.Alarm> answer = new ArrayList<>();
        int kind = alarm.alarm();
        boolean isKnown = kind == AlarmTable.NO_SPACE || kind == AlarmTable.CORRUPT;
        AlarmTable.Alarm changed = switch (alarm.action()) {
            case RAISE -> isKnown ? alarms.raise(kind, alarm.memberId(), alarm.cause()) : null;
            case LIFT -> isKnown ? alarms.lift(kind, alarm.memberId()) : null;
            default -> null;
        };
        if (changed != null) {
            answer.add(changed);
        } else if (alarm.action() == ASK) {
            alarms.alarms().stream()
                    .filter(raised -> kind == 0 || raised.alarm() == kind)
                    .forEach(answer::add);
        }
        if (reply != null) {
            reply.alarms(alarm.correlationId(), revision, answer);
        }
    }

    void askDowngrade(MessageSequence request, String clusterVersion, long revision, ReplyEncoder reply) {
        change.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        if (downgrade.isSet()) {
            reply.error(ApiError.DOWNGRADE_IN_PROGRESS, change.correlationId(), revision);
        } else {
            reply.downgrade(change.correlationId(), revision, clusterVersion);
        }
    }

    /** Whether it may be was asked before it was proposed; another one may have come in between. */
    void downgrade(MessageSequence request, String clusterVersion, long revision, ReplyEncoder reply) {
        change.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        if (change.action() == ANNOUNCE && downgrade.isSet()) {
            if (reply != null) {
                reply.error(ApiError.DOWNGRADE_IN_PROGRESS, change.correlationId(), revision);
            }
            return;
        }
        if (change.action() == ANNOUNCE) {
            downgrade.set(Math.max(0, DowngradeTarget.parse(change.targetVersion())));
        } else {
            downgrade.clear();
        }
        if (reply != null) {
            reply.downgrade(change.correlationId(), revision, clusterVersion);
        }
    }
}
