package io.stele.gateway.node;

import io.stele.gateway.etcdserverpb.AlarmMember;
import io.stele.gateway.etcdserverpb.AlarmResponse;
import io.stele.gateway.etcdserverpb.DowngradeResponse;
import io.stele.gateway.etcdserverpb.HashKVResponse;
import io.stele.gateway.etcdserverpb.HashResponse;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AlarmItemDecoder;
import io.stele.transport.codec.AlarmReplyDecoder;
import io.stele.transport.codec.DowngradeReplyDecoder;
import io.stele.transport.codec.HashKvReplyDecoder;

/** Reads what the node says of the cluster itself. */
public final class MaintenanceReader {
    private MaintenanceReader() {}

    public static AlarmResponse alarms(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, AlarmReplyDecoder.TEMPLATE_ID);
        AlarmReplyDecoder decoder =
                new AlarmReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        AlarmResponse.Builder response =
                AlarmResponse.newBuilder().setHeader(reader.header(decoder.revision(), decoder.raftTerm()));
        AlarmItemDecoder item = new AlarmItemDecoder();
        for (long left = decoder.alarmCount(); left > 0; left--) {
            reply.next(AlarmItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            response.addAlarms(
                    AlarmMember.newBuilder().setMemberID(item.memberId()).setAlarmValue(item.alarm()));
        }
        return response.build();
    }

    public static HashKVResponse hashKv(ReplyReader reader, MessageSequence reply) {
        HashKvReplyDecoder decoder = hashReply(reply);
        return HashKVResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setHash((int) decoder.hash())
                .setCompactRevision(decoder.compactRevision())
                .setHashRevision(decoder.hashRevision())
                .build();
    }

    public static HashResponse hash(ReplyReader reader, MessageSequence reply) {
        HashKvReplyDecoder decoder = hashReply(reply);
        return HashResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setHash((int) decoder.hash())
                .build();
    }

    private static HashKvReplyDecoder hashReply(MessageSequence reply) {
        ReplyReader.expect(reply, HashKvReplyDecoder.TEMPLATE_ID);
        return new HashKvReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
    }

    public static DowngradeResponse downgrade(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, DowngradeReplyDecoder.TEMPLATE_ID);
        DowngradeReplyDecoder decoder = new DowngradeReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return DowngradeResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setVersion(decoder.clusterVersion())
                .build();
    }
}
