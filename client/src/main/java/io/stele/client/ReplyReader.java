package io.stele.client;

import io.stele.client.KeyValueHandler.KeyValueView;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.AlarmItemDecoder;
import io.stele.transport.codec.AlarmReplyDecoder;
import io.stele.transport.codec.AuthNameDecoder;
import io.stele.transport.codec.AuthPermissionDecoder;
import io.stele.transport.codec.AuthReplyDecoder;
import io.stele.transport.codec.CompactReplyDecoder;
import io.stele.transport.codec.DefragmentReplyDecoder;
import io.stele.transport.codec.DeleteRangeReplyDecoder;
import io.stele.transport.codec.DowngradeReplyDecoder;
import io.stele.transport.codec.HashKvReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.LeaseGrantReplyDecoder;
import io.stele.transport.codec.LeaseItemDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyDecoder;
import io.stele.transport.codec.LeaseLeasesReplyDecoder;
import io.stele.transport.codec.LeaseRevokeReplyDecoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyDecoder;
import io.stele.transport.codec.MemberItemDecoder;
import io.stele.transport.codec.MemberListReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MoveLeaderReplyDecoder;
import io.stele.transport.codec.OpenSessionReplyDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.SnapshotReplyDecoder;
import io.stele.transport.codec.StatusReplyDecoder;
import io.stele.transport.codec.TimingsDecoder;
import io.stele.transport.codec.TxnReplyDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;

/** Makes results of replies. Each method expects the sequence on the reply's message and leaves it behind its parts. */
final class ReplyReader implements KeyValueView {
    private static final int TIMINGS_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH + TimingsDecoder.BLOCK_LENGTH;
    private static final int LENGTH_LENGTH = KeyValueDecoder.keyHeaderLength();

    /** A session for writes exactly once, as the server has opened it. */
    record OpenedSession(long id, int slotCount) {}

    private final ServerIdentity identity;
    private final KeyValueDecoder pair = new KeyValueDecoder();
    private Optional<Timings> timings = Optional.empty();
    private DirectBuffer buffer;
    private int keyOffset;
    private int keyLength;
    private int valueOffset;
    private int valueLength;

    ReplyReader(ServerIdentity identity) {
        this.identity = identity;
    }

    /** Finds the times that end a reply whose request asked for them; an error has none. */
    void timings(DirectBuffer reply, int offset, int length) {
        int at = offset + length - TIMINGS_LENGTH;
        if (at < offset || RequestFrame.templateId(reply, at) != TimingsDecoder.TEMPLATE_ID) {
            return;
        }
        TimingsDecoder decoder = new TimingsDecoder().wrapAndApplyHeader(reply, at, new MessageHeaderDecoder());
        timings = Optional.of(
                new Timings(decoder.queuedNs(), decoder.durableNs(), decoder.appliedNs(), decoder.repliedNs()));
    }

    PutResult put(MessageSequence reply) {
        expect(reply, PutReplyDecoder.TEMPLATE_ID);
        PutReplyDecoder decoder =
                new PutReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        Header header = header(decoder.revision(), decoder.raftTerm());
        KeyValue previous = null;
        if (decoder.flags().previous()) {
            previous = nextPair(reply).copy();
        }
        return new PutResult(header, previous);
    }

    /** The last chunk, or the only one; {@code earlier} holds the pairs of those before, or is null. */
    GetResult get(MessageSequence reply, List<KeyValue> earlier) {
        RangeReplyDecoder decoder = range(reply);
        Header header = header(decoder.revision(), decoder.raftTerm());
        long count = decoder.count();
        boolean more = decoder.flags().more();
        long pairCount = decoder.kvCount();
        List<KeyValue> pairs = earlier == null ? new ArrayList<>((int) Math.min(pairCount, 1024)) : earlier;
        pairs(reply, pairCount, pairs);
        return new GetResult(header, Collections.unmodifiableList(pairs), count, more);
    }

    /** A chunk that is not the last. */
    void chunk(MessageSequence reply, List<KeyValue> into) {
        pairs(reply, range(reply).kvCount(), into);
    }

    /** A chunk, pair by pair; the result counts if it was the last. */
    StreamResult stream(MessageSequence reply, KeyValueHandler handler) {
        RangeReplyDecoder decoder = range(reply);
        for (long remaining = decoder.kvCount(); remaining > 0; remaining--) {
            handler.onPair(nextPair(reply));
        }
        return new StreamResult(
                header(decoder.revision(), decoder.raftTerm()),
                decoder.count(),
                decoder.flags().more());
    }

    private static RangeReplyDecoder range(MessageSequence reply) {
        expect(reply, RangeReplyDecoder.TEMPLATE_ID);
        return new RangeReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
    }

    DeleteResult delete(MessageSequence reply) {
        expect(reply, DeleteRangeReplyDecoder.TEMPLATE_ID);
        DeleteRangeReplyDecoder decoder = new DeleteRangeReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        List<KeyValue> pairs = new ArrayList<>();
        long deleted = decoder.deleted();
        Header header = header(decoder.revision(), decoder.raftTerm());
        pairs(reply, decoder.kvCount(), pairs);
        return new DeleteResult(header, deleted, Collections.unmodifiableList(pairs));
    }

    TxnResult txn(MessageSequence reply) {
        expect(reply, TxnReplyDecoder.TEMPLATE_ID);
        TxnReplyDecoder decoder =
                new TxnReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        Header header = header(decoder.revision(), decoder.raftTerm());
        boolean succeeded = decoder.flags().succeeded();
        List<OpResult> results = new ArrayList<>();
        for (long remaining = decoder.replyCount(); remaining > 0; remaining--) {
            if (!reply.next()) {
                throw new MalformedMessageException("transaction's reply ends too early");
            }
            results.add(
                    switch (reply.templateId()) {
                        case PutReplyDecoder.TEMPLATE_ID -> put(reply);
                        case RangeReplyDecoder.TEMPLATE_ID -> get(reply, null);
                        case DeleteRangeReplyDecoder.TEMPLATE_ID -> delete(reply);
                        case TxnReplyDecoder.TEMPLATE_ID -> txn(reply);
                        default -> throw new MalformedMessageException("message " + reply.templateId() + " in a reply");
                    });
        }
        return new TxnResult(header, succeeded, Collections.unmodifiableList(results));
    }

    CompactResult compact(MessageSequence reply) {
        expect(reply, CompactReplyDecoder.TEMPLATE_ID);
        CompactReplyDecoder decoder = new CompactReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new CompactResult(header(decoder.revision(), decoder.raftTerm()));
    }

    StatusResult status(MessageSequence reply) {
        expect(reply, StatusReplyDecoder.TEMPLATE_ID);
        StatusReplyDecoder decoder =
                new StatusReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        String version = decoder.serverVersion();
        String storageVersion = decoder.storageVersion();
        String errors = decoder.errors();
        return new StatusResult(
                header(decoder.revision(), decoder.raftTerm()),
                version,
                storageVersion,
                decoder.dbLength(),
                decoder.dbLengthInUse(),
                decoder.dbQuota(),
                decoder.leaderId(),
                decoder.raftIndex(),
                decoder.raftAppliedIndex(),
                decoder.compactRevision(),
                decoder.keyCount(),
                decoder.flags().learner(),
                errors.isEmpty() ? List.of() : List.of(errors.split("\n", -1)));
    }

    AlarmResult alarms(MessageSequence reply) {
        expect(reply, AlarmReplyDecoder.TEMPLATE_ID);
        AlarmReplyDecoder decoder =
                new AlarmReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        Header header = header(decoder.revision(), decoder.raftTerm());
        List<Alarm> alarms = new ArrayList<>();
        AlarmItemDecoder item = new AlarmItemDecoder();
        for (long left = decoder.alarmCount(); left > 0; left--) {
            reply.next(AlarmItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            alarms.add(new Alarm(
                    item.memberId(),
                    item.alarm() == Alarm.Kind.CORRUPT.number() ? Alarm.Kind.CORRUPT : Alarm.Kind.NOSPACE));
        }
        return new AlarmResult(header, alarms);
    }

    DowngradeResult downgrade(MessageSequence reply) {
        expect(reply, DowngradeReplyDecoder.TEMPLATE_ID);
        DowngradeReplyDecoder decoder = new DowngradeReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new DowngradeResult(header(decoder.revision(), decoder.raftTerm()), decoder.clusterVersion());
    }

    DefragmentResult defragment(MessageSequence reply) {
        expect(reply, DefragmentReplyDecoder.TEMPLATE_ID);
        DefragmentReplyDecoder decoder = new DefragmentReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new DefragmentResult(header(decoder.revision(), decoder.raftTerm()));
    }

    HashKvResult hashKv(MessageSequence reply) {
        expect(reply, HashKvReplyDecoder.TEMPLATE_ID);
        HashKvReplyDecoder decoder =
                new HashKvReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new HashKvResult(
                header(decoder.revision(), decoder.raftTerm()),
                decoder.hash(),
                decoder.compactRevision(),
                decoder.hashRevision());
    }

    /** Hands on one piece of a snapshot; returns its length. */
    int snapshotPiece(MessageSequence reply, SnapshotHandler handler) {
        SnapshotReplyDecoder decoder = snapshotReply(reply);
        int length = decoder.dataLength();
        int offset = decoder.limit() + SnapshotReplyDecoder.dataHeaderLength();
        handler.onPiece(reply.buffer(), offset, length, decoder.remainingBytes());
        return length;
    }

    Header snapshotHeader(MessageSequence reply) {
        SnapshotReplyDecoder decoder = snapshotReply(reply);
        return header(decoder.revision(), decoder.raftTerm());
    }

    private static SnapshotReplyDecoder snapshotReply(MessageSequence reply) {
        expect(reply, SnapshotReplyDecoder.TEMPLATE_ID);
        return new SnapshotReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
    }

    /** Who leads, as a list of members says; the sequence stays where it is. */
    long leaderId(MessageSequence reply) {
        expect(reply, MemberListReplyDecoder.TEMPLATE_ID);
        return new MemberListReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version())
                .leaderId();
    }

    /** A session's id and how many slots it has. */
    OpenedSession openSession(MessageSequence reply) {
        expect(reply, OpenSessionReplyDecoder.TEMPLATE_ID);
        OpenSessionReplyDecoder decoder = new OpenSessionReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new OpenedSession(decoder.sessionId(), decoder.slotCount());
    }

    AuthResult auth(MessageSequence reply) {
        expect(reply, AuthReplyDecoder.TEMPLATE_ID);
        AuthReplyDecoder decoder =
                new AuthReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        Header header = header(decoder.revision(), decoder.raftTerm());
        long authRevision = decoder.authRevision();
        boolean isEnabled = decoder.enabled() != 0;
        List<String> names = new ArrayList<>();
        List<Permission> permissions = new ArrayList<>();
        for (long remaining = decoder.itemCount(); remaining > 0 && reply.next(); remaining--) {
            if (reply.templateId() == AuthNameDecoder.TEMPLATE_ID) {
                AuthNameDecoder name = new AuthNameDecoder()
                        .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
                byte[] bytes = new byte[name.nameLength()];
                name.getName(bytes, 0, bytes.length);
                names.add(new String(bytes, StandardCharsets.UTF_8));
            } else {
                permissions.add(permission(reply));
            }
        }
        return new AuthResult(header, authRevision, isEnabled, names, permissions);
    }

    private static Permission permission(MessageSequence reply) {
        expect(reply, AuthPermissionDecoder.TEMPLATE_ID);
        AuthPermissionDecoder decoder = new AuthPermissionDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        Permission.Type type = switch (decoder.permission()) {
            case READ -> Permission.Type.READ;
            case WRITE -> Permission.Type.WRITE;
            case READWRITE -> Permission.Type.READWRITE;
            case NULL_VAL, SBE_UNKNOWN -> throw new MalformedMessageException("unknown permission");
        };
        byte[] key = new byte[decoder.keyLength()];
        decoder.getKey(key, 0, key.length);
        byte[] rangeEnd = new byte[decoder.rangeEndLength()];
        decoder.getRangeEnd(rangeEnd, 0, rangeEnd.length);
        return new Permission(type, key, rangeEnd);
    }

    MemberListResult members(MessageSequence reply) {
        expect(reply, MemberListReplyDecoder.TEMPLATE_ID);
        MemberListReplyDecoder decoder = new MemberListReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        Header header = header(decoder.revision(), decoder.raftTerm());
        long changedId = decoder.memberId();
        List<Member> members = new ArrayList<>();
        MemberItemDecoder item = new MemberItemDecoder();
        for (long remaining = decoder.memberCount(); remaining > 0; remaining--) {
            reply.next(MemberItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            String name = item.name();
            List<String> peerUrls = urls(item.peerUrls());
            members.add(new Member(item.memberId(), name, peerUrls, urls(item.clientUrls()), item.learner() != 0));
        }
        return new MemberListResult(header, members, changedId);
    }

    private static List<String> urls(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    MoveLeaderResult moveLeader(MessageSequence reply) {
        expect(reply, MoveLeaderReplyDecoder.TEMPLATE_ID);
        MoveLeaderReplyDecoder decoder = new MoveLeaderReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new MoveLeaderResult(header(decoder.revision(), decoder.raftTerm()));
    }

    LeaseGrantResult leaseGrant(MessageSequence reply) {
        expect(reply, LeaseGrantReplyDecoder.TEMPLATE_ID);
        LeaseGrantReplyDecoder decoder = new LeaseGrantReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new LeaseGrantResult(header(decoder.revision(), decoder.raftTerm()), decoder.leaseId(), decoder.ttl());
    }

    LeaseRevokeResult leaseRevoke(MessageSequence reply) {
        expect(reply, LeaseRevokeReplyDecoder.TEMPLATE_ID);
        LeaseRevokeReplyDecoder decoder = new LeaseRevokeReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new LeaseRevokeResult(header(decoder.revision(), decoder.raftTerm()));
    }

    LeaseKeepAliveResult leaseKeepAlive(MessageSequence reply) {
        expect(reply, LeaseKeepAliveReplyDecoder.TEMPLATE_ID);
        LeaseKeepAliveReplyDecoder decoder = new LeaseKeepAliveReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return new LeaseKeepAliveResult(
                header(decoder.revision(), decoder.raftTerm()), decoder.leaseId(), decoder.ttl());
    }

    LeaseTimeToLiveResult leaseTimeToLive(MessageSequence reply) {
        expect(reply, LeaseTimeToLiveReplyDecoder.TEMPLATE_ID);
        LeaseTimeToLiveReplyDecoder decoder = new LeaseTimeToLiveReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        List<Bytes> keys = new ArrayList<>();
        for (long remaining = decoder.kvCount(); remaining > 0; remaining--) {
            keys.add(nextPair(reply).copy().key());
        }
        return new LeaseTimeToLiveResult(
                header(decoder.revision(), decoder.raftTerm()),
                decoder.leaseId(),
                decoder.ttl(),
                decoder.grantedTtl(),
                Collections.unmodifiableList(keys));
    }

    LeaseListResult leases(MessageSequence reply) {
        expect(reply, LeaseLeasesReplyDecoder.TEMPLATE_ID);
        LeaseLeasesReplyDecoder decoder = new LeaseLeasesReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        List<Long> ids = new ArrayList<>();
        LeaseItemDecoder item = new LeaseItemDecoder();
        for (long remaining = decoder.leaseCount(); remaining > 0; remaining--) {
            reply.next(LeaseItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            ids.add(item.leaseId());
        }
        return new LeaseListResult(header(decoder.revision(), decoder.raftTerm()), Collections.unmodifiableList(ids));
    }

    private Header header(long revision, long raftTerm) {
        return new Header(identity.clusterId(), identity.memberId(), revision, raftTerm, timings);
    }

    private static void expect(MessageSequence reply, int templateId) {
        if (reply.templateId() != templateId) {
            throw new MalformedMessageException("expected message " + templateId + ", got " + reply.templateId());
        }
    }

    private void pairs(MessageSequence reply, long count, List<KeyValue> into) {
        for (long remaining = count; remaining > 0; remaining--) {
            into.add(nextPair(reply).copy());
        }
    }

    private ReplyReader nextPair(MessageSequence reply) {
        reply.next(KeyValueDecoder.TEMPLATE_ID);
        buffer = reply.buffer();
        pair.wrap(buffer, reply.bodyOffset(), reply.blockLength(), reply.version());
        keyLength = pair.keyLength();
        keyOffset = pair.limit() + LENGTH_LENGTH;
        pair.skipKey();
        valueLength = pair.valueLength();
        valueOffset = pair.limit() + LENGTH_LENGTH;
        return this;
    }

    @Override
    public DirectBuffer buffer() {
        return buffer;
    }

    @Override
    public int keyOffset() {
        return keyOffset;
    }

    @Override
    public int keyLength() {
        return keyLength;
    }

    @Override
    public int valueOffset() {
        return valueOffset;
    }

    @Override
    public int valueLength() {
        return valueLength;
    }

    @Override
    public long createRevision() {
        return pair.createRevision();
    }

    @Override
    public long modRevision() {
        return pair.modRevision();
    }

    @Override
    public long version() {
        return pair.version();
    }

    @Override
    public long lease() {
        return pair.lease();
    }

    @Override
    public KeyValue copy() {
        byte[] key = new byte[keyLength];
        byte[] value = new byte[valueLength];
        buffer.getBytes(keyOffset, key);
        buffer.getBytes(valueOffset, value);
        return new KeyValue(Bytes.wrap(key), Bytes.wrap(value), createRevision(), modRevision(), version(), lease());
    }
}
