package io.stele.gateway.v2;

import io.grpc.Status;
import io.stele.gateway.etcdserverpb.Member;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.node.LeaseReader;
import io.stele.gateway.node.MemberReader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.RequestWriter;
import io.stele.gateway.node.StatusReader;
import io.stele.transport.MessageSequence;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** What one request asks of the node, one after the other. Nothing comes of it any more once it is abandoned. */
final class NodeQuestions {
    private static final ReplyHandler NOBODY = new ReplyHandler() {
        @Override
        public void onReply(MessageSequence reply) {
            // nobody waits for it
        }

        @Override
        public void onFailure(Status status) {
            // it ends by itself, or is tried again when somebody comes across it
        }
    };

    private final NodeCalls node;
    private final Consumer<Status> failure;
    private boolean isAbandoned;

    NodeQuestions(NodeCalls node, Consumer<Status> failure) {
        this.node = node;
        this.failure = failure;
    }

    void abandon() {
        isAbandoned = true;
    }

    void txn(TxnRequest request, Consumer<TxnResponse> then) {
        ask(node.writer().txn(request), node.reader()::txn, then);
    }

    void range(RangeRequest request, Consumer<RangeResponse> then) {
        ask(node.writer().range(request), node.reader()::range, then);
    }

    void grant(long seconds, Consumer<Long> then) {
        ask(
                node.writer().leaseGrant(0, seconds),
                reply -> LeaseReader.grant(node.reader(), reply).getID(),
                then);
    }

    void members(Consumer<List<Member>> then) {
        ask(
                node.writer().memberList(false),
                reply -> MemberReader.<List<Member>>read(node.reader(), reply, (header, all, changed) -> all),
                then);
    }

    void status(String version, Consumer<StatusResponse> then) {
        ask(node.writer().status(), reply -> StatusReader.read(node.reader(), reply, version), then);
    }

    /** The member, and up to where its history is gone. */
    void history(String version, BiConsumer<StatusResponse, Long> then) {
        long[] compacted = new long[1];
        ask(
                node.writer().status(),
                reply -> {
                    compacted[0] = StatusReader.compactRevision(reply);
                    return StatusReader.read(node.reader(), reply, version);
                },
                member -> then.accept(member, compacted[0]));
    }

    private <R> void ask(RequestWriter request, Function<MessageSequence, R> read, Consumer<R> then) {
        var unused = node.connection().call(request, new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                if (!isAbandoned) {
                    then.accept(read.apply(reply));
                }
            }

            @Override
            public void onFailure(Status status) {
                if (!isAbandoned) {
                    failure.accept(status);
                }
            }
        });
    }

    /** Ends a lease that nothing is attached to, whoever waits for what. */
    void revoke(long lease) {
        var unused = node.connection().call(node.writer().leaseRevoke(lease), NOBODY);
    }

    /** Carried out whoever waits for what. */
    void execute(TxnRequest request) {
        var unused = node.connection().call(node.writer().txn(request), NOBODY);
    }
}
