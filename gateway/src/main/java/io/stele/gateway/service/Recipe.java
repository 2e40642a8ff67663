package io.stele.gateway.service;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.LeaseGrantResponse;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.node.LeaseReader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.ReplyReader;
import io.stele.transport.MessageSequence;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * One call that takes several requests, one after the other. Keys under {@code name/} queue by their creation revision;
 * the one with the least has its turn.
 */
final class Recipe {
    private static final long ORPHAN_TTL_SECONDS = 60;

    private final NodeCalls node;
    private Consumer<Status> failure;
    private KeyWait wait;
    private boolean isOver;

    Recipe(NodeCalls node, Consumer<Status> failure) {
        this.node = node;
        this.failure = failure;
    }

    /** From now on this hears of failures. */
    void onFailure(Consumer<Status> value) {
        failure = value;
    }

    /** Nobody waits for it any more: what it still gets is dropped. */
    void abandon() {
        isOver = true;
        if (wait != null) {
            wait.close();
        }
    }

    // ---- single requests

    void txn(TxnRequest request, Consumer<TxnResponse> then) {
        var unused = node.connection().call(node.writer().txn(request), handler(ReplyReader::txn, then));
    }

    void range(RangeRequest request, Consumer<RangeResponse> then) {
        var unused = node.connection().call(node.writer().range(request), handler(ReplyReader::range, then));
    }

    void delete(ByteString key, Consumer<ResponseHeader> then) {
        DeleteRangeRequest request = DeleteRangeRequest.newBuilder().setKey(key).build();
        var unused = node.connection()
                .call(
                        node.writer().deleteRange(request),
                        handler(ReplyReader::deleteRange, response -> then.accept(response.getHeader())));
    }

    /** A lease of the caller's, or one that nobody keeps alive. */
    void lease(long wanted, Consumer<Long> then) {
        if (wanted != 0) {
            then.accept(wanted);
            return;
        }
        var unused = node.connection()
                .call(
                        node.writer().leaseGrant(0, ORPHAN_TTL_SECONDS),
                        handler(LeaseReader::grant, (LeaseGrantResponse granted) -> then.accept(granted.getID())));
    }

    private <R> ReplyHandler handler(BiFunction<ReplyReader, MessageSequence, R> read, Consumer<R> then) {
        return new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                if (!isOver) {
                    then.accept(read.apply(node.reader(), reply));
                }
            }

            @Override
            public void onFailure(Status status) {
                if (!isOver) {
                    failure.accept(status);
                }
            }
        };
    }

    // ---- the queue under a name

    /** Puts the key if it is not there, and tells both its pair, if it was, and the first of the queue. */
    static TxnRequest enqueue(ByteString prefix, ByteString key, ByteString value, long lease) {
        RequestOp first = RequestOp.newBuilder()
                .setRequestRange(edge(prefix, RangeRequest.SortOrder.ASCEND))
                .build();
        return TxnRequest.newBuilder()
                .addCompare(isCreatedAt(key, 0))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(key)
                                .setValue(value)
                                .setLease(lease)))
                .addSuccess(first)
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .addFailure(first)
                .build();
    }

    static Compare isCreatedAt(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(revision)
                .build();
    }

    /** The key of the queue that was created first, or last. */
    static RangeRequest.Builder edge(ByteString prefix, RangeRequest.SortOrder order) {
        return RangeRequest.newBuilder()
                .setKey(prefix)
                .setRangeEnd(Prefixes.end(prefix))
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSortOrder(order)
                .setLimit(1);
    }

    /** Goes on when no key of the queue is left that was created before. */
    void awaitTurn(ByteString prefix, long createRevision, Runnable then) {
        RangeRequest before = edge(prefix, RangeRequest.SortOrder.DESCEND)
                .setMaxCreateRevision(createRevision - 1)
                .build();
        range(before, response -> {
            if (response.getKvsCount() == 0) {
                then.run();
            } else {
                long from = response.getHeader().getRevision() + 1;
                awaitDeletion(response.getKvs(0).getKey(), from, () -> awaitTurn(prefix, createRevision, then));
            }
        });
    }

    private void awaitDeletion(ByteString key, long fromRevision, Runnable then) {
        wait = new KeyWait(node, failure);
        wait.start(key, ByteString.EMPTY, fromRevision, event -> {
            if (event.isDeletion()) {
                wait.close();
                then.run();
            }
        });
    }

    /** Ends the {@link #changes} that are waited for. */
    void stopWaiting() {
        wait.close();
    }

    /** Every change of a key, or of a prefix, from a revision on; until the next wait. */
    void changes(ByteString key, ByteString rangeEnd, long fromRevision, Consumer<KeyWait.Change> then) {
        if (wait != null) {
            wait.close();
        }
        wait = new KeyWait(node, failure);
        wait.start(key, rangeEnd, fromRevision, then);
    }
}
