package io.stele.gateway.node;

import io.stele.gateway.etcdserverpb.DowngradeInfo;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.MetricsReplyDecoder;
import io.stele.transport.codec.StatusReplyDecoder;
import java.util.List;

/** Reads how a member is. */
public final class StatusReader {
    private StatusReader() {}

    /** {@code version}: the etcd that is spoken. */
    public static StatusResponse read(ReplyReader reader, MessageSequence reply, String version) {
        ReplyReader.expect(reply, StatusReplyDecoder.TEMPLATE_ID);
        StatusReplyDecoder decoder =
                new StatusReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        StatusResponse.Builder response = StatusResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setVersion(version)
                .setStorageVersion(minor(version))
                .setDbSize(decoder.dbLength())
                .setDbSizeInUse(decoder.dbLengthInUse())
                .setDbSizeQuota(decoder.dbQuota())
                .setLeader(decoder.leaderId())
                .setRaftIndex(decoder.raftIndex())
                .setRaftTerm(decoder.raftTerm())
                .setRaftAppliedIndex(decoder.raftAppliedIndex())
                .setIsLearner(decoder.flags().learner())
                .setDowngradeInfo(downgrade(decoder));
        decoder.skipServerVersion();
        decoder.skipStorageVersion();
        String errors = decoder.errors();
        if (!errors.isEmpty()) {
            response.addAllErrors(List.of(errors.split("\n", -1)));
        }
        return response.build();
    }

    private static DowngradeInfo downgrade(StatusReplyDecoder status) {
        return status.downgradeMajor() == 0
                ? DowngradeInfo.getDefaultInstance()
                : DowngradeInfo.newBuilder()
                        .setEnabled(true)
                        .setTargetVersion(status.downgradeMajor() + "." + status.downgradeMinor() + ".0")
                        .build();
    }

    /** What the member counts and measures, as text. */
    public static String metrics(MessageSequence reply) {
        ReplyReader.expect(reply, MetricsReplyDecoder.TEMPLATE_ID);
        return new MetricsReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version())
                .page();
    }

    /** Oldest revision that is readable. */
    public static long compactRevision(MessageSequence reply) {
        ReplyReader.expect(reply, StatusReplyDecoder.TEMPLATE_ID);
        return new StatusReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version())
                .compactRevision();
    }

    /** 3.7.1 stores as 3.7.0 does. */
    public static String minor(String version) {
        return version.substring(0, version.lastIndexOf('.')) + ".0";
    }
}
