package io.stele.server.machine;

import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * What is refused while there is an alarm: etcd's rules.
 *
 * <ul>
 *   <li>NOSPACE: puts, transactions with a put in any of their branches, grants of leases. What removes passes.
 *   <li>CORRUPT: whatever changes the key space or the leases.
 * </ul>
 */
final class AlarmRules {
    private final AlarmTable alarms;
    private final MessageSequence parts = new MessageSequence();

    AlarmRules(AlarmTable alarms) {
        this.alarms = alarms;
    }

    /** Why the request is refused, or null. */
    ApiError refusal(DirectBuffer request, int offset, int length) {
        if (alarms.alarms().isEmpty()) {
            return null;
        }
        int templateId = RequestFrame.templateId(request, offset);
        if (alarms.isRaised(AlarmTable.CORRUPT) && changes(templateId)) {
            return ApiError.CORRUPT;
        }
        return alarms.isRaised(AlarmTable.NO_SPACE) && adds(templateId, request, offset, length)
                ? ApiError.NO_SPACE
                : null;
    }

    private static boolean changes(int templateId) {
        return switch (templateId) {
            case PutRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID,
                    TxnRequestDecoder.TEMPLATE_ID,
                    CompactRequestDecoder.TEMPLATE_ID,
                    LeaseGrantRequestDecoder.TEMPLATE_ID,
                    LeaseRevokeRequestDecoder.TEMPLATE_ID,
                    LeaseExpireRequestDecoder.TEMPLATE_ID -> true;
            default -> false;
        };
    }

    private boolean adds(int templateId, DirectBuffer request, int offset, int length) {
        return switch (templateId) {
            case PutRequestDecoder.TEMPLATE_ID, LeaseGrantRequestDecoder.TEMPLATE_ID -> true;
            case TxnRequestDecoder.TEMPLATE_ID -> hasPut(request, offset, length);
            default -> false;
        };
    }

    private boolean hasPut(DirectBuffer request, int offset, int length) {
        parts.wrap(request, offset, length);
        while (parts.next()) {
            if (parts.templateId() == PutRequestDecoder.TEMPLATE_ID) {
                return true;
            }
        }
        return false;
    }
}
