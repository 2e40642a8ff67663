package io.stele.transport;

import io.stele.transport.codec.AlarmItemDecoder;
import io.stele.transport.codec.AlarmReplyDecoder;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.AuthNameDecoder;
import io.stele.transport.codec.AuthPermissionDecoder;
import io.stele.transport.codec.AuthReadRequestDecoder;
import io.stele.transport.codec.AuthReplyDecoder;
import io.stele.transport.codec.CancelRequestDecoder;
import io.stele.transport.codec.ClientHelloDecoder;
import io.stele.transport.codec.CloseSessionReplyDecoder;
import io.stele.transport.codec.CloseSessionRequestDecoder;
import io.stele.transport.codec.CompactReplyDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.CompareDecoder;
import io.stele.transport.codec.ContinuationDecoder;
import io.stele.transport.codec.DefragmentReplyDecoder;
import io.stele.transport.codec.DefragmentRequestDecoder;
import io.stele.transport.codec.DeleteRangeReplyDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.DowngradeReplyDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.GoodbyeDecoder;
import io.stele.transport.codec.HashKvReplyDecoder;
import io.stele.transport.codec.HashKvRequestDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.LeaseCheckpointRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantReplyDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseItemDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseLeasesReplyDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseRevokeReplyDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.MemberChangeRequestDecoder;
import io.stele.transport.codec.MemberItemDecoder;
import io.stele.transport.codec.MemberListReplyDecoder;
import io.stele.transport.codec.MemberListRequestDecoder;
import io.stele.transport.codec.MetricsReplyDecoder;
import io.stele.transport.codec.MetricsRequestDecoder;
import io.stele.transport.codec.MoveLeaderReplyDecoder;
import io.stele.transport.codec.MoveLeaderRequestDecoder;
import io.stele.transport.codec.NoOperationDecoder;
import io.stele.transport.codec.OpenSessionReplyDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PingReplyDecoder;
import io.stele.transport.codec.PingRequestDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.ServerHelloDecoder;
import io.stele.transport.codec.SnapshotReplyDecoder;
import io.stele.transport.codec.SnapshotRequestDecoder;
import io.stele.transport.codec.StatusReplyDecoder;
import io.stele.transport.codec.StatusRequestDecoder;
import io.stele.transport.codec.TimingsDecoder;
import io.stele.transport.codec.TxnReplyDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import io.stele.transport.codec.WatchCancelRequestDecoder;
import io.stele.transport.codec.WatchCanceledReplyDecoder;
import io.stele.transport.codec.WatchCreateRequestDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressReplyDecoder;
import io.stele.transport.codec.WatchProgressRequestDecoder;
import java.util.Arrays;

/**
 * What is needed to measure a message without decoding it: the shortest block that its first version had and how many
 * variable parts follow the block. A message that is not in the table is unknown.
 */
final class MessageTable {
    /** What a message is there for, and so where in a sequence it may stand. */
    enum Kind {
        UNKNOWN,
        HANDSHAKE,
        /** A request that may not be an operation of a transaction. */
        REQUEST,
        /** A request that may be an operation of a transaction. */
        OPERATION,
        /** What a leader proposes by itself; no client may send it. */
        INTERNAL,
        COMPARE,
        REPLY,
        REPLY_PART
    }

    static final int TEMPLATE_ID_MAX = 255;

    private static final int[] BLOCK_LENGTHS = new int[TEMPLATE_ID_MAX + 1];
    private static final byte[] VARIABLE_COUNTS = new byte[TEMPLATE_ID_MAX + 1];
    private static final Kind[] KINDS = new Kind[TEMPLATE_ID_MAX + 1];

    static {
        Arrays.fill(KINDS, Kind.UNKNOWN);
        row(ClientHelloDecoder.TEMPLATE_ID, ClientHelloDecoder.BLOCK_LENGTH, 2, Kind.HANDSHAKE);
        row(ServerHelloDecoder.TEMPLATE_ID, ServerHelloDecoder.BLOCK_LENGTH, 2, Kind.HANDSHAKE);
        row(GoodbyeDecoder.TEMPLATE_ID, GoodbyeDecoder.BLOCK_LENGTH, 1, Kind.HANDSHAKE);
        row(PingRequestDecoder.TEMPLATE_ID, PingRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(PutRequestDecoder.TEMPLATE_ID, PutRequestDecoder.BLOCK_LENGTH, 2, Kind.OPERATION);
        row(RangeRequestDecoder.TEMPLATE_ID, RangeRequestDecoder.BLOCK_LENGTH, 2, Kind.OPERATION);
        row(DeleteRangeRequestDecoder.TEMPLATE_ID, DeleteRangeRequestDecoder.BLOCK_LENGTH, 2, Kind.OPERATION);
        row(TxnRequestDecoder.TEMPLATE_ID, TxnRequestDecoder.BLOCK_LENGTH, 0, Kind.OPERATION);
        row(NoOperationDecoder.TEMPLATE_ID, NoOperationDecoder.BLOCK_LENGTH, 0, Kind.OPERATION);
        row(CompareDecoder.TEMPLATE_ID, CompareDecoder.BLOCK_LENGTH, 3, Kind.COMPARE);
        row(CompactRequestDecoder.TEMPLATE_ID, CompactRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(OpenSessionRequestDecoder.TEMPLATE_ID, OpenSessionRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(CloseSessionRequestDecoder.TEMPLATE_ID, CloseSessionRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(OpenSessionReplyDecoder.TEMPLATE_ID, OpenSessionReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(CloseSessionReplyDecoder.TEMPLATE_ID, CloseSessionReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(StatusRequestDecoder.TEMPLATE_ID, StatusRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(MetricsRequestDecoder.TEMPLATE_ID, MetricsRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(CancelRequestDecoder.TEMPLATE_ID, CancelRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(LeaseGrantRequestDecoder.TEMPLATE_ID, LeaseGrantRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(LeaseRevokeRequestDecoder.TEMPLATE_ID, LeaseRevokeRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(LeaseTimeToLiveRequestDecoder.TEMPLATE_ID, LeaseTimeToLiveRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(LeaseLeasesRequestDecoder.TEMPLATE_ID, LeaseLeasesRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(LeaseKeepAliveRequestDecoder.TEMPLATE_ID, LeaseKeepAliveRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(LeaseExpireRequestDecoder.TEMPLATE_ID, LeaseExpireRequestDecoder.BLOCK_LENGTH, 0, Kind.INTERNAL);
        row(LeaseCheckpointRequestDecoder.TEMPLATE_ID, LeaseCheckpointRequestDecoder.BLOCK_LENGTH, 1, Kind.INTERNAL);
        row(KeyValueDecoder.TEMPLATE_ID, KeyValueDecoder.BLOCK_LENGTH, 2, Kind.REPLY_PART);
        row(LeaseItemDecoder.TEMPLATE_ID, LeaseItemDecoder.BLOCK_LENGTH, 0, Kind.REPLY_PART);
        row(TimingsDecoder.TEMPLATE_ID, TimingsDecoder.BLOCK_LENGTH, 0, Kind.REPLY_PART);
        row(PingReplyDecoder.TEMPLATE_ID, PingReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(PutReplyDecoder.TEMPLATE_ID, PutReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(RangeReplyDecoder.TEMPLATE_ID, RangeReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(DeleteRangeReplyDecoder.TEMPLATE_ID, DeleteRangeReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(TxnReplyDecoder.TEMPLATE_ID, TxnReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(CompactReplyDecoder.TEMPLATE_ID, CompactReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(MetricsReplyDecoder.TEMPLATE_ID, MetricsReplyDecoder.BLOCK_LENGTH, 1, Kind.REPLY);
        row(StatusReplyDecoder.TEMPLATE_ID, StatusReplyDecoder.BLOCK_LENGTH, 3, Kind.REPLY);
        row(LeaseGrantReplyDecoder.TEMPLATE_ID, LeaseGrantReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(LeaseRevokeReplyDecoder.TEMPLATE_ID, LeaseRevokeReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(LeaseTimeToLiveReplyDecoder.TEMPLATE_ID, LeaseTimeToLiveReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(LeaseLeasesReplyDecoder.TEMPLATE_ID, LeaseLeasesReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(LeaseKeepAliveReplyDecoder.TEMPLATE_ID, LeaseKeepAliveReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(MemberListRequestDecoder.TEMPLATE_ID, MemberListRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(MemberChangeRequestDecoder.TEMPLATE_ID, MemberChangeRequestDecoder.BLOCK_LENGTH, 3, Kind.REQUEST);
        row(MoveLeaderRequestDecoder.TEMPLATE_ID, MoveLeaderRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(MemberItemDecoder.TEMPLATE_ID, MemberItemDecoder.BLOCK_LENGTH, 3, Kind.REPLY_PART);
        row(MemberListReplyDecoder.TEMPLATE_ID, MemberListReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(MoveLeaderReplyDecoder.TEMPLATE_ID, MoveLeaderReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(AlarmRequestDecoder.TEMPLATE_ID, AlarmRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(SnapshotRequestDecoder.TEMPLATE_ID, SnapshotRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(DefragmentRequestDecoder.TEMPLATE_ID, DefragmentRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(DowngradeRequestDecoder.TEMPLATE_ID, DowngradeRequestDecoder.BLOCK_LENGTH, 1, Kind.REQUEST);
        row(HashKvRequestDecoder.TEMPLATE_ID, HashKvRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(AlarmItemDecoder.TEMPLATE_ID, AlarmItemDecoder.BLOCK_LENGTH, 0, Kind.REPLY_PART);
        row(AlarmReplyDecoder.TEMPLATE_ID, AlarmReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(SnapshotReplyDecoder.TEMPLATE_ID, SnapshotReplyDecoder.BLOCK_LENGTH, 1, Kind.REPLY);
        row(DefragmentReplyDecoder.TEMPLATE_ID, DefragmentReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(DowngradeReplyDecoder.TEMPLATE_ID, DowngradeReplyDecoder.BLOCK_LENGTH, 1, Kind.REPLY);
        row(HashKvReplyDecoder.TEMPLATE_ID, HashKvReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(WatchCreateRequestDecoder.TEMPLATE_ID, WatchCreateRequestDecoder.BLOCK_LENGTH, 2, Kind.REQUEST);
        row(WatchCancelRequestDecoder.TEMPLATE_ID, WatchCancelRequestDecoder.BLOCK_LENGTH, 0, Kind.REQUEST);
        row(WatchProgressRequestDecoder.TEMPLATE_ID, WatchProgressRequestDecoder.BLOCK_LENGTH, 1, Kind.REQUEST);
        row(WatchCreatedReplyDecoder.TEMPLATE_ID, WatchCreatedReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(WatchCanceledReplyDecoder.TEMPLATE_ID, WatchCanceledReplyDecoder.BLOCK_LENGTH, 1, Kind.REPLY);
        row(WatchProgressReplyDecoder.TEMPLATE_ID, WatchProgressReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(WatchEventsDecoder.TEMPLATE_ID, WatchEventsDecoder.BLOCK_LENGTH, 1, Kind.REPLY);
        row(WatchEventDecoder.TEMPLATE_ID, WatchEventDecoder.BLOCK_LENGTH, 2, Kind.REPLY_PART);
        row(AuthChangeRequestDecoder.TEMPLATE_ID, AuthChangeRequestDecoder.BLOCK_LENGTH, 5, Kind.REQUEST);
        row(AuthReadRequestDecoder.TEMPLATE_ID, AuthReadRequestDecoder.BLOCK_LENGTH, 1, Kind.REQUEST);
        row(AuthReplyDecoder.TEMPLATE_ID, AuthReplyDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(AuthNameDecoder.TEMPLATE_ID, AuthNameDecoder.BLOCK_LENGTH, 1, Kind.REPLY_PART);
        row(AuthPermissionDecoder.TEMPLATE_ID, AuthPermissionDecoder.BLOCK_LENGTH, 2, Kind.REPLY_PART);
        row(ContinuationDecoder.TEMPLATE_ID, ContinuationDecoder.BLOCK_LENGTH, 0, Kind.REPLY);
        row(ErrorReplyDecoder.TEMPLATE_ID, ErrorReplyDecoder.BLOCK_LENGTH, 1, Kind.REPLY);
    }

    private MessageTable() {}

    static Kind kind(int templateId) {
        return templateId <= TEMPLATE_ID_MAX ? KINDS[templateId] : Kind.UNKNOWN;
    }

    static int blockLengthMin(int templateId) {
        return BLOCK_LENGTHS[templateId];
    }

    static int variableCount(int templateId) {
        return VARIABLE_COUNTS[templateId];
    }

    private static void row(int templateId, int blockLengthMin, int variableCount, Kind kind) {
        BLOCK_LENGTHS[templateId] = blockLengthMin;
        VARIABLE_COUNTS[templateId] = (byte) variableCount;
        KINDS[templateId] = kind;
    }
}
