package io.stele.gateway.node;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AlarmRequestEncoder;
import io.stele.transport.codec.AuthChangeRequestEncoder;
import io.stele.transport.codec.AuthQuestion;
import io.stele.transport.codec.AuthReadRequestEncoder;
import io.stele.transport.codec.CompactRequestEncoder;
import io.stele.transport.codec.CompareEncoder;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.DeleteRangeRequestEncoder;
import io.stele.transport.codec.DowngradeRequestEncoder;
import io.stele.transport.codec.HashKvRequestEncoder;
import io.stele.transport.codec.LeaseGrantRequestEncoder;
import io.stele.transport.codec.LeaseKeepAliveRequestEncoder;
import io.stele.transport.codec.LeaseLeasesRequestEncoder;
import io.stele.transport.codec.LeaseRevokeRequestEncoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestEncoder;
import io.stele.transport.codec.MemberChangeRequestEncoder;
import io.stele.transport.codec.MemberListRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.MetricsRequestEncoder;
import io.stele.transport.codec.MoveLeaderRequestEncoder;
import io.stele.transport.codec.NoOperationEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.SnapshotRequestEncoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import io.stele.transport.codec.StatusRequestEncoder;
import io.stele.transport.codec.TxnRequestEncoder;
import io.stele.transport.codec.WatchCancelRequestEncoder;
import io.stele.transport.codec.WatchCreateRequestEncoder;
import io.stele.transport.codec.WatchProgressRequestEncoder;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** Writes etcd's requests as the node's. What is written last is in {@link #buffer}; one for each thread. */
public final class RequestWriter {
    /** What a MemberChangeRequest may do. */
    public enum MemberChange {
        ADD(1),
        ADD_LEARNER(2),
        PROMOTE(3),
        REMOVE(4),
        UPDATE(5);

        private final int number;

        MemberChange(int number) {
            this.number = number;
        }
    }

    private static final int LENGTH_LENGTH = PutRequestEncoder.keyHeaderLength();
    private static final SortOrder[] ORDERS = {SortOrder.NONE, SortOrder.ASCEND, SortOrder.DESCEND};
    private static final SortTarget[] TARGETS = {
        SortTarget.KEY, SortTarget.VERSION, SortTarget.CREATE, SortTarget.MOD, SortTarget.VALUE
    };
    private static final CompareResult[] RESULTS = {
        CompareResult.EQUAL, CompareResult.GREATER, CompareResult.LESS, CompareResult.NOT_EQUAL
    };
    private static final CompareTarget[] COMPARE_TARGETS = {
        CompareTarget.VERSION, CompareTarget.CREATE, CompareTarget.MOD, CompareTarget.VALUE, CompareTarget.LEASE
    };

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PutRequestEncoder put = new PutRequestEncoder();
    private final RangeRequestEncoder range = new RangeRequestEncoder();
    private final DeleteRangeRequestEncoder delete = new DeleteRangeRequestEncoder();
    private final TxnRequestEncoder txn = new TxnRequestEncoder();
    private final CompareEncoder compare = new CompareEncoder();
    private int limit;

    public MutableDirectBuffer buffer() {
        return buffer;
    }

    public int length() {
        return limit;
    }

    public RequestWriter put(PutRequest request) {
        limit = 0;
        writePut(request);
        return this;
    }

    public RequestWriter range(RangeRequest request) {
        limit = 0;
        writeRange(request);
        return this;
    }

    public RequestWriter deleteRange(DeleteRangeRequest request) {
        limit = 0;
        writeDelete(request);
        return this;
    }

    /** Null when it is nested deeper than the node allows. */
    public RequestWriter txn(TxnRequest request) {
        limit = 0;
        return writeTxn(request, 1) ? this : null;
    }

    public RequestWriter compact(CompactionRequest request) {
        CompactRequestEncoder encoder = new CompactRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).revision(request.getRevision());
        encoder.flags().clear().physical(request.getPhysical());
        limit = encoder.limit();
        return this;
    }

    public RequestWriter status() {
        StatusRequestEncoder encoder = new StatusRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter metrics() {
        MetricsRequestEncoder encoder = new MetricsRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        limit = encoder.limit();
        return this;
    }

    /** A change of users and roles. */
    public RequestWriter auth(AuthChangeRequest request) {
        AuthChangeRequestEncoder encoder = new AuthChangeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0);
        encoder.change(request.change()).permission(request.permission());
        encoder.flags().clear().noPassword(request.noPassword());
        limit = encoder.limit();
        writeBytes(ByteString.copyFromUtf8(request.name()));
        writeBytes(ByteString.copyFromUtf8(request.role()));
        writeBytes(ByteString.copyFromUtf8(request.passwordHash()));
        writeBytes(request.key());
        writeBytes(request.rangeEnd());
        return this;
    }

    /** A question about users and roles. */
    public RequestWriter auth(AuthQuestion question, String name) {
        AuthReadRequestEncoder encoder = new AuthReadRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).question(question);
        limit = encoder.limit();
        writeBytes(ByteString.copyFromUtf8(name));
        return this;
    }

    public RequestWriter snapshot() {
        SnapshotRequestEncoder encoder = new SnapshotRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        limit = encoder.limit();
        return this;
    }

    /** As etcd's numbers have it: 0 asks, 1 raises, 2 lifts. */
    public RequestWriter alarm(int action, long memberId, int alarm) {
        AlarmRequestEncoder encoder = new AlarmRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).memberId(memberId);
        encoder.action((short) action).alarm((short) alarm).cause((short) 0);
        limit = encoder.limit();
        return this;
    }

    /** As etcd's numbers have it: 0 asks whether it may be, 1 announces it, 2 takes it back. */
    public RequestWriter downgrade(int action, String targetVersion) {
        DowngradeRequestEncoder encoder = new DowngradeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).action((short) action);
        encoder.targetVersion(targetVersion);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter hashKv(long revision) {
        HashKvRequestEncoder encoder = new HashKvRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).atRevision(revision);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter leaseGrant(long leaseId, long ttl) {
        LeaseGrantRequestEncoder encoder = new LeaseGrantRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).leaseId(leaseId).ttl(ttl);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter leaseRevoke(long leaseId) {
        LeaseRevokeRequestEncoder encoder = new LeaseRevokeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).leaseId(leaseId);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter leaseTimeToLive(long leaseId, boolean keys) {
        LeaseTimeToLiveRequestEncoder encoder =
                new LeaseTimeToLiveRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).leaseId(leaseId);
        encoder.flags().clear().keys(keys);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter leaseKeepAlive(long leaseId) {
        LeaseKeepAliveRequestEncoder encoder = new LeaseKeepAliveRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).leaseId(leaseId);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter leases() {
        LeaseLeasesRequestEncoder encoder = new LeaseLeasesRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter watchCreate(WatchCreateRequest request, boolean requireLeader) {
        WatchCreateRequestEncoder encoder = new WatchCreateRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).watchId(request.getWatchId()).startRevision(request.getStartRevision());
        encoder.flags()
                .clear()
                .previous(request.getPrevKv())
                .progressNotify(request.getProgressNotify())
                .noPut(request.getFiltersList().contains(WatchCreateRequest.FilterType.NOPUT))
                .noDelete(request.getFiltersList().contains(WatchCreateRequest.FilterType.NODELETE))
                .requireLeader(requireLeader);
        limit = encoder.limit();
        writeBytes(request.getKey());
        writeBytes(request.getRangeEnd());
        return this;
    }

    public RequestWriter watchCancel(long watchId) {
        WatchCancelRequestEncoder encoder = new WatchCancelRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).watchId(watchId);
        limit = encoder.limit();
        return this;
    }

    /** Of all watches of the connection. */
    public RequestWriter watchProgress() {
        WatchProgressRequestEncoder encoder = new WatchProgressRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).putWatchIds(new byte[0], 0, 0);
        limit = encoder.limit();
        return this;
    }

    public RequestWriter memberList(boolean linearizable) {
        MemberListRequestEncoder encoder = new MemberListRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).linearizable((short) (linearizable ? 1 : 0));
        limit = encoder.limit();
        return this;
    }

    public RequestWriter memberChange(MemberChange change, long memberId, List<String> peerUrls) {
        MemberChangeRequestEncoder encoder = new MemberChangeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).memberId(memberId).operation((short) change.number);
        encoder.name("").peerUrls(String.join(",", peerUrls)).clientUrls("");
        limit = encoder.limit();
        return this;
    }

    public RequestWriter moveLeader(long targetId) {
        MoveLeaderRequestEncoder encoder = new MoveLeaderRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).targetId(targetId);
        limit = encoder.limit();
        return this;
    }

    private void writePut(PutRequest request) {
        put.wrapAndApplyHeader(buffer, limit, header);
        put.correlationId(0).sessionId(0).sequence(0).lease(request.getLease());
        put.flags()
                .clear()
                .previous(request.getPrevKv())
                .ignoreValue(request.getIgnoreValue())
                .ignoreLease(request.getIgnoreLease());
        limit = put.limit();
        writeBytes(request.getKey());
        writeBytes(request.getValue());
    }

    private void writeRange(RangeRequest request) {
        range.wrapAndApplyHeader(buffer, limit, header);
        range.correlationId(0)
                .revision(request.getRevision())
                .pairLimit(request.getLimit())
                .minModRevision(request.getMinModRevision())
                .maxModRevision(request.getMaxModRevision())
                .minCreateRevision(request.getMinCreateRevision())
                .maxCreateRevision(request.getMaxCreateRevision())
                .sortOrder(pick(ORDERS, request.getSortOrderValue(), SortOrder.NULL_VAL))
                .sortTarget(pick(TARGETS, request.getSortTargetValue(), SortTarget.NULL_VAL));
        range.flags()
                .clear()
                .keysOnly(request.getKeysOnly())
                .countOnly(request.getCountOnly())
                .serializable(request.getSerializable());
        limit = range.limit();
        writeBytes(request.getKey());
        writeBytes(request.getRangeEnd());
    }

    private void writeDelete(DeleteRangeRequest request) {
        delete.wrapAndApplyHeader(buffer, limit, header);
        delete.correlationId(0).sessionId(0).sequence(0);
        delete.flags().clear().previous(request.getPrevKv());
        limit = delete.limit();
        writeBytes(request.getKey());
        writeBytes(request.getRangeEnd());
    }

    private boolean writeTxn(TxnRequest request, int depth) {
        if (depth > RequestFrame.TXN_DEPTH_MAX) {
            return false;
        }
        txn.wrapAndApplyHeader(buffer, limit, header);
        txn.correlationId(0).sessionId(0).sequence(0);
        txn.compareCount(request.getCompareCount())
                .successCount(request.getSuccessCount())
                .failureCount(request.getFailureCount());
        txn.flags().clear();
        limit = txn.limit();
        for (int i = 0; i < request.getCompareCount(); i++) {
            writeCompare(request.getCompare(i));
        }
        boolean written = true;
        for (int i = 0; written && i < request.getSuccessCount(); i++) {
            written = writeOperation(request.getSuccess(i), depth);
        }
        for (int i = 0; written && i < request.getFailureCount(); i++) {
            written = writeOperation(request.getFailure(i), depth);
        }
        return written;
    }

    private boolean writeOperation(RequestOp operation, int depth) {
        switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> writeRange(operation.getRequestRange());
            case REQUEST_PUT -> writePut(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> writeDelete(operation.getRequestDeleteRange());
            case REQUEST_TXN -> {
                return writeTxn(operation.getRequestTxn(), depth + 1);
            }
            case REQUEST_NOT_SET -> {
                NoOperationEncoder none = new NoOperationEncoder().wrapAndApplyHeader(buffer, limit, header);
                none.correlationId(0);
                limit = none.limit();
            }
        }
        return true;
    }

    private void writeCompare(Compare condition) {
        compare.wrapAndApplyHeader(buffer, limit, header);
        compare.number(number(condition))
                .result(pick(RESULTS, condition.getResultValue(), CompareResult.NULL_VAL))
                .target(pick(COMPARE_TARGETS, condition.getTargetValue(), CompareTarget.NULL_VAL));
        limit = compare.limit();
        writeBytes(condition.getKey());
        writeBytes(condition.getRangeEnd());
        writeBytes(condition.getValue());
    }

    /** What stands for another field than the target compares as 0. */
    private static long number(Compare condition) {
        return switch (condition.getTarget()) {
            case VERSION -> condition.getVersion();
            case CREATE -> condition.getCreateRevision();
            case MOD -> condition.getModRevision();
            case LEASE -> condition.getLease();
            case VALUE, UNRECOGNIZED -> 0;
        };
    }

    private static <T> T pick(T[] values, int number, T unknown) {
        return number >= 0 && number < values.length ? values[number] : unknown;
    }

    private void writeBytes(ByteString bytes) {
        int length = bytes.size();
        buffer.checkLimit(limit + LENGTH_LENGTH + length);
        buffer.putInt(limit, length, LITTLE_ENDIAN);
        bytes.copyTo(buffer.byteArray(), limit + LENGTH_LENGTH);
        limit += LENGTH_LENGTH + length;
    }
}
