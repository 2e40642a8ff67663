package io.stele.client;

import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.codec.AuthReadRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.StatusRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * Requests without futures: encoded into off-heap memory, answered by a callback that reads the reply in place. Nothing
 * is allocated per request and nothing is tried again. All methods return a {@link SendResult}: {@code QUEUED}, or
 * {@code BACK_PRESSURED} when too many are in flight, or {@code NOT_CONNECTED}; the callback is called if and only if
 * it was {@code QUEUED}, exactly once but for replies in parts.
 *
 * <p>A thread's requests go over one connection in their order as long as that lives.
 */
public final class RawClient {
    private final Lane[] lanes;

    RawClient(Lane[] lanes) {
        this.lanes = lanes;
    }

    /** A put without options; up to 64 KiB, longer ones by {@link #send}. */
    public int put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            ReplyHandler handler,
            long token) {
        int result = SendResult.NOT_CONNECTED;
        int first = firstLane();
        for (int i = 0; i < lanes.length && result != SendResult.QUEUED; i++) {
            Session session = lanes[(first + i) % lanes.length].session();
            if (session != null) {
                result = session.put(key, keyOffset, keyLength, value, valueOffset, valueLength, handler, token);
            }
        }
        return result == SendResult.CLOSED ? SendResult.NOT_CONNECTED : result;
    }

    /** Any request frame, encoded with the generated codecs; its correlation id is replaced on the way. */
    public int send(DirectBuffer request, int offset, int length, ReplyHandler handler, long token) {
        boolean isWrite = isWrite(RequestFrame.templateId(request, offset));
        int result = SendResult.NOT_CONNECTED;
        int first = firstLane();
        for (int i = 0; i < lanes.length && result != SendResult.QUEUED; i++) {
            Session session = lanes[(first + i) % lanes.length].session();
            if (session != null) {
                result = session.send(request, offset, length, isWrite, handler, token);
            }
        }
        return result == SendResult.CLOSED ? SendResult.NOT_CONNECTED : result;
    }

    private int firstLane() {
        return lanes.length == 1 ? 0 : Math.floorMod(Thread.currentThread().getId(), lanes.length);
    }

    private static boolean isWrite(int templateId) {
        return switch (templateId) {
            case RangeRequestDecoder.TEMPLATE_ID,
                    StatusRequestDecoder.TEMPLATE_ID,
                    LeaseTimeToLiveRequestDecoder.TEMPLATE_ID,
                    LeaseKeepAliveRequestDecoder.TEMPLATE_ID,
                    LeaseLeasesRequestDecoder.TEMPLATE_ID,
                    AuthReadRequestDecoder.TEMPLATE_ID -> false;
            default -> true;
        };
    }
}
