package io.stele.client;

import static io.stele.transport.codec.MessageHeaderEncoder.ENCODED_LENGTH;

import io.stele.transport.ApiError;
import io.stele.transport.codec.ErrorReplyEncoder;
import io.stele.transport.codec.MemberItemEncoder;
import io.stele.transport.codec.MemberListReplyEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.OpenSessionReplyEncoder;
import io.stele.transport.codec.PutRequestDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** What fake members know in common: each other, who leads, and what sessions remember. */
final class FakeCluster {
    static final int SLOTS = 8;

    private final Map<Long, String> endpoints = new TreeMap<>();
    private final Map<Long, Map<Long, byte[]>> sessions = new HashMap<>();
    private long leaderId;
    private long term = 2;
    private long lastSessionId = 100;
    private boolean losesReplies;

    synchronized void add(long memberId, String endpoint) {
        endpoints.put(memberId, endpoint);
    }

    /** Somebody else leads, in another term. */
    synchronized void leader(long memberId) {
        leaderId = memberId;
        term++;
    }

    synchronized void forgetSessions() {
        sessions.clear();
    }

    /** From now on what is repeated is known to have been done, and no more. */
    synchronized void loseReplies() {
        losesReplies = true;
    }

    synchronized int sessionCount() {
        return sessions.size();
    }

    synchronized long term() {
        return term;
    }

    synchronized int list(MutableDirectBuffer buffer, long correlationId) {
        MessageHeaderEncoder header = new MessageHeaderEncoder();
        MemberListReplyEncoder reply = new MemberListReplyEncoder().wrapAndApplyHeader(buffer, 0, header);
        reply.correlationId(correlationId).revision(0).raftTerm(term);
        reply.flags().clear();
        reply.memberCount(endpoints.size()).memberId(0).leaderId(leaderId);
        int[] end = {reply.limit()};
        endpoints.forEach((memberId, endpoint) -> {
            MemberItemEncoder item = new MemberItemEncoder().wrapAndApplyHeader(buffer, end[0], header);
            item.memberId(memberId).learner((short) 0);
            item.name("m" + memberId).peerUrls("http://unused:1").clientUrls("http://" + endpoint);
            end[0] = item.limit();
        });
        return end[0];
    }

    synchronized int openSession(MutableDirectBuffer buffer, long correlationId) {
        sessions.put(++lastSessionId, new HashMap<>());
        OpenSessionReplyEncoder reply =
                new OpenSessionReplyEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        reply.correlationId(correlationId).revision(1).raftTerm(term);
        reply.flags().clear();
        reply.sessionId(lastSessionId).slotCount(SLOTS);
        return reply.limit();
    }

    /** Writes the answer to a write that was done before, or that must not be done; returns its length, else 0. */
    synchronized int recall(DirectBuffer request, int offset, MutableDirectBuffer buffer) {
        long sessionId = sessionId(request, offset);
        if (sessionId == 0) {
            return 0;
        }
        Map<Long, byte[]> session = sessions.get(sessionId);
        byte[] reply = session == null ? null : session.get(sequence(request, offset));
        if (session == null || (reply != null && losesReplies)) {
            ApiError error = session == null ? ApiError.SESSION_NOT_FOUND : ApiError.REPLY_LOST;
            ErrorReplyEncoder encoder =
                    new ErrorReplyEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
            encoder.correlationId(0).revision(1).raftTerm(term).code(error.code());
            encoder.flags().clear().notApplied(session == null).applied(session != null);
            encoder.text(error.text());
            return encoder.limit();
        }
        if (reply != null) {
            buffer.putBytes(0, reply);
            return reply.length;
        }
        return 0;
    }

    synchronized void remember(DirectBuffer request, int offset, DirectBuffer reply, int length) {
        Map<Long, byte[]> session = sessions.get(sessionId(request, offset));
        if (session != null) {
            byte[] copy = new byte[length];
            reply.getBytes(0, copy);
            session.put(sequence(request, offset), copy);
        }
    }

    private static long sessionId(DirectBuffer request, int offset) {
        return request.getLong(offset + ENCODED_LENGTH + PutRequestDecoder.sessionIdEncodingOffset());
    }

    private static long sequence(DirectBuffer request, int offset) {
        return request.getLong(offset + ENCODED_LENGTH + PutRequestDecoder.sequenceEncodingOffset());
    }
}
