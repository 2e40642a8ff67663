package io.stele.gateway.node;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.LeaseGrantResponse;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveResponse;
import io.stele.gateway.etcdserverpb.LeaseLeasesResponse;
import io.stele.gateway.etcdserverpb.LeaseRevokeResponse;
import io.stele.gateway.etcdserverpb.LeaseStatus;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveResponse;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.LeaseGrantReplyDecoder;
import io.stele.transport.codec.LeaseItemDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyDecoder;
import io.stele.transport.codec.LeaseLeasesReplyDecoder;
import io.stele.transport.codec.LeaseRevokeReplyDecoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyDecoder;

/** Makes etcd's answers about leases of the node's. */
public final class LeaseReader {
    private LeaseReader() {}

    public static LeaseGrantResponse grant(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, LeaseGrantReplyDecoder.TEMPLATE_ID);
        LeaseGrantReplyDecoder decoder = new LeaseGrantReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return LeaseGrantResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setID(decoder.leaseId())
                .setTTL(decoder.ttl())
                .build();
    }

    public static LeaseRevokeResponse revoke(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, LeaseRevokeReplyDecoder.TEMPLATE_ID);
        LeaseRevokeReplyDecoder decoder = new LeaseRevokeReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return LeaseRevokeResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .build();
    }

    public static LeaseKeepAliveResponse keepAlive(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, LeaseKeepAliveReplyDecoder.TEMPLATE_ID);
        LeaseKeepAliveReplyDecoder decoder = new LeaseKeepAliveReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return LeaseKeepAliveResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setID(decoder.leaseId())
                .setTTL(decoder.ttl())
                .build();
    }

    public static LeaseTimeToLiveResponse timeToLive(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, LeaseTimeToLiveReplyDecoder.TEMPLATE_ID);
        LeaseTimeToLiveReplyDecoder decoder = new LeaseTimeToLiveReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setID(decoder.leaseId())
                .setTTL(decoder.ttl())
                .setGrantedTTL(decoder.grantedTtl());
        for (long remaining = decoder.kvCount(); remaining > 0; remaining--) {
            ByteString key = reader.pair(reply).getKey();
            response.addKeys(key);
        }
        return response.build();
    }

    public static LeaseLeasesResponse leases(ReplyReader reader, MessageSequence reply) {
        ReplyReader.expect(reply, LeaseLeasesReplyDecoder.TEMPLATE_ID);
        LeaseLeasesReplyDecoder decoder = new LeaseLeasesReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        LeaseLeasesResponse.Builder response =
                LeaseLeasesResponse.newBuilder().setHeader(reader.header(decoder.revision(), decoder.raftTerm()));
        LeaseItemDecoder item = new LeaseItemDecoder();
        for (long remaining = decoder.leaseCount(); remaining > 0; remaining--) {
            reply.next(LeaseItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            response.addLeases(LeaseStatus.newBuilder().setID(item.leaseId()));
        }
        return response.build();
    }
}
