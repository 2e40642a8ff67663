package io.stele.gateway.service;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.v3lockpb.LockGrpc;
import io.stele.gateway.v3lockpb.LockRequest;
import io.stele.gateway.v3lockpb.LockResponse;
import io.stele.gateway.v3lockpb.UnlockRequest;
import io.stele.gateway.v3lockpb.UnlockResponse;
import java.util.List;
import java.util.function.Supplier;

/** Locks: whoever's key under the name was created first holds it, as long as its lease lives. */
public final class LockService {
    private final Supplier<NodeCalls> calls;

    public LockService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(LockGrpc.getLockMethod(), this::lock), Method.of(LockGrpc.getUnlockMethod(), this::unlock));
    }

    private void lock(LockRequest request, Answer<LockResponse> answer) {
        Recipe recipe = new Recipe(calls.get(), answer::fail);
        answer.onCancel(recipe::abandon);
        recipe.lease(request.getLease(), lease -> {
            ByteString key = Prefixes.place(request.getName(), lease);
            ByteString prefix = Prefixes.queue(request.getName());
            // Whoever leaves gives its place in the queue up.
            answer.onCancel(() -> {
                recipe.abandon();
                new Recipe(calls.get(), status -> {}).delete(key, header -> {});
            });
            recipe.txn(Recipe.enqueue(prefix, key, ByteString.EMPTY, lease), placed -> {
                long createRevision = createRevision(placed);
                if (placed.getResponses(1).getResponseRange().getKvs(0).getCreateRevision() == createRevision) {
                    locked(answer, placed.getHeader(), key);
                } else {
                    recipe.onFailure(status -> leave(key, answer, status));
                    recipe.awaitTurn(prefix, createRevision, () -> confirm(recipe, answer, key));
                }
            });
        });
    }

    /** Who cannot wait any longer stands in nobody's way: first the place in the queue goes, then the answer. */
    private void leave(ByteString key, Answer<LockResponse> answer, Status why) {
        new Recipe(calls.get(), status -> answer.fail(why)).delete(key, header -> answer.fail(why));
    }

    /** Revision at which the key was created, now or before. */
    static long createRevision(TxnResponse placed) {
        return placed.getSucceeded()
                ? placed.getHeader().getRevision()
                : placed.getResponses(0).getResponseRange().getKvs(0).getCreateRevision();
    }

    /** The lease may have ended while it waited. */
    private static void confirm(Recipe recipe, Answer<LockResponse> answer, ByteString key) {
        recipe.range(RangeRequest.newBuilder().setKey(key).build(), own -> {
            if (own.getKvsCount() == 0) {
                answer.fail(Status.UNKNOWN.withDescription("mutex: session is expired"));
            } else {
                locked(answer, own.getHeader(), key);
            }
        });
    }

    private static void locked(Answer<LockResponse> answer, ResponseHeader header, ByteString key) {
        answer.reply(LockResponse.newBuilder().setHeader(header).setKey(key).build());
    }

    private void unlock(UnlockRequest request, Answer<UnlockResponse> answer) {
        new Recipe(calls.get(), answer::fail)
                .delete(
                        request.getKey(),
                        header -> answer.reply(
                                UnlockResponse.newBuilder().setHeader(header).build()));
    }
}
