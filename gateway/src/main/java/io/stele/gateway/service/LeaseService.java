package io.stele.gateway.service;

import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.call.Requests;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrantResponse;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveRequest;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveResponse;
import io.stele.gateway.etcdserverpb.LeaseLeasesRequest;
import io.stele.gateway.etcdserverpb.LeaseLeasesResponse;
import io.stele.gateway.etcdserverpb.LeaseRevokeRequest;
import io.stele.gateway.etcdserverpb.LeaseRevokeResponse;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveResponse;
import io.stele.gateway.node.LeaseReader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.transport.MessageSequence;
import java.util.List;
import java.util.function.Supplier;

/** Leases. */
public final class LeaseService {
    private final Supplier<NodeCalls> calls;

    public LeaseService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(LeaseGrpc.getLeaseGrantMethod(), this::grant),
                Method.of(LeaseGrpc.getLeaseRevokeMethod(), this::revoke),
                Method.streaming(LeaseGrpc.getLeaseKeepAliveMethod(), KeepAlives::new),
                Method.of(LeaseGrpc.getLeaseTimeToLiveMethod(), this::timeToLive),
                Method.of(LeaseGrpc.getLeaseLeasesMethod(), this::leases));
    }

    private void grant(LeaseGrantRequest request, Answer<LeaseGrantResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().leaseGrant(request.getID(), request.getTTL()), answer, LeaseReader::grant);
    }

    private void revoke(LeaseRevokeRequest request, Answer<LeaseRevokeResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().leaseRevoke(request.getID()), answer, LeaseReader::revoke);
    }

    private void timeToLive(LeaseTimeToLiveRequest request, Answer<LeaseTimeToLiveResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().leaseTimeToLive(request.getID(), request.getKeys()), answer, LeaseReader::timeToLive);
    }

    private void leases(LeaseLeasesRequest request, Answer<LeaseLeasesResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().leases(), answer, LeaseReader::leases);
    }

    /** One stream of renewals: an answer for each request, in whatever order the node answers. */
    private final class KeepAlives implements Requests<LeaseKeepAliveRequest> {
        private final Answer<LeaseKeepAliveResponse> answer;
        private int openCount;
        private boolean hasEnded;

        KeepAlives(Answer<LeaseKeepAliveResponse> answer) {
            this.answer = answer;
        }

        @Override
        public void onRequest(LeaseKeepAliveRequest request) {
            NodeCalls node = calls.get();
            openCount++;
            node.connection().call(node.writer().leaseKeepAlive(request.getID()), new ReplyHandler() {
                @Override
                public void onReply(MessageSequence reply) {
                    openCount--;
                    answer.send(LeaseReader.keepAlive(node.reader(), reply));
                    endWhenDone();
                }

                @Override
                public void onFailure(Status status) {
                    answer.fail(status);
                }
            });
        }

        @Override
        public void onEnd() {
            hasEnded = true;
            endWhenDone();
        }

        private void endWhenDone() {
            if (hasEnded && openCount == 0) {
                answer.end();
            }
        }
    }
}
