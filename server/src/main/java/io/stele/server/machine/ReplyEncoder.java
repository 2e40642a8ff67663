package io.stele.server.machine;

import io.stele.transport.ApiError;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AlarmItemEncoder;
import io.stele.transport.codec.AlarmReplyEncoder;
import io.stele.transport.codec.AuthNameEncoder;
import io.stele.transport.codec.AuthPermissionEncoder;
import io.stele.transport.codec.AuthReplyEncoder;
import io.stele.transport.codec.CloseSessionReplyEncoder;
import io.stele.transport.codec.CompactReplyEncoder;
import io.stele.transport.codec.DeleteRangeReplyEncoder;
import io.stele.transport.codec.DowngradeReplyEncoder;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.ErrorReplyEncoder;
import io.stele.transport.codec.KeyValueEncoder;
import io.stele.transport.codec.LeaseGrantReplyEncoder;
import io.stele.transport.codec.LeaseItemEncoder;
import io.stele.transport.codec.LeaseKeepAliveReplyEncoder;
import io.stele.transport.codec.LeaseLeasesReplyEncoder;
import io.stele.transport.codec.LeaseRevokeReplyEncoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.OpenSessionReplyEncoder;
import io.stele.transport.codec.PermissionType;
import io.stele.transport.codec.PutReplyEncoder;
import io.stele.transport.codec.RangeReplyEncoder;
import io.stele.transport.codec.TimingsEncoder;
import io.stele.transport.codec.TxnReplyEncoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Builds the reply to one request: a sequence of messages in a buffer that grows and is used again. The owner resets
 * it, lets the state machine write, and sends {@link #buffer} up to {@link #length}; a length of 0 is nothing to send.
 */
public final class ReplyEncoder {
    private static final int FIRST_LENGTH = 64 * 1024;
    /** A buffer that grew beyond is given back when the next reply starts. */
    private static final int KEPT_LENGTH = 8 * 1024 * 1024;

    private static final byte[] TOO_LONG =
            "stele: the reply is too long; read the keys in ranges".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NO_BYTES = new byte[0];

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PutReplyEncoder putReply = new PutReplyEncoder();
    private final RangeReplyEncoder rangeReply = new RangeReplyEncoder();
    private final DeleteRangeReplyEncoder deleteReply = new DeleteRangeReplyEncoder();
    private final TxnReplyEncoder txnReply = new TxnReplyEncoder();
    private final CompactReplyEncoder compactReply = new CompactReplyEncoder();
    private final LeaseGrantReplyEncoder grantReply = new LeaseGrantReplyEncoder();
    private final LeaseRevokeReplyEncoder revokeReply = new LeaseRevokeReplyEncoder();
    private final LeaseTimeToLiveReplyEncoder timeToLiveReply = new LeaseTimeToLiveReplyEncoder();
    private final LeaseLeasesReplyEncoder leasesReply = new LeaseLeasesReplyEncoder();
    private final LeaseKeepAliveReplyEncoder keepAliveReply = new LeaseKeepAliveReplyEncoder();
    private final LeaseItemEncoder leaseItem = new LeaseItemEncoder();
    private final AuthReplyEncoder authReply = new AuthReplyEncoder();
    private final AuthNameEncoder authName = new AuthNameEncoder();
    private final AuthPermissionEncoder authPermission = new AuthPermissionEncoder();
    private final OpenSessionReplyEncoder openSessionReply = new OpenSessionReplyEncoder();
    private final CloseSessionReplyEncoder closeSessionReply = new CloseSessionReplyEncoder();
    private final TimingsEncoder timings = new TimingsEncoder();
    private final ErrorReplyEncoder errorReply = new ErrorReplyEncoder();
    private final KeyValueEncoder keyValue = new KeyValueEncoder();
    private final EnumMap<ApiError, byte[]> errorTexts = new EnumMap<>(ApiError.class);

    private MutableDirectBuffer buffer = new ExpandableDirectByteBuffer(FIRST_LENGTH);
    private int position;
    private int lengthMax = Integer.MAX_VALUE;
    private boolean overflowed;
    private long raftTerm;

    /** Starts a reply. */
    public void reset() {
        if (buffer.capacity() > KEPT_LENGTH) {
            buffer = new ExpandableDirectByteBuffer(FIRST_LENGTH);
        }
        position = 0;
        overflowed = false;
    }

    /** The term that replies carry from now on. */
    public void raftTerm(long term) {
        raftTerm = term;
    }

    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /** Bytes written since the last reset. */
    public int length() {
        return position;
    }

    /** Where the time went, in ns, as the last part of the reply; an error has none. */
    public void timings(long queuedNs, long durableNs, long appliedNs, long repliedNs) {
        if (RequestFrame.templateId(buffer, 0) != ErrorReplyEncoder.TEMPLATE_ID) {
            timings.wrapAndApplyHeader(buffer, position, header);
            timings.queuedNs(queuedNs).durableNs(durableNs).appliedNs(appliedNs).repliedNs(repliedNs);
            position = timings.limit();
        }
    }

    /** Replaces what was written by an error. */
    public void error(ApiError error, long correlationId, long revision) {
        byte[] text = errorTexts.get(error);
        if (text == null) {
            text = error.text().getBytes(StandardCharsets.UTF_8);
            errorTexts.put(error, text);
        }
        error(error.code(), text, correlationId, revision, !error.leavesOutcomeOpen());
    }

    /** Says that a write was carried out, once, and that its reply is not known any more. */
    void replyLost(long correlationId, long revision) {
        error(ApiError.REPLY_LOST, correlationId, revision);
        errorReply.flags().clear().applied(true);
    }

    /** A reply that was given before, to whoever asks now. */
    void replay(long correlationId, DirectBuffer frame, int offset, int length) {
        buffer.putBytes(0, frame, offset, length);
        address(buffer, correlationId, raftTerm);
        position = length;
    }

    /** Puts a correlation id and a term into a reply: all have them at the same place. */
    static void address(MutableDirectBuffer frame, long correlationId, long term) {
        int body = MessageHeaderEncoder.ENCODED_LENGTH;
        frame.putLong(body + PutReplyEncoder.correlationIdEncodingOffset(), correlationId, PutReplyEncoder.BYTE_ORDER);
        frame.putLong(body + PutReplyEncoder.raftTermEncodingOffset(), term, PutReplyEncoder.BYTE_ORDER);
    }

    void openSession(long correlationId, long revision, long sessionId, int slotCount) {
        openSessionReply.wrapAndApplyHeader(buffer, position, header);
        openSessionReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        openSessionReply.sessionId(sessionId).slotCount(slotCount);
        openSessionReply.flags().clear();
        position = openSessionReply.limit();
    }

    void closeSession(long correlationId, long revision) {
        closeSessionReply.wrapAndApplyHeader(buffer, position, header);
        closeSessionReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        closeSessionReply.flags().clear();
        position = closeSessionReply.limit();
    }

    void lengthMax(int length) {
        lengthMax = length;
    }

    /** Whether it has become too long, so that nothing more need be written. */
    boolean isOverflowed() {
        return overflowed;
    }

    /** Gives up on this reply: {@link #finish} will say so. */
    void overflow() {
        overflowed = true;
    }

    /** Puts an error in place of a reply that grew too long. What was done stays done. */
    void finish(long correlationId, long revision) {
        if (overflowed) {
            error(ErrorCode.RESOURCE_EXHAUSTED, TOO_LONG, correlationId, revision, false);
        }
    }

    void error(ErrorCode code, byte[] text, long correlationId, long revision, boolean notApplied) {
        position = 0;
        overflowed = false;
        errorReply.wrapAndApplyHeader(buffer, 0, header);
        errorReply
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(raftTerm)
                .code(code);
        errorReply.flags().clear().notApplied(notApplied);
        errorReply.putText(text, 0, text.length);
        position = errorReply.limit();
    }

    /** Returns where the message starts, for {@link #previous}. */
    int put(long correlationId, long revision, boolean nested) {
        int at = position;
        putReply.wrapAndApplyHeader(buffer, at, header);
        putReply.correlationId(correlationId).revision(revision).raftTerm(nested ? 0 : raftTerm);
        putReply.flags().clear();
        position = putReply.limit();
        return at;
    }

    /** Says that the previous pair follows. */
    void previous(int at) {
        putReply.wrap(buffer, at + MessageHeaderEncoder.ENCODED_LENGTH);
        putReply.flags().clear().previous(true);
    }

    int beginRange(long correlationId, long revision, boolean nested) {
        int at = position;
        rangeReply.wrapAndApplyHeader(buffer, at, header);
        rangeReply.correlationId(correlationId).revision(revision).raftTerm(nested ? 0 : raftTerm);
        rangeReply.kvCount(0).count(0);
        rangeReply.flags().clear();
        position = rangeReply.limit();
        return at;
    }

    void endRange(int at, long kvCount, long count, boolean more, boolean partial) {
        rangeReply.wrap(buffer, at + MessageHeaderEncoder.ENCODED_LENGTH);
        rangeReply.kvCount(kvCount).count(count);
        rangeReply.flags().clear().more(more).partial(partial);
    }

    /** Takes back a message that was begun last. */
    void cancel(int at) {
        position = at;
    }

    int beginDeleteRange(long correlationId, boolean nested) {
        int at = position;
        deleteReply.wrapAndApplyHeader(buffer, at, header);
        deleteReply.correlationId(correlationId).raftTerm(nested ? 0 : raftTerm);
        deleteReply.revision(0).kvCount(0).deleted(0);
        deleteReply.flags().clear();
        position = deleteReply.limit();
        return at;
    }

    void endDeleteRange(int at, long revision, long kvCount, long deleted) {
        deleteReply.wrap(buffer, at + MessageHeaderEncoder.ENCODED_LENGTH);
        deleteReply.revision(revision).kvCount(kvCount).deleted(deleted);
    }

    int beginTxn(long correlationId, boolean nested, boolean succeeded, long replyCount) {
        int at = position;
        txnReply.wrapAndApplyHeader(buffer, at, header);
        txnReply.correlationId(correlationId).revision(0).raftTerm(nested ? 0 : raftTerm);
        txnReply.replyCount(replyCount);
        txnReply.flags().clear().succeeded(succeeded);
        position = txnReply.limit();
        return at;
    }

    void endTxn(int at, long revision) {
        txnReply.wrap(buffer, at + MessageHeaderEncoder.ENCODED_LENGTH);
        txnReply.revision(revision);
    }

    void compact(long correlationId, long revision) {
        compactReply.wrapAndApplyHeader(buffer, position, header);
        compactReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        compactReply.flags().clear();
        position = compactReply.limit();
    }

    void leaseGrant(long correlationId, long revision, long leaseId, long ttl) {
        grantReply.wrapAndApplyHeader(buffer, position, header);
        grantReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        grantReply.leaseId(leaseId).ttl(ttl);
        grantReply.flags().clear();
        position = grantReply.limit();
    }

    void leaseRevoke(long correlationId, long revision) {
        revokeReply.wrapAndApplyHeader(buffer, position, header);
        revokeReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        revokeReply.flags().clear();
        position = revokeReply.limit();
    }

    int beginTimeToLive(long correlationId, long revision, long leaseId, long ttl, long grantedTtl) {
        int at = position;
        timeToLiveReply.wrapAndApplyHeader(buffer, at, header);
        timeToLiveReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        timeToLiveReply.kvCount(0).leaseId(leaseId).ttl(ttl).grantedTtl(grantedTtl);
        timeToLiveReply.flags().clear();
        position = timeToLiveReply.limit();
        return at;
    }

    void endTimeToLive(int at, long keyCount) {
        timeToLiveReply.wrap(buffer, at + MessageHeaderEncoder.ENCODED_LENGTH);
        timeToLiveReply.kvCount(keyCount);
    }

    void leaseLeases(long correlationId, long revision, long leaseCount) {
        leasesReply.wrapAndApplyHeader(buffer, position, header);
        leasesReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        leasesReply.leaseCount(leaseCount);
        leasesReply.flags().clear();
        position = leasesReply.limit();
    }

    /** The answer to a keep-alive; a ttl of 0 says that there is no such lease. */
    public void leaseKeepAlive(long correlationId, long revision, long leaseId, long ttl) {
        keepAliveReply.wrapAndApplyHeader(buffer, position, header);
        keepAliveReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        keepAliveReply.leaseId(leaseId).ttl(ttl);
        keepAliveReply.flags().clear();
        position = keepAliveReply.limit();
    }

    /** Of users and roles; so many items follow. */
    void auth(long correlationId, long revision, long authRevision, long itemCount) {
        authReply.wrapAndApplyHeader(buffer, position, header);
        authReply.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        authReply.authRevision(authRevision).enabled((short) 0).itemCount(itemCount);
        authReply.flags().clear();
        position = authReply.limit();
    }

    void authName(byte[] name) {
        if (hasRoom(name.length)) {
            authName.wrapAndApplyHeader(buffer, position, header);
            authName.putName(name, 0, name.length);
            position = authName.limit();
        }
    }

    void authPermission(byte type, byte[] key, byte[] rangeEnd) {
        if (hasRoom(key.length + rangeEnd.length)) {
            authPermission.wrapAndApplyHeader(buffer, position, header);
            authPermission.permission(PermissionType.get(type));
            authPermission.putKey(key, 0, key.length).putRangeEnd(rangeEnd, 0, rangeEnd.length);
            position = authPermission.limit();
        }
    }

    void leaseItem(long leaseId) {
        leaseItem.wrapAndApplyHeader(buffer, position, header);
        leaseItem.leaseId(leaseId);
        position = leaseItem.limit();
    }

    void alarms(long correlationId, long revision, List<AlarmTable.Alarm> alarms) {
        AlarmReplyEncoder encoder = new AlarmReplyEncoder().wrapAndApplyHeader(buffer, position, header);
        encoder.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        encoder.flags().clear();
        encoder.alarmCount(alarms.size());
        position = encoder.limit();
        AlarmItemEncoder item = new AlarmItemEncoder();
        for (AlarmTable.Alarm alarm : alarms) {
            item.wrapAndApplyHeader(buffer, position, header);
            item.memberId(alarm.memberId()).alarm((short) alarm.alarm()).cause((short) alarm.cause());
            position = item.limit();
        }
    }

    void downgrade(long correlationId, long revision, String clusterVersion) {
        DowngradeReplyEncoder encoder = new DowngradeReplyEncoder().wrapAndApplyHeader(buffer, position, header);
        encoder.correlationId(correlationId).revision(revision).raftTerm(raftTerm);
        encoder.flags().clear();
        encoder.clusterVersion(clusterVersion);
        position = encoder.limit();
    }

    /** A pair whose content lies in the page store. */
    void keyValue(RevisionView content, long modRevision) {
        if (hasRoom(content.keyLength() + content.valueLength())) {
            keyValue.wrapAndApplyHeader(buffer, position, header);
            keyValue.createRevision(content.createRevision()).modRevision(modRevision);
            keyValue.version(content.version()).lease(content.lease());
            keyValue.putKey(content.buffer(), content.keyOffset(), content.keyLength());
            keyValue.putValue(content.buffer(), content.valueOffset(), content.valueLength());
            position = keyValue.limit();
        }
    }

    /** A pair without its value. */
    void keyOnly(
            DirectBuffer key, int offset, int length, long createRevision, long modRevision, long version, long lease) {
        if (hasRoom(length)) {
            keyValue.wrapAndApplyHeader(buffer, position, header);
            keyValue.createRevision(createRevision).modRevision(modRevision);
            keyValue.version(version).lease(lease);
            keyValue.putKey(key, offset, length).putValue(NO_BYTES, 0, 0);
            position = keyValue.limit();
        }
    }

    /** A bare key. */
    void key(DirectBuffer key, int offset, int length) {
        keyOnly(key, offset, length, 0, 0, 0, 0);
    }

    private boolean hasRoom(int length) {
        overflowed |= position + (long) length + MessageHeaderEncoder.ENCODED_LENGTH * 8 > lengthMax;
        return !overflowed;
    }
}
