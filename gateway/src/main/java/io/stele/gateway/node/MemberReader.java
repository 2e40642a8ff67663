package io.stele.gateway.node;

import io.stele.gateway.etcdserverpb.Member;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.MemberItemDecoder;
import io.stele.transport.codec.MemberListReplyDecoder;
import java.util.ArrayList;
import java.util.List;

/** Reads who the members are. */
public final class MemberReader {
    /** Makes an answer of it. */
    public interface Maker<R> {
        R make(ResponseHeader header, List<Member> members, long changedId);
    }

    private MemberReader() {}

    public static <R> R read(ReplyReader reader, MessageSequence reply, Maker<R> maker) {
        ReplyReader.expect(reply, MemberListReplyDecoder.TEMPLATE_ID);
        MemberListReplyDecoder decoder = new MemberListReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        ResponseHeader header = reader.header(0, decoder.raftTerm());
        long changedId = decoder.memberId();
        List<Member> members = new ArrayList<>();
        MemberItemDecoder item = new MemberItemDecoder();
        for (long remaining = decoder.memberCount(); remaining > 0; remaining--) {
            reply.next(MemberItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            Member.Builder member = Member.newBuilder()
                    .setID(item.memberId())
                    .setIsLearner(item.learner() != 0)
                    .setName(item.name());
            member.addAllPeerURLs(urls(item.peerUrls()));
            members.add(member.addAllClientURLs(urls(item.clientUrls())).build());
        }
        return maker.make(header, members, changedId);
    }

    private static List<String> urls(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }
}
