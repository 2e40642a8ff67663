package io.stele.gateway.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.stele.gateway.etcdserverpb.CompactionResponse;
import io.stele.gateway.etcdserverpb.DeleteRangeResponse;
import io.stele.gateway.etcdserverpb.PutResponse;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.ResponseOp;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.mvccpb.KeyValue;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.CompactReplyDecoder;
import io.stele.transport.codec.DeleteRangeReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.TxnReplyDecoder;
import org.agrona.DirectBuffer;

/**
 * Makes etcd's answers of the node's replies. Each method expects the sequence on the reply's message and leaves it
 * behind the reply's parts.
 */
public final class ReplyReader {
    private static final int LENGTH_LENGTH = KeyValueDecoder.keyHeaderLength();

    private final long clusterId;
    private final long memberId;
    private final KeyValueDecoder pair = new KeyValueDecoder();

    public ReplyReader(long clusterId, long memberId) {
        this.clusterId = clusterId;
        this.memberId = memberId;
    }

    public ResponseHeader header(long revision, long raftTerm) {
        return ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setMemberId(memberId)
                .setRevision(revision)
                .setRaftTerm(raftTerm)
                .build();
    }

    /** Within a transaction a reply tells its revision alone. */
    private static ResponseHeader innerHeader(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    public PutResponse put(MessageSequence reply) {
        expect(reply, PutReplyDecoder.TEMPLATE_ID);
        PutReplyDecoder decoder =
                new PutReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return put(reply, decoder, header(decoder.revision(), decoder.raftTerm()));
    }

    private PutResponse put(MessageSequence reply, PutReplyDecoder decoder, ResponseHeader header) {
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(header);
        if (decoder.flags().previous()) {
            response.setPrevKv(pair(reply));
        }
        return response.build();
    }

    public DeleteRangeResponse deleteRange(MessageSequence reply) {
        expect(reply, DeleteRangeReplyDecoder.TEMPLATE_ID);
        DeleteRangeReplyDecoder decoder = new DeleteRangeReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return deleteRange(reply, decoder, header(decoder.revision(), decoder.raftTerm()));
    }

    private DeleteRangeResponse deleteRange(
            MessageSequence reply, DeleteRangeReplyDecoder decoder, ResponseHeader header) {
        DeleteRangeResponse.Builder response =
                DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(decoder.deleted());
        for (long remaining = decoder.kvCount(); remaining > 0; remaining--) {
            response.addPrevKvs(pair(reply));
        }
        return response.build();
    }

    /** A short range, in one frame. */
    public RangeResponse range(MessageSequence reply) {
        expect(reply, RangeReplyDecoder.TEMPLATE_ID);
        RangeReplyDecoder decoder =
                new RangeReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        ResponseHeader header = header(decoder.revision(), decoder.raftTerm());
        return innerRange(reply).toBuilder().setHeader(header).build();
    }

    private RangeResponse innerRange(MessageSequence reply) {
        expect(reply, RangeReplyDecoder.TEMPLATE_ID);
        RangeReplyDecoder decoder =
                new RangeReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        RangeResponse.Builder response = RangeResponse.newBuilder()
                .setHeader(innerHeader(decoder.revision()))
                .setCount(decoder.count())
                .setMore(decoder.flags().more());
        for (long remaining = decoder.kvCount(); remaining > 0; remaining--) {
            response.addKvs(pair(reply));
        }
        return response.build();
    }

    public TxnResponse txn(MessageSequence reply) {
        expect(reply, TxnReplyDecoder.TEMPLATE_ID);
        TxnReplyDecoder decoder =
                new TxnReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return txn(reply, decoder, header(decoder.revision(), decoder.raftTerm()));
    }

    private TxnResponse txn(MessageSequence reply, TxnReplyDecoder decoder, ResponseHeader header) {
        TxnResponse.Builder response = TxnResponse.newBuilder()
                .setHeader(header)
                .setSucceeded(decoder.flags().succeeded());
        for (long remaining = decoder.replyCount(); remaining > 0; remaining--) {
            if (!reply.next()) {
                throw new MalformedMessageException("transaction's reply ends too early");
            }
            response.addResponses(operation(reply));
        }
        return response.build();
    }

    private ResponseOp operation(MessageSequence reply) {
        ResponseOp.Builder operation = ResponseOp.newBuilder();
        switch (reply.templateId()) {
            case PutReplyDecoder.TEMPLATE_ID -> {
                expect(reply, PutReplyDecoder.TEMPLATE_ID);
                PutReplyDecoder decoder = new PutReplyDecoder()
                        .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
                operation.setResponsePut(put(reply, decoder, innerHeader(decoder.revision())));
            }
            case RangeReplyDecoder.TEMPLATE_ID -> operation.setResponseRange(innerRange(reply));
            case DeleteRangeReplyDecoder.TEMPLATE_ID -> {
                expect(reply, DeleteRangeReplyDecoder.TEMPLATE_ID);
                DeleteRangeReplyDecoder decoder = new DeleteRangeReplyDecoder()
                        .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
                operation.setResponseDeleteRange(deleteRange(reply, decoder, innerHeader(decoder.revision())));
            }
            case TxnReplyDecoder.TEMPLATE_ID -> {
                expect(reply, TxnReplyDecoder.TEMPLATE_ID);
                TxnReplyDecoder decoder = new TxnReplyDecoder()
                        .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
                operation.setResponseTxn(txn(reply, decoder, ResponseHeader.getDefaultInstance()));
            }
            default -> throw new MalformedMessageException("message " + reply.templateId() + " in a reply");
        }
        return operation.build();
    }

    public CompactionResponse compact(MessageSequence reply) {
        expect(reply, CompactReplyDecoder.TEMPLATE_ID);
        CompactReplyDecoder decoder = new CompactReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return CompactionResponse.newBuilder()
                .setHeader(header(decoder.revision(), decoder.raftTerm()))
                .build();
    }

    /** The next message, which has to be a pair. */
    public KeyValue pair(MessageSequence reply) {
        reply.next(KeyValueDecoder.TEMPLATE_ID);
        pair.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        KeyValue.Builder result = KeyValue.newBuilder()
                .setCreateRevision(pair.createRevision())
                .setModRevision(pair.modRevision())
                .setVersion(pair.version())
                .setLease(pair.lease());
        int keyLength = pair.keyLength();
        result.setKey(copy(reply.buffer(), pair.limit() + LENGTH_LENGTH, keyLength));
        pair.skipKey();
        int valueLength = pair.valueLength();
        result.setValue(copy(reply.buffer(), pair.limit() + LENGTH_LENGTH, valueLength));
        return result.build();
    }

    private static ByteString copy(DirectBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    static void expect(MessageSequence reply, int templateId) {
        if (reply.templateId() != templateId) {
            throw new MalformedMessageException("expected message " + templateId + ", got " + reply.templateId());
        }
    }
}
