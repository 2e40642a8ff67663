package io.stele.gateway.service;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.mvccpb.KeyValue;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.v3electionpb.CampaignRequest;
import io.stele.gateway.v3electionpb.CampaignResponse;
import io.stele.gateway.v3electionpb.ElectionGrpc;
import io.stele.gateway.v3electionpb.LeaderKey;
import io.stele.gateway.v3electionpb.LeaderRequest;
import io.stele.gateway.v3electionpb.LeaderResponse;
import io.stele.gateway.v3electionpb.ProclaimRequest;
import io.stele.gateway.v3electionpb.ProclaimResponse;
import io.stele.gateway.v3electionpb.ResignRequest;
import io.stele.gateway.v3electionpb.ResignResponse;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Elections: whoever's key under the name was created first leads, as long as its lease lives. */
public final class ElectionService {
    private static final Status NO_LEADER = Status.UNKNOWN.withDescription("election: no leader");
    private static final Status NOT_LEADER = Status.UNKNOWN.withDescription("election: not leader");
    private static final Status NO_LEADER_GIVEN = Status.UNKNOWN.withDescription("\"leader\" field must be provided");

    private final Supplier<NodeCalls> calls;

    public ElectionService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(ElectionGrpc.getCampaignMethod(), this::campaign),
                Method.of(ElectionGrpc.getProclaimMethod(), this::proclaim),
                Method.of(ElectionGrpc.getLeaderMethod(), this::leader),
                Method.of(ElectionGrpc.getObserveMethod(), this::observe),
                Method.of(ElectionGrpc.getResignMethod(), this::resign));
    }

    private void campaign(CampaignRequest request, Answer<CampaignResponse> answer) {
        Recipe recipe = new Recipe(calls.get(), answer::fail);
        answer.onCancel(recipe::abandon);
        recipe.lease(request.getLease(), lease -> {
            ByteString key = Prefixes.place(request.getName(), lease);
            ByteString prefix = Prefixes.queue(request.getName());
            // Whoever leaves stands for election no more.
            answer.onCancel(() -> {
                recipe.abandon();
                new Recipe(calls.get(), status -> {}).delete(key, header -> {});
            });
            recipe.txn(Recipe.enqueue(prefix, key, request.getValue(), lease), placed -> {
                LeaderKey leader = LeaderKey.newBuilder()
                        .setName(request.getName())
                        .setKey(key)
                        .setRev(LockService.createRevision(placed))
                        .setLease(lease)
                        .build();
                Consumer<ResponseHeader> awaited = header -> recipe.awaitTurn(
                        prefix,
                        leader.getRev(),
                        () -> answer.reply(CampaignResponse.newBuilder()
                                .setHeader(header)
                                .setLeader(leader)
                                .build()));
                boolean isOther = !placed.getSucceeded()
                        && !placed.getResponses(0)
                                .getResponseRange()
                                .getKvs(0)
                                .getValue()
                                .equals(request.getValue());
                if (isOther) {
                    recipe.onFailure(status -> standDown(leader, answer, status));
                    recipe.txn(proclamation(leader, request.getValue()), done -> {
                        if (done.getSucceeded()) {
                            recipe.onFailure(answer::fail);
                            awaited.accept(done.getHeader());
                        } else {
                            standDown(leader, answer, NOT_LEADER);
                        }
                    });
                } else {
                    awaited.accept(placed.getHeader());
                }
            });
        });
    }

    /** Gives the place in the queue up, if it is still the same one, then answers. */
    private void standDown(LeaderKey leader, Answer<CampaignResponse> answer, Status why) {
        new Recipe(calls.get(), status -> answer.fail(why)).txn(resignation(leader), done -> answer.fail(why));
    }

    private static TxnRequest proclamation(LeaderKey leader, ByteString value) {
        return TxnRequest.newBuilder()
                .addCompare(Recipe.isCreatedAt(leader.getKey(), leader.getRev()))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(leader.getKey())
                                .setValue(value)
                                .setLease(leader.getLease())))
                .build();
    }

    private void proclaim(ProclaimRequest request, Answer<ProclaimResponse> answer) {
        if (!request.hasLeader()) {
            answer.fail(NO_LEADER_GIVEN);
            return;
        }
        new Recipe(calls.get(), answer::fail).txn(proclamation(request.getLeader(), request.getValue()), done -> {
            if (done.getSucceeded()) {
                answer.reply(ProclaimResponse.newBuilder()
                        .setHeader(done.getHeader())
                        .build());
            } else {
                answer.fail(NOT_LEADER);
            }
        });
    }

    private void resign(ResignRequest request, Answer<ResignResponse> answer) {
        if (!request.hasLeader()) {
            answer.fail(NO_LEADER_GIVEN);
            return;
        }
        new Recipe(calls.get(), answer::fail)
                .txn(
                        resignation(request.getLeader()),
                        done -> answer.reply(ResignResponse.newBuilder()
                                .setHeader(done.getHeader())
                                .build()));
    }

    private static TxnRequest resignation(LeaderKey leader) {
        return TxnRequest.newBuilder()
                .addCompare(Recipe.isCreatedAt(leader.getKey(), leader.getRev()))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(leader.getKey())))
                .build();
    }

    private void leader(LeaderRequest request, Answer<LeaderResponse> answer) {
        new Recipe(calls.get(), answer::fail).range(first(request.getName()), found -> {
            if (found.getKvsCount() == 0) {
                answer.fail(NO_LEADER);
            } else {
                answer.reply(response(found.getHeader(), found.getKvs(0)));
            }
        });
    }

    private static RangeRequest first(ByteString name) {
        return Recipe.edge(Prefixes.queue(name), RangeRequest.SortOrder.ASCEND).build();
    }

    private static LeaderResponse response(ResponseHeader header, KeyValue pair) {
        return LeaderResponse.newBuilder().setHeader(header).setKv(pair).build();
    }

    /** Who leads, then everyone who does, and what each proclaims. */
    private void observe(LeaderRequest request, Answer<LeaderResponse> answer) {
        Recipe recipe = new Recipe(calls.get(), answer::fail);
        answer.onCancel(recipe::abandon);
        observeLeader(request.getName(), recipe, answer);
    }

    private static void observeLeader(ByteString name, Recipe recipe, Answer<LeaderResponse> answer) {
        recipe.range(first(name), found -> {
            long next = found.getHeader().getRevision() + 1;
            if (found.getKvsCount() == 0) {
                ByteString prefix = Prefixes.queue(name);
                recipe.changes(prefix, Prefixes.end(prefix), next, change -> {
                    if (!change.isDeletion()) {
                        recipe.stopWaiting();
                        observeLeader(name, recipe, answer);
                    }
                });
                return;
            }
            KeyValue leader = found.getKvs(0);
            answer.send(response(found.getHeader(), leader));
            recipe.changes(leader.getKey(), ByteString.EMPTY, next, change -> {
                if (change.isDeletion()) {
                    recipe.stopWaiting();
                    observeLeader(name, recipe, answer);
                } else {
                    answer.send(response(change.header(), change.pair()));
                }
            });
        });
    }
}
