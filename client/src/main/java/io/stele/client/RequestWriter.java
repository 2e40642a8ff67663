package io.stele.client;

import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AlarmRequestEncoder;
import io.stele.transport.codec.AuthChangeRequestEncoder;
import io.stele.transport.codec.AuthQuestion;
import io.stele.transport.codec.AuthReadRequestEncoder;
import io.stele.transport.codec.CloseSessionRequestEncoder;
import io.stele.transport.codec.CompactRequestEncoder;
import io.stele.transport.codec.CompareEncoder;
import io.stele.transport.codec.DefragmentRequestEncoder;
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
import io.stele.transport.codec.MoveLeaderRequestEncoder;
import io.stele.transport.codec.OpenSessionRequestEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.SnapshotRequestEncoder;
import io.stele.transport.codec.StatusRequestEncoder;
import io.stele.transport.codec.TxnRequestEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;

/** Encodes requests, with correlation id 0: the connection puts in the real one. One per thread. */
final class RequestWriter {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PutRequestEncoder put = new PutRequestEncoder();
    private final RangeRequestEncoder range = new RangeRequestEncoder();
    private final DeleteRangeRequestEncoder delete = new DeleteRangeRequestEncoder();
    private final TxnRequestEncoder txn = new TxnRequestEncoder();
    private final CompareEncoder compare = new CompareEncoder();
    private int limit;

    byte[] request(Op op) {
        limit = 0;
        op(op, 1);
        return encoded();
    }

    byte[] compact(long revision, boolean physical) {
        CompactRequestEncoder encoder = new CompactRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).revision(revision);
        encoder.flags().clear().physical(physical);
        return encoded(encoder.limit());
    }

    byte[] openSession(long nonce) {
        OpenSessionRequestEncoder encoder = new OpenSessionRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).nonce(nonce);
        return encoded(encoder.limit());
    }

    byte[] closeSession(long sessionId) {
        CloseSessionRequestEncoder encoder = new CloseSessionRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).closedSessionId(sessionId);
        return encoded(encoder.limit());
    }

    byte[] status() {
        StatusRequestEncoder encoder = new StatusRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        return encoded(encoder.limit());
    }

    byte[] memberList(boolean linearizable) {
        MemberListRequestEncoder encoder = new MemberListRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).linearizable((short) (linearizable ? 1 : 0));
        return encoded(encoder.limit());
    }

    byte[] memberChange(int operation, long memberId, String peerUrls) {
        MemberChangeRequestEncoder encoder = new MemberChangeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).memberId(memberId).operation((short) operation);
        encoder.name("").peerUrls(peerUrls).clientUrls("");
        return encoded(encoder.limit());
    }

    byte[] moveLeader(long targetId) {
        MoveLeaderRequestEncoder encoder = new MoveLeaderRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).targetId(targetId);
        return encoded(encoder.limit());
    }

    byte[] authChange(AuthClient.Change change, byte[] key, byte[] rangeEnd) {
        AuthChangeRequestEncoder encoder = new AuthChangeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0);
        encoder.change(change.change()).permission(change.permission());
        encoder.flags().clear().noPassword(change.noPassword());
        byte[] name = change.name().getBytes(StandardCharsets.UTF_8);
        byte[] role = change.role().getBytes(StandardCharsets.UTF_8);
        byte[] hash = change.passwordHash().getBytes(StandardCharsets.UTF_8);
        encoder.putName(name, 0, name.length).putRole(role, 0, role.length);
        encoder.putPasswordHash(hash, 0, hash.length);
        encoder.putKey(key, 0, key.length).putRangeEnd(rangeEnd, 0, rangeEnd.length);
        return encoded(encoder.limit());
    }

    byte[] authRead(AuthQuestion question, String name) {
        AuthReadRequestEncoder encoder = new AuthReadRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).question(question);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        encoder.putName(bytes, 0, bytes.length);
        return encoded(encoder.limit());
    }

    byte[] alarm(int action, long memberId, int alarm) {
        AlarmRequestEncoder encoder = new AlarmRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).memberId(memberId);
        encoder.action((short) action).alarm((short) alarm).cause((short) 0);
        return encoded(encoder.limit());
    }

    byte[] downgrade(int action, String targetVersion) {
        DowngradeRequestEncoder encoder = new DowngradeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).action((short) action);
        encoder.targetVersion(targetVersion);
        return encoded(encoder.limit());
    }

    byte[] defragment() {
        DefragmentRequestEncoder encoder = new DefragmentRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        return encoded(encoder.limit());
    }

    byte[] hashKv(long revision) {
        HashKvRequestEncoder encoder = new HashKvRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).atRevision(revision);
        return encoded(encoder.limit());
    }

    byte[] snapshot() {
        SnapshotRequestEncoder encoder = new SnapshotRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        return encoded(encoder.limit());
    }

    byte[] leaseGrant(long leaseId, long ttl) {
        LeaseGrantRequestEncoder encoder = new LeaseGrantRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).leaseId(leaseId).ttl(ttl);
        return encoded(encoder.limit());
    }

    byte[] leaseRevoke(long leaseId) {
        LeaseRevokeRequestEncoder encoder = new LeaseRevokeRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).sessionId(0).sequence(0).leaseId(leaseId);
        return encoded(encoder.limit());
    }

    byte[] leaseTimeToLive(long leaseId, boolean keys) {
        LeaseTimeToLiveRequestEncoder encoder =
                new LeaseTimeToLiveRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).leaseId(leaseId);
        encoder.flags().clear().keys(keys);
        return encoded(encoder.limit());
    }

    byte[] leaseKeepAlive(long leaseId) {
        LeaseKeepAliveRequestEncoder encoder = new LeaseKeepAliveRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0).leaseId(leaseId);
        return encoded(encoder.limit());
    }

    byte[] leases() {
        LeaseLeasesRequestEncoder encoder = new LeaseLeasesRequestEncoder().wrapAndApplyHeader(buffer, 0, header);
        encoder.correlationId(0);
        return encoded(encoder.limit());
    }

    private byte[] encoded(int length) {
        limit = length;
        return encoded();
    }

    private byte[] encoded() {
        byte[] bytes = new byte[limit];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private void op(Op op, int depth) {
        if (op instanceof Op.Put value) {
            put(value);
        } else if (op instanceof Op.Get value) {
            get(value);
        } else if (op instanceof Op.Delete value) {
            delete(value);
        } else if (op instanceof Op.Txn value) {
            txn(value, depth);
        }
    }

    private void put(Op.Put op) {
        put.wrapAndApplyHeader(buffer, limit, header);
        put.correlationId(0).sessionId(0).sequence(0).lease(op.options().lease());
        put.flags()
                .clear()
                .previous(op.options().previous())
                .ignoreValue(op.options().ignoreValue())
                .ignoreLease(op.options().ignoreLease());
        byte[] key = op.key().array();
        byte[] value = op.value().array();
        put.putKey(key, 0, key.length).putValue(value, 0, value.length);
        limit = put.limit();
    }

    private void get(Op.Get op) {
        GetOptions options = op.options();
        range.wrapAndApplyHeader(buffer, limit, header);
        range.correlationId(0)
                .revision(options.revision())
                .pairLimit(options.limit())
                .minModRevision(options.minModRevision())
                .maxModRevision(options.maxModRevision())
                .minCreateRevision(options.minCreateRevision())
                .maxCreateRevision(options.maxCreateRevision())
                .sortOrder(options.sortOrder())
                .sortTarget(options.sortTarget());
        range.flags()
                .clear()
                .keysOnly(options.keysOnly())
                .countOnly(options.countOnly())
                .serializable(options.serializable());
        byte[] key = options.start(op.key()).array();
        byte[] end = options.end(op.key()).array();
        range.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
        limit = range.limit();
    }

    private void delete(Op.Delete op) {
        delete.wrapAndApplyHeader(buffer, limit, header);
        delete.correlationId(0).sessionId(0).sequence(0);
        delete.flags().clear().previous(op.options().previous());
        byte[] key = op.options().start(op.key()).array();
        byte[] end = op.options().end(op.key()).array();
        delete.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
        limit = delete.limit();
    }

    private void txn(Op.Txn op, int depth) {
        if (depth > RequestFrame.TXN_DEPTH_MAX) {
            throw new IllegalArgumentException("transactions nested deeper than " + RequestFrame.TXN_DEPTH_MAX);
        }
        txn.wrapAndApplyHeader(buffer, limit, header);
        txn.correlationId(0).sessionId(0).sequence(0);
        txn.compareCount(op.compares().size())
                .successCount(op.success().size())
                .failureCount(op.failure().size());
        txn.flags().clear();
        limit = txn.limit();
        for (Compare condition : op.compares()) {
            compare(condition);
        }
        ops(op.success(), depth);
        ops(op.failure(), depth);
    }

    private void ops(List<Op> ops, int depth) {
        for (Op op : ops) {
            op(op, depth + 1);
        }
    }

    private void compare(Compare condition) {
        compare.wrapAndApplyHeader(buffer, limit, header);
        compare.number(condition.number()).result(condition.result()).target(condition.target());
        byte[] key = condition.key().array();
        byte[] end = condition.end().array();
        byte[] value = condition.value().array();
        compare.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length).putValue(value, 0, value.length);
        limit = compare.limit();
    }
}
