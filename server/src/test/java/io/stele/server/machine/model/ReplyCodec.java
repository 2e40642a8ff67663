package io.stele.server.machine.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.codec.CloseSessionReplyDecoder;
import io.stele.transport.codec.CompactReplyDecoder;
import io.stele.transport.codec.DeleteRangeReplyDecoder;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.LeaseGrantReplyDecoder;
import io.stele.transport.codec.LeaseRevokeReplyDecoder;
import io.stele.transport.codec.OpenSessionReplyDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.TxnReplyDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/** Decodes replies of the native protocol into {@link Reply}s. */
public final class ReplyCodec {
    private final MessageSequence sequence = new MessageSequence();
    private boolean partial;
    private long correlationId;

    /** Decodes one reply in one piece. */
    public Reply decode(DirectBuffer buffer, int offset, int length) {
        correlationId = ReplySplitter.correlationId(buffer, offset);
        sequence.wrap(buffer, offset, length);
        Reply reply = read();
        if (sequence.next()) {
            throw new IllegalStateException("something behind the reply: message " + sequence.templateId());
        }
        return reply;
    }

    /** Whether the last range decoded says that more of it follows. */
    public boolean isPartial() {
        return partial;
    }

    public long correlationId() {
        return correlationId;
    }

    private Reply read() {
        if (!sequence.next()) {
            throw new IllegalStateException("no reply");
        }
        DirectBuffer buffer = sequence.buffer();
        int at = sequence.bodyOffset();
        int block = sequence.blockLength();
        int version = sequence.version();
        switch (sequence.templateId()) {
            case PutReplyDecoder.TEMPLATE_ID -> {
                PutReplyDecoder decoder = new PutReplyDecoder().wrap(buffer, at, block, version);
                return new Reply.Put(decoder.revision(), decoder.flags().previous() ? readPair() : null);
            }
            case RangeReplyDecoder.TEMPLATE_ID -> {
                RangeReplyDecoder decoder = new RangeReplyDecoder().wrap(buffer, at, block, version);
                partial = decoder.flags().partial();
                boolean more = decoder.flags().more();
                return new Reply.Range(decoder.revision(), decoder.count(), more, readPairs(decoder.kvCount()));
            }
            case DeleteRangeReplyDecoder.TEMPLATE_ID -> {
                DeleteRangeReplyDecoder decoder = new DeleteRangeReplyDecoder().wrap(buffer, at, block, version);
                return new Reply.DeleteRange(decoder.revision(), decoder.deleted(), readPairs(decoder.kvCount()));
            }
            case TxnReplyDecoder.TEMPLATE_ID -> {
                TxnReplyDecoder decoder = new TxnReplyDecoder().wrap(buffer, at, block, version);
                List<Reply> replies = new ArrayList<>();
                for (long i = decoder.replyCount(); i > 0; i--) {
                    replies.add(read());
                }
                return new Reply.Txn(decoder.revision(), decoder.flags().succeeded(), replies);
            }
            default -> {
                return readOther(buffer, at, block, version);
            }
        }
    }

    private Reply readOther(DirectBuffer buffer, int at, int block, int version) {
        switch (sequence.templateId()) {
            case CompactReplyDecoder.TEMPLATE_ID -> {
                return new Reply.Compact(new CompactReplyDecoder()
                        .wrap(buffer, at, block, version)
                        .revision());
            }
            case LeaseGrantReplyDecoder.TEMPLATE_ID -> {
                LeaseGrantReplyDecoder decoder = new LeaseGrantReplyDecoder().wrap(buffer, at, block, version);
                return new Reply.LeaseGrant(decoder.revision(), decoder.leaseId(), decoder.ttl());
            }
            case LeaseRevokeReplyDecoder.TEMPLATE_ID -> {
                return new Reply.LeaseRevoke(new LeaseRevokeReplyDecoder()
                        .wrap(buffer, at, block, version)
                        .revision());
            }
            case OpenSessionReplyDecoder.TEMPLATE_ID -> {
                OpenSessionReplyDecoder decoder = new OpenSessionReplyDecoder().wrap(buffer, at, block, version);
                return new Reply.OpenSession(decoder.revision(), decoder.sessionId(), decoder.slotCount());
            }
            case CloseSessionReplyDecoder.TEMPLATE_ID -> {
                return new Reply.CloseSession(new CloseSessionReplyDecoder()
                        .wrap(buffer, at, block, version)
                        .revision());
            }
            case ErrorReplyDecoder.TEMPLATE_ID -> {
                ErrorReplyDecoder decoder = new ErrorReplyDecoder().wrap(buffer, at, block, version);
                return new Reply.Refusal(decoder.code().value(), decoder.text(), decoder.revision());
            }
            default -> throw new IllegalStateException("unexpected message " + sequence.templateId());
        }
    }

    private List<Reply.Pair> readPairs(long count) {
        List<Reply.Pair> pairs = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            pairs.add(readPair());
        }
        return pairs;
    }

    private Reply.Pair readPair() {
        sequence.next(KeyValueDecoder.TEMPLATE_ID);
        KeyValueDecoder decoder = new KeyValueDecoder()
                .wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        byte[] key = new byte[decoder.keyLength()];
        decoder.getKey(key, 0, key.length);
        byte[] value = new byte[decoder.valueLength()];
        decoder.getValue(value, 0, value.length);
        return new Reply.Pair(
                new String(key, ISO_8859_1),
                new String(value, ISO_8859_1),
                decoder.createRevision(),
                decoder.modRevision(),
                decoder.version(),
                decoder.lease());
    }
}
