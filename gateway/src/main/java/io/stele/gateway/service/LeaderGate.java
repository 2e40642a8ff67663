package io.stele.gateway.service;

import io.grpc.MethodDescriptor.MethodType;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.call.Requests;
import io.stele.gateway.node.NodeCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Refuses calls at once while the member knows no leader, and ends streams when it knows none any more, where the
 * client asks for that. Watches are not for it: the node looks after them.
 */
public final class LeaderGate {
    private static final String WANTED = "hasleader";

    private final Supplier<NodeCalls> calls;
    private final Supplier<LeaderMonitor> monitor;

    public LeaderGate(Supplier<NodeCalls> calls, Supplier<LeaderMonitor> monitor) {
        this.calls = calls;
        this.monitor = monitor;
    }

    public List<Method<?, ?>> guard(List<Method<?, ?>> methods) {
        List<Method<?, ?>> guarded = new ArrayList<>();
        for (Method<?, ?> method : methods) {
            guarded.add(guard(method));
        }
        return guarded;
    }

    private <Q, R> Method<Q, R> guard(Method<Q, R> method) {
        return new Method<>(method.descriptor(), answer -> open(method, answer));
    }

    private <Q, R> Requests<Q> open(Method<Q, R> method, Answer<R> answer) {
        Requests<Q> requests = method.opener().apply(answer);
        if (!"true".equals(answer.metadata(WANTED))) {
            return requests;
        }
        MethodType type = method.descriptor().getType();
        if (type != MethodType.UNARY) {
            monitor.get().add(answer);
        }
        if (type.clientSendsOneMessage()) {
            return new Guarded<>(requests, answer);
        }
        // What it sends meanwhile waits for a leader by itself.
        LeaderMonitor.ask(calls.get(), failure -> {
            if (failure != null) {
                answer.fail(failure);
            }
        });
        return requests;
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
            LeaderMonitor.ask(calls.get(), failure -> {
                if (failure == null) {
                    requests.onEnd();
                } else {
                    answer.fail(failure);
                }
            });
        }
    }
}
