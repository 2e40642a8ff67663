package io.stele.server.machine;

import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.CompareDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.PutFlagsDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * What can be said against a request without looking at any data, in etcd's order: missing keys and contradictions in
 * the order of the operations, both branches; then keys changed twice; then the length of it all.
 *
 * <p>Keys have a limit here that etcd does not have (see {@link KeyDescriptor#KEY_LENGTH_MAX}); one that is longer
 * makes the request too large.
 */
final class RequestCheck {
    /** Alarms and downgrades: 0 asks, 1 does, 2 takes back. */
    private static final int ACTION_MAX = 2;

    private final MachineLimits limits;
    private final int keyLengthMax;
    private final MessageSequence sequence = new MessageSequence();
    private final PutRequestDecoder put = new PutRequestDecoder();
    private final RangeRequestDecoder range = new RangeRequestDecoder();
    private final DeleteRangeRequestDecoder delete = new DeleteRangeRequestDecoder();
    private final CompareDecoder compare = new CompareDecoder();
    private final TxnRequestDecoder txn = new TxnRequestDecoder();
    private final LeaseGrantRequestDecoder grant = new LeaseGrantRequestDecoder();
    private final AuthCheck authCheck;
    private final Level[] levels = new Level[MachineLimits.TXN_DEPTH_MAX + 1];
    private DirectBuffer buffer;
    private boolean keyTooLong;

    /** The claims of the two branches of a transaction, one set per depth. */
    private static final class Level {
        final KeyClaims then = new KeyClaims();
        final KeyClaims otherwise = new KeyClaims();
    }

    RequestCheck(MachineLimits limits, int keyLengthMax) {
        this.limits = limits;
        this.keyLengthMax = keyLengthMax;
        authCheck = new AuthCheck(keyLengthMax);
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new Level();
        }
    }

    /** Returns what is wrong, or null. The request's form has been checked before. */
    ApiError check(DirectBuffer request, int offset, int length) {
        buffer = request;
        keyTooLong = false;
        sequence.wrap(request, offset, length);
        sequence.next();
        ApiError error = switch (sequence.templateId()) {
            case TxnRequestDecoder.TEMPLATE_ID -> checkWholeTxn();
            case LeaseGrantRequestDecoder.TEMPLATE_ID -> checkGrant();
            case AuthChangeRequestDecoder.TEMPLATE_ID -> authCheck.check(sequence);
            case AlarmRequestDecoder.TEMPLATE_ID -> checkAlarm();
            case DowngradeRequestDecoder.TEMPLATE_ID -> checkDowngrade();
            case PutRequestDecoder.TEMPLATE_ID,
                    RangeRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID -> checkOperation(0, 0);
            default -> null;
        };
        if (error != null) {
            return error;
        }
        return keyTooLong || length > limits.requestLengthMax() ? ApiError.REQUEST_TOO_LARGE : null;
    }

    private ApiError checkGrant() {
        grant.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        return grant.ttl() > MachineLimits.LEASE_TTL_MAX ? ApiError.LEASE_TTL_TOO_LARGE : null;
    }

    private ApiError checkAlarm() {
        AlarmRequestDecoder alarm = new AlarmRequestDecoder()
                .wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        return alarm.action() > ACTION_MAX || alarm.alarm() > AlarmTable.CORRUPT ? ApiError.UNIMPLEMENTED : null;
    }

    /** One minor version back, and no other. */
    private ApiError checkDowngrade() {
        DowngradeRequestDecoder downgrade = new DowngradeRequestDecoder()
                .wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        if (downgrade.action() >= ACTION_MAX) {
            return downgrade.action() == ACTION_MAX ? null : ApiError.UNIMPLEMENTED;
        }
        int target = DowngradeTarget.parse(downgrade.targetVersion());
        if (target < 0) {
            return ApiError.DOWNGRADE_VERSION_FORMAT;
        }
        return target == DowngradeTarget.parse(limits.clusterVersion()) - 1 ? null : ApiError.DOWNGRADE_VERSION_INVALID;
    }

    private ApiError checkWholeTxn() {
        int start = sequence.messageOffset();
        ApiError error = checkTxn(limits.txnOperationsMax(), 1);
        if (error != null) {
            return error;
        }
        sequence.position(start);
        sequence.next();
        return claimBranches(0) ? null : ApiError.DUPLICATE_KEY;
    }

    /** On a TxnRequest; leaves the sequence behind its last part. */
    private ApiError checkTxn(int operationsMax, int depth) {
        txn.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long compares = txn.compareCount();
        long successes = txn.successCount();
        long failures = txn.failureCount();
        long largest = Math.max(compares, Math.max(successes, failures));
        if (largest > operationsMax || depth > MachineLimits.TXN_DEPTH_MAX) {
            return ApiError.TOO_MANY_OPERATIONS;
        }
        for (long i = 0; i < compares; i++) {
            sequence.next(CompareDecoder.TEMPLATE_ID);
            compare.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
            int keyLength = noteKey(compare.limit());
            compare.skipKey();
            noteKey(compare.limit());
            if (keyLength == 0) {
                return ApiError.KEY_NOT_PROVIDED;
            }
        }
        for (long i = 0; i < successes + failures; i++) {
            sequence.next();
            ApiError error = checkOperation(operationsMax - (int) largest, depth);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private ApiError checkOperation(int operationsMax, int depth) {
        return switch (sequence.templateId()) {
            case PutRequestDecoder.TEMPLATE_ID -> checkPut();
            case RangeRequestDecoder.TEMPLATE_ID -> checkRange();
            case DeleteRangeRequestDecoder.TEMPLATE_ID -> checkDelete();
            case TxnRequestDecoder.TEMPLATE_ID -> checkTxn(operationsMax, depth + 1);
            default -> ApiError.KEY_NOT_FOUND; // an operation that names none: etcd's answer, odd as it is
        };
    }

    private ApiError checkPut() {
        put.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        PutFlagsDecoder flags = put.flags();
        if (noteKey(put.limit()) == 0) {
            return ApiError.KEY_NOT_PROVIDED;
        }
        put.skipKey();
        if (flags.ignoreValue() && put.valueLength() != 0) {
            return ApiError.VALUE_PROVIDED;
        }
        return flags.ignoreLease() && put.lease() != 0 ? ApiError.LEASE_PROVIDED : null;
    }

    private ApiError checkRange() {
        range.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        if (noteKey(range.limit()) == 0) {
            return ApiError.KEY_NOT_PROVIDED;
        }
        boolean known =
                range.sortOrderRaw() <= SortOrder.DESCEND.value() && range.sortTargetRaw() <= SortTarget.VALUE.value();
        range.skipKey();
        noteKey(range.limit());
        return known ? null : ApiError.INVALID_SORT_OPTION;
    }

    private ApiError checkDelete() {
        delete.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        if (noteKey(delete.limit()) == 0) {
            return ApiError.KEY_NOT_PROVIDED;
        }
        delete.skipKey();
        noteKey(delete.limit());
        return null;
    }

    /** Length of the key (or range end) whose length field is at {@code limit}. */
    private int noteKey(int limit) {
        int length = buffer.getInt(limit, PutRequestDecoder.BYTE_ORDER);
        keyTooLong |= length > keyLengthMax;
        return length;
    }

    /** On a TxnRequest: fills both of a level's claims; false when a key is changed twice. */
    private boolean claimBranches(int depth) {
        txn.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long compares = txn.compareCount();
        long successes = txn.successCount();
        long failures = txn.failureCount();
        for (long i = 0; i < compares; i++) {
            sequence.next();
        }
        return claim(levels[depth].then.clear(buffer), successes, depth)
                && claim(levels[depth].otherwise.clear(buffer), failures, depth);
    }

    /**
     * Claims the keys of one branch. Its own deletions come first; then its inner transactions one by one, each seeing
     * the deletions of those before it but not of those behind; its own puts last.
     */
    private boolean claim(KeyClaims claims, long operations, int depth) {
        int start = sequence.position();
        for (long i = 0; i < operations; i++) {
            sequence.next();
            if (sequence.templateId() == DeleteRangeRequestDecoder.TEMPLATE_ID) {
                claimDeletion(claims);
            }
            sequence.skipParts();
        }
        sequence.position(start);
        for (long i = 0; i < operations; i++) {
            sequence.next();
            if (sequence.templateId() == TxnRequestDecoder.TEMPLATE_ID) {
                if (!claimInner(claims, depth + 1)) {
                    return false;
                }
            }
        }
        sequence.position(start);
        for (long i = 0; i < operations; i++) {
            sequence.next();
            if (sequence.templateId() == PutRequestDecoder.TEMPLATE_ID && !claimPut(claims)) {
                return false;
            }
            sequence.skipParts();
        }
        return true;
    }

    private void claimDeletion(KeyClaims claims) {
        delete.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        int keyLength = delete.keyLength();
        int keyOffset = delete.limit() + DeleteRangeRequestDecoder.keyHeaderLength();
        delete.skipKey();
        int endOffset = delete.limit() + DeleteRangeRequestDecoder.rangeEndHeaderLength();
        claims.addDeletion(keyOffset, keyLength, endOffset, delete.rangeEndLength());
    }

    private boolean claimPut(KeyClaims claims) {
        put.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        int keyOffset = put.limit() + PutRequestDecoder.keyHeaderLength();
        int keyLength = put.keyLength();
        return !claims.isDeleted(keyOffset, keyLength) && claims.addPut(keyOffset, keyLength);
    }

    private boolean claimInner(KeyClaims claims, int depth) {
        if (!claimBranches(depth)) {
            return false;
        }
        KeyClaims then = levels[depth].then;
        KeyClaims otherwise = levels[depth].otherwise;
        KeyClaims.KeySet puts = then.puts();
        for (int i = 0; i < puts.count(); i++) {
            if (claims.isDeleted(puts.offset(i), puts.length(i)) || !claims.addPut(puts.offset(i), puts.length(i))) {
                return false;
            }
        }
        puts = otherwise.puts();
        for (int i = 0; i < puts.count(); i++) {
            int offset = puts.offset(i);
            int length = puts.length(i);
            // Both branches may put one key: only one of them will be taken.
            boolean claimed = claims.isPut(offset, length) && !then.isPut(offset, length);
            if (claimed || claims.isDeleted(offset, length)) {
                return false;
            }
            claims.addPut(offset, length);
        }
        claims.addDeletions(then);
        claims.addDeletions(otherwise);
        return true;
    }
}
