package io.stele.simulator.workload;

import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.WatchCancelRequestEncoder;
import io.stele.transport.codec.WatchCreateRequestEncoder;
import io.stele.transport.codec.WatchProgressRequestEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;

/** Writes what somebody who watches asks for. */
public final class WatchRequestWriter {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final WatchCreateRequestEncoder create = new WatchCreateRequestEncoder();
    private final WatchCancelRequestEncoder cancel = new WatchCancelRequestEncoder();
    private final WatchProgressRequestEncoder progress = new WatchProgressRequestEncoder();

    /** A watch, from another revision perhaps than the first time it was asked for. */
    public byte[] create(long correlationId, WatchSpec spec, long wantedId, long startRevision) {
        create.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .watchId(wantedId)
                .startRevision(startRevision);
        create.flags()
                .clear()
                .previous(spec.previous())
                .progressNotify(spec.progressNotify())
                .noPut(spec.noPut())
                .noDelete(spec.noDelete())
                .requireLeader(spec.requireLeader());
        create.putKey(spec.key(), 0, spec.key().length).putRangeEnd(spec.end(), 0, spec.end().length);
        return take(create.limit());
    }

    public byte[] cancel(long correlationId, long watchId) {
        cancel.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .watchId(watchId);
        return take(cancel.limit());
    }

    /** How far these watches are; all of the connection if none is named. */
    public byte[] progress(long correlationId, List<Long> watchIds) {
        byte[] ids = new byte[watchIds.size() * Long.BYTES];
        ByteBuffer view = ByteBuffer.wrap(ids).order(ByteOrder.LITTLE_ENDIAN);
        watchIds.forEach(view::putLong);
        progress.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
        progress.putWatchIds(ids, 0, ids.length);
        return take(progress.limit());
    }

    private byte[] take(int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }
}
