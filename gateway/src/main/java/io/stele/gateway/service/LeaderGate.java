package io.stele.gateway.service;

import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.call.Requests;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.Statuses;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.StatusReplyDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Refuses calls of one request at once while the member knows no leader, where the client asks for that. Streams of
 * requests are not for it: they look out for themselves.
 */
public final class LeaderGate {
    private static final String WANTED = "hasleader";

    private final Supplier<NodeCalls> calls;

    public LeaderGate(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> guard(List<Method<?, ?>> methods) {
        List<Method<?, ?>> guarded = new ArrayList<>();
        for (Method<?, ?> method : methods) {
            guarded.add(guard(method));
        }
        return guarded;
    }

    private <Q, R> Method<Q, R> guard(Method<Q, R> method) {
        return method.descriptor().getType().clientSendsOneMessage()
                ? new Method<>(method.descriptor(), answer -> open(method, answer))
                : method;
    }

    private <Q, R> Requests<Q> open(Method<Q, R> method, Answer<R> answer) {
        Requests<Q> requests = method.opener().apply(answer);
        return "true".equals(answer.metadata(WANTED)) ? new Guarded<>(requests, answer) : requests;
    }

    /** Holds the end of the request back, which is when it is carried out, until a leader is known. */
    private final class Guarded<Q, R> implements Requests<Q> {
        private final Requests<Q> requests;
        private final Answer<R> answer;

        Guarded(Requests<Q> requests, Answer<R> answer) {
            this.requests = requests;
            this.answer = answer;
        }

        @Override
        public void onRequest(Q request) {
            requests.onRequest(request);
        }

        @Override
        public void onEnd() {
            NodeCalls node = calls.get();
            node.connection().call(node.writer().status(), new ReplyHandler() {
                @Override
                public void onReply(MessageSequence reply) {
                    if (hasLeader(reply)) {
                        requests.onEnd();
                    } else {
                        answer.fail(Statuses.of(ApiError.NO_LEADER));
                    }
                }

                @Override
                public void onFailure(Status status) {
                    answer.fail(status);
                }
            });
        }

        private boolean hasLeader(MessageSequence reply) {
            return new StatusReplyDecoder()
                            .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version())
                            .leaderId()
                    != 0;
        }
    }
}
