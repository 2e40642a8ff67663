package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.PutFlagsDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import org.agrona.DirectBuffer;

/** Puts and deletions, alone or in a transaction: decoded, done, answered. */
final class Operations {
    private final OperationCounts counts;
    private final KeySpace space;
    private final LeaseTable leases;
    private final Cursor keyCursor;
    private final PutRequestDecoder put = new PutRequestDecoder();
    private final DeleteRangeRequestDecoder delete = new DeleteRangeRequestDecoder();
    private final KeyRange range = new KeyRange();
    private final KeyRecord record = new KeyRecord();
    private final RevisionView content = new RevisionView();
    private final KeyBatch batch = new KeyBatch();
    private Pulse pulse = Pulse.NONE;

    Operations(KeySpace space, LeaseTable leases, OperationCounts counts) {
        this.counts = counts;
        this.space = space;
        this.leases = leases;
        keyCursor = space.keys.cursor();
    }

    void pulse(Pulse value) {
        pulse = value;
    }

    /** What only the data can say against a put that stands alone, or null. */
    ApiError checkPut(MessageSequence sequence) {
        put.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        if (put.lease() != 0 && !leases.exists(put.lease())) {
            return ApiError.LEASE_NOT_FOUND;
        }
        PutFlagsDecoder flags = put.flags();
        if (!flags.ignoreValue() && !flags.ignoreLease()) {
            return null;
        }
        int keyOffset = put.limit() + PutRequestDecoder.keyHeaderLength();
        return space.find(sequence.buffer(), keyOffset, put.keyLength(), record) ? null : ApiError.KEY_NOT_FOUND;
    }

    /** Does the put that the sequence is on. */
    void put(MessageSequence sequence, ReplyEncoder reply, boolean nested) {
        DirectBuffer buffer = sequence.buffer();
        put.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        PutFlagsDecoder flags = put.flags();
        int keyLength = put.keyLength();
        int keyOffset = put.limit() + PutRequestDecoder.keyHeaderLength();
        put.skipKey();
        int valueLength = put.valueLength();
        int valueOffset = put.limit() + PutRequestDecoder.valueHeaderLength();
        counts.puts++;
        counts.putBytes += keyLength + valueLength;
        KeyRecord existing = space.findForPut(buffer, keyOffset, keyLength, record) ? record : null;
        if (reply != null) {
            int at = reply.put(nested ? 0 : put.correlationId(), space.committedRevision() + 1, nested);
            if (flags.previous() && existing != null) {
                reply.previous(at);
                reply.keyValue(space.content(record.modRevision, record.modSubRevision, content), record.modRevision);
            }
        }
        long lease = flags.ignoreLease() && existing != null ? existing.lease : put.lease();
        if (flags.ignoreValue() && existing != null) {
            space.content(record.modRevision, record.modSubRevision, content);
            space.put(
                    buffer,
                    keyOffset,
                    keyLength,
                    existing,
                    content.buffer(),
                    content.valueOffset(),
                    content.valueLength(),
                    lease);
        } else {
            space.put(buffer, keyOffset, keyLength, existing, buffer, valueOffset, valueLength, lease);
        }
    }

    /** Does the deletion that the sequence is on. */
    void deleteRange(MessageSequence sequence, ReplyEncoder reply, boolean nested) {
        DirectBuffer buffer = sequence.buffer();
        delete.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        boolean previous = delete.flags().previous();
        int keyLength = delete.keyLength();
        int keyOffset = delete.limit() + DeleteRangeRequestDecoder.keyHeaderLength();
        delete.skipKey();
        int endOffset = delete.limit() + DeleteRangeRequestDecoder.rangeEndHeaderLength();
        range.wrap(buffer, keyOffset, keyLength, endOffset, delete.rangeEndLength());
        int at = reply == null ? 0 : reply.beginDeleteRange(nested ? 0 : delete.correlationId(), nested);
        ReplyEncoder previousTo = previous ? reply : null;
        long deleted = range.isSingleKey() ? deleteKey(previousTo) : deleteKeys(previousTo);
        if (reply != null) {
            reply.endDeleteRange(at, space.revision(), previous ? deleted : 0, deleted);
        }
    }

    private long deleteKey(ReplyEncoder previousTo) {
        if (previousTo != null) {
            encodePrevious(range.buffer(), range.keyOffset(), range.keyLength(), previousTo);
        }
        boolean deleted = space.delete(range.buffer(), range.keyOffset(), range.keyLength());
        counts.deletes += deleted ? 1 : 0;
        return deleted ? 1 : 0;
    }

    private long deleteKeys(ReplyEncoder previousTo) {
        long deleted = 0;
        while (collectKeys()) {
            deleted += batch.count();
            deleteBatch(batch, previousTo);
        }
        return deleted;
    }

    /** Deletes keys that exist. */
    void deleteBatch(KeyBatch keys, ReplyEncoder previousTo) {
        counts.deletes += keys.count();
        for (int i = 0; i < keys.count(); i++) {
            if (previousTo != null) {
                encodePrevious(keys.buffer(), keys.offset(i), keys.length(i), previousTo);
            }
            boolean deleted = space.delete(keys.buffer(), keys.offset(i), keys.length(i));
            assert deleted : "a key was found and is gone";
            pulse.beat();
        }
    }

    private void encodePrevious(DirectBuffer key, int offset, int length, ReplyEncoder previousTo) {
        if (space.find(key, offset, length, record)) {
            previousTo.keyValue(space.content(record.modRevision, record.modSubRevision, content), record.modRevision);
        }
    }

    /** The range's first keys, as many as a batch takes; false when there are none left. */
    private boolean collectKeys() {
        batch.clear();
        boolean on = !range.isEmptyRange() && keyCursor.seek(range.buffer(), range.keyOffset(), range.keyLength());
        while (on && !batch.isFull()) {
            Slice key = keyCursor.key();
            if (!range.isBeforeEnd(key.buffer(), key.offset(), key.length())) {
                break;
            }
            batch.add(key.buffer(), key.offset(), key.length());
            on = keyCursor.next();
        }
        return batch.count() > 0;
    }
}
