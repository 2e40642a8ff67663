package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.CompareDecoder;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.PutFlagsDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * A transaction, in three walks over its messages. The first evaluates the comparisons of the outer transaction and of
 * those inner ones that will be executed, all against the state before: it finds the path. The second looks on that
 * path for what cannot be done. The third does it; it cannot fail any more.
 */
final class Txn {
    private final KeySpace space;
    private final LeaseTable leases;
    private final Operations operations;
    private final RangeScan scan;
    private final MessageSequence sequence = new MessageSequence();
    private final TxnRequestDecoder txn = new TxnRequestDecoder();
    private final CompareDecoder compare = new CompareDecoder();
    private final PutRequestDecoder put = new PutRequestDecoder();
    private final RangeRequestDecoder range = new RangeRequestDecoder();
    private final KeyRange compareRange = new KeyRange();
    private final Cursor compareCursor;
    private final KeyRecord record = new KeyRecord();
    private final RevisionView content = new RevisionView();

    /** Outcomes of the comparisons, in the order in which the executed transactions start. */
    private boolean[] path = new boolean[16];

    private int pathLength;
    private int pathPosition;
    private DirectBuffer buffer;
    private long correlationId;

    Txn(KeySpace space, LeaseTable leases, Operations operations, RangeScan scan) {
        this.space = space;
        this.leases = leases;
        this.operations = operations;
        this.scan = scan;
        compareCursor = space.keys.cursor();
    }

    long correlationId() {
        return correlationId;
    }

    /** Takes up the request, finds the path and checks it. Returns what is wrong, or null. */
    ApiError prepare(DirectBuffer request, int offset, int length) {
        buffer = request;
        sequence.wrap(request, offset, length);
        sequence.next();
        decodeTxn();
        correlationId = txn.correlationId();
        pathLength = 0;
        evaluate();
        sequence.position(offset);
        sequence.next();
        pathPosition = 0;
        return check();
    }

    /** Does what was prepared. The reply may be null. */
    void execute(int offset, ReplyEncoder reply) {
        sequence.position(offset);
        sequence.next();
        pathPosition = 0;
        int at = execute(reply, false);
        if (reply != null) {
            reply.endTxn(at, space.revision());
        }
    }

    /** On a TxnRequest; leaves the sequence behind its last part, as the other two walks do. */
    private void evaluate() {
        decodeTxn();
        long compares = txn.compareCount();
        long successes = txn.successCount();
        long failures = txn.failureCount();
        boolean succeeded = true;
        for (long i = 0; i < compares; i++) {
            sequence.next(CompareDecoder.TEMPLATE_ID);
            succeeded = succeeded && holds();
        }
        if (pathLength == path.length) {
            path = Arrays.copyOf(path, pathLength * 2);
        }
        path[pathLength++] = succeeded;
        skip(succeeded ? 0 : successes);
        for (long i = succeeded ? successes : failures; i > 0; i--) {
            sequence.next();
            if (sequence.templateId() == TxnRequestDecoder.TEMPLATE_ID) {
                evaluate();
            }
        }
        skip(succeeded ? failures : 0);
    }

    private ApiError check() {
        decodeTxn();
        boolean succeeded = path[pathPosition++];
        long successes = txn.successCount();
        long failures = txn.failureCount();
        skip(txn.compareCount() + (succeeded ? 0 : successes));
        for (long i = succeeded ? successes : failures; i > 0; i--) {
            sequence.next();
            ApiError error = switch (sequence.templateId()) {
                case RangeRequestDecoder.TEMPLATE_ID -> checkRange();
                case PutRequestDecoder.TEMPLATE_ID -> checkPut();
                case TxnRequestDecoder.TEMPLATE_ID -> check();
                default -> null;
            };
            if (error != null) {
                return error;
            }
        }
        skip(succeeded ? failures : 0);
        return null;
    }

    /** Unlike a range outside, one in a transaction takes only 0 for "newest": less is compacted. */
    private ApiError checkRange() {
        range.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long revision = range.revision();
        if (revision == 0) {
            return null;
        }
        if (revision > space.revision()) {
            return ApiError.FUTURE_REVISION;
        }
        return revision < space.compactRevision() ? ApiError.COMPACTED : null;
    }

    private ApiError checkPut() {
        put.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        PutFlagsDecoder flags = put.flags();
        if (flags.ignoreValue() || flags.ignoreLease()) {
            int keyOffset = put.limit() + PutRequestDecoder.keyHeaderLength();
            if (!space.find(buffer, keyOffset, put.keyLength(), record)) {
                return ApiError.KEY_NOT_FOUND;
            }
        }
        return put.lease() != 0 && !leases.exists(put.lease()) ? ApiError.LEASE_NOT_FOUND : null;
    }

    private int execute(ReplyEncoder reply, boolean nested) {
        decodeTxn();
        boolean succeeded = path[pathPosition++];
        long successes = txn.successCount();
        long failures = txn.failureCount();
        long taken = succeeded ? successes : failures;
        int at = reply == null ? 0 : reply.beginTxn(nested ? 0 : correlationId, nested, succeeded, taken);
        skip(txn.compareCount() + (succeeded ? 0 : successes));
        for (long i = 0; i < taken; i++) {
            sequence.next();
            switch (sequence.templateId()) {
                case PutRequestDecoder.TEMPLATE_ID -> operations.put(sequence, reply, true);
                case DeleteRangeRequestDecoder.TEMPLATE_ID -> operations.deleteRange(sequence, reply, true);
                case RangeRequestDecoder.TEMPLATE_ID -> executeRange(reply);
                case TxnRequestDecoder.TEMPLATE_ID -> execute(reply, true);
                default -> throw new IllegalStateException("operation " + sequence.templateId());
            }
        }
        skip(succeeded ? failures : 0);
        return at;
    }

    /** A range changes nothing, so it is not executed where nobody waits for its result. */
    private void executeRange(ReplyEncoder reply) {
        if (reply == null) {
            return;
        }
        scan.query().wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        ApiError error = scan.open();
        if (error != null) {
            throw new IllegalStateException("range was checked before: " + error);
        }
        scan.run(reply, Integer.MAX_VALUE, Integer.MAX_VALUE, true);
        scan.close();
    }

    private boolean holds() {
        compare.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        int keyLength = compare.keyLength();
        int keyOffset = compare.limit() + CompareDecoder.keyHeaderLength();
        compare.skipKey();
        int endLength = compare.rangeEndLength();
        int endOffset = compare.limit() + CompareDecoder.rangeEndHeaderLength();
        compare.skipRangeEnd();
        compareRange.wrap(buffer, keyOffset, keyLength, endOffset, endLength);
        if (compareRange.isSingleKey()) {
            return space.find(buffer, keyOffset, keyLength, record) ? holdsForRecord() : holdsForNothing();
        }
        if (compareRange.isEmptyRange() || !compareCursor.seek(buffer, keyOffset, keyLength)) {
            return holdsForNothing();
        }
        boolean any = false;
        boolean on = true;
        while (on) {
            Slice key = compareCursor.key();
            if (!compareRange.isBeforeEnd(key.buffer(), key.offset(), key.length())) {
                break;
            }
            any = true;
            KeyDescriptor.decode(compareCursor.value(), record);
            if (!holdsForRecord()) {
                return false;
            }
            on = compareCursor.next();
        }
        return any || holdsForNothing();
    }

    /** No key: its numbers count as 0, but it has no value to compare, not even an unequal one. */
    private boolean holdsForNothing() {
        if (compare.targetRaw() == CompareTarget.VALUE.value()) {
            return false;
        }
        record.createRevision = 0;
        record.modRevision = 0;
        record.version = 0;
        record.lease = 0;
        return holdsForRecord();
    }

    private boolean holdsForRecord() {
        short target = compare.targetRaw();
        int order = 0; // an unknown target compares as equal
        if (target == CompareTarget.VALUE.value()) {
            space.content(record.modRevision, record.modSubRevision, content);
            order = Bytes.compare(
                    content.buffer(),
                    content.valueOffset(),
                    content.valueLength(),
                    buffer,
                    compare.limit() + CompareDecoder.valueHeaderLength(),
                    compare.valueLength());
        } else if (target == CompareTarget.VERSION.value()) {
            order = Long.compare(record.version, compare.number());
        } else if (target == CompareTarget.CREATE.value()) {
            order = Long.compare(record.createRevision, compare.number());
        } else if (target == CompareTarget.MOD.value()) {
            order = Long.compare(record.modRevision, compare.number());
        } else if (target == CompareTarget.LEASE.value()) {
            order = Long.compare(record.lease, compare.number());
        }
        short result = compare.resultRaw();
        if (result == CompareResult.EQUAL.value()) {
            return order == 0;
        }
        if (result == CompareResult.NOT_EQUAL.value()) {
            return order != 0;
        }
        if (result == CompareResult.GREATER.value()) {
            return order > 0;
        }
        return result != CompareResult.LESS.value() || order < 0; // an unknown relation always holds
    }

    private void decodeTxn() {
        txn.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
    }

    private void skip(long count) {
        for (long i = 0; i < count; i++) {
            sequence.next();
            sequence.skipParts();
        }
    }
}
