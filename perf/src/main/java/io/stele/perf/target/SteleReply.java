package io.stele.perf.target;

import io.stele.client.Outcome;
import io.stele.client.ReplyHandler;
import io.stele.perf.load.Completion;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.DeleteRangeReplyDecoder;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.TxnReplyDecoder;
import org.agrona.DirectBuffer;

/**
 * Reads replies for one completion, which keeps it for all its operations. Every pair of a range is looked at, as every
 * pair of the peer's is parsed.
 */
final class SteleReply implements ReplyHandler {
    private final Completion completion;
    private final MessageSequence sequence = new MessageSequence();
    private final RangeReplyDecoder range = new RangeReplyDecoder();
    private final DeleteRangeReplyDecoder delete = new DeleteRangeReplyDecoder();
    private final TxnReplyDecoder txn = new TxnReplyDecoder();
    private final KeyValueDecoder pair = new KeyValueDecoder();
    private boolean countOnly;
    private int writtenLength;
    private long keyCount;
    private long byteCount;

    SteleReply(Completion completion) {
        this.completion = completion;
    }

    /** Readies it for the next operation. */
    SteleReply expect(int valueLength, boolean onlyCount) {
        writtenLength = valueLength;
        countOnly = onlyCount;
        keyCount = 0;
        byteCount = 0;
        return this;
    }

    @Override
    public void onReply(long token, DirectBuffer buffer, int offset, int length) {
        String trouble = null;
        try {
            read(buffer, offset, length);
        } catch (RuntimeException e) {
            trouble = "reply not understood: " + e.getMessage();
        }
        if (trouble != null) {
            completion.onFailure(trouble);
        } else if (!ReplySplitter.isPartial(buffer, offset)) {
            completion.onSuccess(keyCount, byteCount);
        }
    }

    private void read(DirectBuffer buffer, int offset, int length) {
        switch (RequestFrame.templateId(buffer, offset)) {
            case PutReplyDecoder.TEMPLATE_ID -> {
                keyCount = 1;
                byteCount = writtenLength;
            }
            case TxnReplyDecoder.TEMPLATE_ID -> {
                start(buffer, offset, length);
                txn.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
                keyCount = txn.flags().succeeded() ? 1 : 0;
                byteCount = txn.flags().succeeded() ? writtenLength : 0;
            }
            case DeleteRangeReplyDecoder.TEMPLATE_ID -> {
                start(buffer, offset, length);
                delete.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
                keyCount = delete.deleted();
            }
            case RangeReplyDecoder.TEMPLATE_ID -> {
                start(buffer, offset, length);
                range.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
                readPairs(range.kvCount());
            }
            default -> throw new IllegalStateException("message " + RequestFrame.templateId(buffer, offset));
        }
    }

    private void start(DirectBuffer buffer, int offset, int length) {
        sequence.wrap(buffer, offset, length);
        sequence.next();
    }

    private void readPairs(long count) {
        keyCount = countOnly ? range.count() : keyCount + count;
        for (long i = 0; i < count; i++) {
            sequence.next(KeyValueDecoder.TEMPLATE_ID);
            pair.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
            pair.skipKey();
            byteCount += pair.valueLength();
        }
    }

    @Override
    public void onFailure(long token, ErrorCode code, Outcome outcome, String text) {
        completion.onFailure(code + ": " + text);
    }
}
