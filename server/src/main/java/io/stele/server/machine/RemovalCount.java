package io.stele.server.machine;

import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import org.agrona.DirectBuffer;

/** Tells, before it is proposed, what a request would do to the space: add data, or remove so many keys. */
final class RemovalCount {
    private final KeySpace space;
    private final LeaseTable leases;
    private final MessageSequence parts = new MessageSequence();
    private final DeleteRangeRequestDecoder delete = new DeleteRangeRequestDecoder();
    private final LeaseRevokeRequestDecoder revoke = new LeaseRevokeRequestDecoder();
    private final LeaseExpireRequestDecoder expire = new LeaseExpireRequestDecoder();
    private final AuthChangeRequestDecoder auth = new AuthChangeRequestDecoder();
    private final KeyRange range = new KeyRange();

    RemovalCount(KeySpace space, LeaseTable leases) {
        this.space = space;
        this.leases = leases;
    }

    /** Keys that the request removes at most, as things are; -1 for one that may add data. */
    long of(DirectBuffer request, int offset, int length) {
        parts.wrap(request, offset, length);
        long count = 0;
        while (parts.next()) {
            switch (parts.templateId()) {
                case PutRequestDecoder.TEMPLATE_ID,
                        LeaseGrantRequestDecoder.TEMPLATE_ID,
                        OpenSessionRequestDecoder.TEMPLATE_ID -> {
                    return -1;
                }
                case AuthChangeRequestDecoder.TEMPLATE_ID -> {
                    if (addsToUsers(request)) {
                        return -1;
                    }
                }
                case DeleteRangeRequestDecoder.TEMPLATE_ID -> count += deleted(request);
                case LeaseRevokeRequestDecoder.TEMPLATE_ID -> {
                    revoke.wrap(request, parts.bodyOffset(), parts.blockLength(), parts.version());
                    count += leases.keyCount(revoke.leaseId());
                }
                case LeaseExpireRequestDecoder.TEMPLATE_ID -> {
                    expire.wrap(request, parts.bodyOffset(), parts.blockLength(), parts.version());
                    count += leases.keyCount(expire.leaseId());
                }
                case AlarmRequestDecoder.TEMPLATE_ID, DowngradeRequestDecoder.TEMPLATE_ID -> count++; // a page or two
                default -> {} // removes nothing at once
            }
        }
        return count;
    }

    private boolean addsToUsers(DirectBuffer request) {
        auth.wrap(request, parts.bodyOffset(), parts.blockLength(), parts.version());
        return switch (auth.change()) {
            case USER_ADD, USER_GRANT, ROLE_ADD, ROLE_GRANT -> true;
            default -> false;
        };
    }

    private long deleted(DirectBuffer request) {
        delete.wrap(request, parts.bodyOffset(), parts.blockLength(), parts.version());
        int keyLength = delete.keyLength();
        int keyOffset = delete.limit() + DeleteRangeRequestDecoder.keyHeaderLength();
        delete.skipKey();
        int endOffset = delete.limit() + DeleteRangeRequestDecoder.rangeEndHeaderLength();
        range.wrap(request, keyOffset, keyLength, endOffset, delete.rangeEndLength());
        if (range.isSingleKey()) {
            return 1;
        }
        return range.isEmptyRange()
                ? 0
                : space.keys.countRange(
                        range.buffer(),
                        range.keyOffset(),
                        range.keyLength(),
                        range.isUnbounded() ? null : range.buffer(),
                        range.endOffset(),
                        range.endLength());
    }
}
