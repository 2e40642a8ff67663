package io.stele.server.watch;

import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.ErrorReplyEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.WatchCanceledReplyEncoder;
import io.stele.transport.codec.WatchCreatedReplyEncoder;
import io.stele.transport.codec.WatchProgressReplyEncoder;
import org.agrona.ExpandableDirectByteBuffer;

/** Everything that watching says beside the events. */
final class WatchReplies {
    /** Correlation id of what nobody asked for. */
    static final long PUSHED = 0;

    /** In place of a watch's id. */
    static final long NO_WATCH = -1;

    private final WatchOutput output;
    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(256);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final WatchCreatedReplyEncoder created = new WatchCreatedReplyEncoder();
    private final WatchCanceledReplyEncoder canceled = new WatchCanceledReplyEncoder();
    private final WatchProgressReplyEncoder progress = new WatchProgressReplyEncoder();
    private final ErrorReplyEncoder error = new ErrorReplyEncoder();

    WatchReplies(WatchOutput output) {
        this.output = output;
    }

    void created(long connectionId, long correlationId, long revision, long watchId) {
        created.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(output.raftTerm())
                .watchId(watchId)
                .flags()
                .clear();
        output.reply(connectionId, buffer, 0, created.limit());
    }

    void canceled(
            long connectionId, long correlationId, long revision, long watchId, long compactRevision, String reason) {
        canceled.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(output.raftTerm())
                .watchId(watchId)
                .compactRevision(compactRevision);
        canceled.flags().clear().partial(correlationId == PUSHED);
        canceled.reason(reason);
        output.reply(connectionId, buffer, 0, canceled.limit());
    }

    void progress(long connectionId, long correlationId, long revision, long watchId, boolean isSynced) {
        progress.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(output.raftTerm())
                .watchId(watchId)
                .synced((short) (isSynced ? 1 : 0))
                .flags()
                .clear()
                .partial(correlationId == PUSHED);
        output.reply(connectionId, buffer, 0, progress.limit());
    }

    void refused(long connectionId, long correlationId, long revision, String text) {
        error.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(output.raftTerm())
                .code(ErrorCode.RESOURCE_EXHAUSTED);
        error.flags().clear().notApplied(true);
        error.text(text);
        output.reply(connectionId, buffer, 0, error.limit());
    }
}
