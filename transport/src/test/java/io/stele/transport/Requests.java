package io.stele.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stele.transport.codec.CompareEncoder;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.KeyValueEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.TxnReplyEncoder;
import io.stele.transport.codec.TxnRequestEncoder;
import org.agrona.MutableDirectBuffer;

/** Encodes messages one behind the other; each method returns where its message ends. */
public final class Requests {
    private static final MessageHeaderEncoder HEADER = new MessageHeaderEncoder();

    private Requests() {}

    public static int put(MutableDirectBuffer buffer, int offset, long correlationId, String key, byte[] value) {
        PutRequestEncoder encoder = new PutRequestEncoder().wrapAndApplyHeader(buffer, offset, HEADER);
        encoder.correlationId(correlationId).sessionId(0).sequence(0).lease(0);
        encoder.flags().clear();
        byte[] keyBytes = key.getBytes(UTF_8);
        encoder.putKey(keyBytes, 0, keyBytes.length).putValue(value, 0, value.length);
        return encoder.limit();
    }

    public static int txn(MutableDirectBuffer buffer, int offset, int compares, int successes, int failures) {
        TxnRequestEncoder encoder = new TxnRequestEncoder().wrapAndApplyHeader(buffer, offset, HEADER);
        encoder.correlationId(1).sessionId(0).sequence(0);
        encoder.compareCount(compares).successCount(successes).failureCount(failures);
        encoder.flags().clear();
        return encoder.limit();
    }

    public static int compare(MutableDirectBuffer buffer, int offset, String key) {
        CompareEncoder encoder = new CompareEncoder().wrapAndApplyHeader(buffer, offset, HEADER);
        encoder.number(0).result(CompareResult.EQUAL).target(CompareTarget.MOD);
        byte[] keyBytes = key.getBytes(UTF_8);
        encoder.putKey(keyBytes, 0, keyBytes.length);
        encoder.putRangeEnd(new byte[0], 0, 0).putValue(new byte[0], 0, 0);
        return encoder.limit();
    }

    public static int txnReply(MutableDirectBuffer buffer, int offset, long correlationId, int replies) {
        TxnReplyEncoder encoder = new TxnReplyEncoder().wrapAndApplyHeader(buffer, offset, HEADER);
        encoder.correlationId(correlationId).revision(7).raftTerm(2).replyCount(replies);
        encoder.flags().clear().succeeded(true);
        return encoder.limit();
    }

    public static int keyValue(MutableDirectBuffer buffer, int offset, byte[] key, byte[] value) {
        KeyValueEncoder encoder = new KeyValueEncoder().wrapAndApplyHeader(buffer, offset, HEADER);
        encoder.createRevision(2).modRevision(3).version(1).lease(0);
        encoder.putKey(key, 0, key.length).putValue(value, 0, value.length);
        return encoder.limit();
    }
}
