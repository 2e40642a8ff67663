package io.stele.server.machine.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stele.transport.codec.CloseSessionRequestEncoder;
import io.stele.transport.codec.CompactRequestEncoder;
import io.stele.transport.codec.CompareEncoder;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.DeleteRangeRequestEncoder;
import io.stele.transport.codec.LeaseCheckpointRequestEncoder;
import io.stele.transport.codec.LeaseExpireRequestEncoder;
import io.stele.transport.codec.LeaseGrantRequestEncoder;
import io.stele.transport.codec.LeaseRevokeRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.NoOperationEncoder;
import io.stele.transport.codec.OpenSessionRequestEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import io.stele.transport.codec.TxnRequestEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/** Encodes a {@link Request} as the native protocol has it. */
public final class RequestCodec {
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MutableDirectBuffer buffer = new ExpandableDirectByteBuffer(4096);
    private int position;

    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /** Encodes at offset 0; returns the length. */
    public int encode(Request request, long correlationId) {
        position = 0;
        write(request, correlationId);
        return position;
    }

    private void write(Request request, long correlationId) {
        if (request instanceof Request.Operation operation) {
            writeOperation(operation, correlationId);
        } else if (request instanceof Request.Compact compact) {
            CompactRequestEncoder encoder = new CompactRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).sessionId(0).sequence(0).revision(compact.revision());
            encoder.flags().clear();
            position = encoder.limit();
        } else if (request instanceof Request.LeaseGrant grant) {
            LeaseGrantRequestEncoder encoder =
                    new LeaseGrantRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).sessionId(0).sequence(0);
            encoder.leaseId(grant.id()).ttl(grant.ttl());
            position = encoder.limit();
        } else if (request instanceof Request.LeaseRevoke revoke) {
            LeaseRevokeRequestEncoder encoder =
                    new LeaseRevokeRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).sessionId(0).sequence(0).leaseId(revoke.id());
            position = encoder.limit();
        } else if (request instanceof Request.LeaseExpire expire) {
            LeaseExpireRequestEncoder encoder =
                    new LeaseExpireRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(0).sessionId(0).sequence(0);
            encoder.term(expire.term()).leaseId(expire.id()).epoch(expire.epoch());
            position = encoder.limit();
        } else if (request instanceof Request.LeaseCheckpoint checkpoint) {
            writeCheckpoint(checkpoint);
        } else {
            writeOfSession(request, correlationId);
        }
    }

    private void writeOfSession(Request request, long correlationId) {
        if (request instanceof Request.OpenSession open) {
            OpenSessionRequestEncoder encoder =
                    new OpenSessionRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).nonce(open.nonce());
            position = encoder.limit();
        } else if (request instanceof Request.CloseSession close) {
            CloseSessionRequestEncoder encoder =
                    new CloseSessionRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).closedSessionId(close.id());
            position = encoder.limit();
        } else if (request instanceof Request.Once once) {
            int block = position + MessageHeaderEncoder.ENCODED_LENGTH;
            write(once.write(), correlationId);
            buffer.putLong(
                    block + PutRequestEncoder.sessionIdEncodingOffset(),
                    once.sessionId(),
                    PutRequestEncoder.BYTE_ORDER);
            buffer.putLong(
                    block + PutRequestEncoder.sequenceEncodingOffset(), once.sequence(), PutRequestEncoder.BYTE_ORDER);
        }
    }

    private void writeCheckpoint(Request.LeaseCheckpoint checkpoint) {
        LeaseCheckpointRequestEncoder encoder =
                new LeaseCheckpointRequestEncoder().wrapAndApplyHeader(buffer, position, header);
        encoder.correlationId(0).sessionId(0).sequence(0).term(checkpoint.term());
        byte[] item = ByteBuffer.allocate(3 * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(checkpoint.id())
                .putLong(checkpoint.grantedIndex())
                .putLong(checkpoint.remaining())
                .array();
        encoder.putLeases(item, 0, item.length);
        position = encoder.limit();
    }

    private void writeOperation(Request.Operation operation, long correlationId) {
        if (operation instanceof Request.Put put) {
            writePut(put, correlationId);
        } else if (operation instanceof Request.Range range) {
            writeRange(range, correlationId);
        } else if (operation instanceof Request.DeleteRange delete) {
            DeleteRangeRequestEncoder encoder =
                    new DeleteRangeRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).sessionId(0).sequence(0);
            encoder.flags().clear().previous(delete.previous());
            byte[] key = bytes(delete.key());
            byte[] end = bytes(delete.end());
            encoder.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
            position = encoder.limit();
        } else if (operation instanceof Request.Txn txn) {
            TxnRequestEncoder encoder = new TxnRequestEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(correlationId).sessionId(0).sequence(0);
            encoder.compareCount(txn.compares().size());
            encoder.successCount(txn.success().size())
                    .failureCount(txn.failure().size());
            encoder.flags().clear();
            position = encoder.limit();
            txn.compares().forEach(this::writeCompare);
            writeAll(txn.success());
            writeAll(txn.failure());
        } else {
            NoOperationEncoder encoder = new NoOperationEncoder().wrapAndApplyHeader(buffer, position, header);
            encoder.correlationId(0);
            position = encoder.limit();
        }
    }

    private void writeAll(List<Request.Operation> operations) {
        operations.forEach(operation -> writeOperation(operation, 0));
    }

    private void writePut(Request.Put put, long correlationId) {
        PutRequestEncoder encoder = new PutRequestEncoder().wrapAndApplyHeader(buffer, position, header);
        encoder.correlationId(correlationId).sessionId(0).sequence(0).lease(put.lease());
        encoder.flags()
                .clear()
                .previous(put.previous())
                .ignoreValue(put.ignoreValue())
                .ignoreLease(put.ignoreLease());
        byte[] key = bytes(put.key());
        byte[] value = bytes(put.value());
        encoder.putKey(key, 0, key.length).putValue(value, 0, value.length);
        position = encoder.limit();
    }

    private void writeRange(Request.Range range, long correlationId) {
        int at = position;
        RangeRequestEncoder encoder = new RangeRequestEncoder().wrapAndApplyHeader(buffer, at, header);
        encoder.correlationId(correlationId).revision(range.revision()).pairLimit(range.limit());
        encoder.minModRevision(range.minMod()).maxModRevision(range.maxMod());
        encoder.minCreateRevision(range.minCreate()).maxCreateRevision(range.maxCreate());
        encoder.sortOrder(SortOrder.NONE).sortTarget(SortTarget.KEY);
        encoder.flags()
                .clear()
                .keysOnly(range.keysOnly())
                .countOnly(range.countOnly())
                .serializable(range.serializable());
        byte[] key = bytes(range.key());
        byte[] end = bytes(range.end());
        encoder.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
        position = encoder.limit();
        int block = at + MessageHeaderEncoder.ENCODED_LENGTH;
        // Raw, so that values can be sent that no client of ours would send.
        buffer.putByte(block + RangeRequestEncoder.sortOrderEncodingOffset(), (byte) range.order());
        buffer.putByte(block + RangeRequestEncoder.sortTargetEncodingOffset(), (byte) range.target());
    }

    private void writeCompare(Request.Compare compare) {
        int at = position;
        CompareEncoder encoder = new CompareEncoder().wrapAndApplyHeader(buffer, at, header);
        encoder.number(compare.number()).result(CompareResult.EQUAL).target(CompareTarget.VERSION);
        byte[] key = bytes(compare.key());
        byte[] end = bytes(compare.end());
        byte[] value = bytes(compare.value());
        encoder.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length).putValue(value, 0, value.length);
        position = encoder.limit();
        int block = at + MessageHeaderEncoder.ENCODED_LENGTH;
        buffer.putByte(block + CompareEncoder.resultEncodingOffset(), (byte) compare.result());
        buffer.putByte(block + CompareEncoder.targetEncodingOffset(), (byte) compare.target());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
