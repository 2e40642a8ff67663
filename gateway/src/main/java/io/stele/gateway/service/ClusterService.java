package io.stele.gateway.service;

import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.ClusterGrpc;
import io.stele.gateway.etcdserverpb.Member;
import io.stele.gateway.etcdserverpb.MemberAddRequest;
import io.stele.gateway.etcdserverpb.MemberAddResponse;
import io.stele.gateway.etcdserverpb.MemberListRequest;
import io.stele.gateway.etcdserverpb.MemberListResponse;
import io.stele.gateway.etcdserverpb.MemberPromoteRequest;
import io.stele.gateway.etcdserverpb.MemberPromoteResponse;
import io.stele.gateway.etcdserverpb.MemberRemoveRequest;
import io.stele.gateway.etcdserverpb.MemberRemoveResponse;
import io.stele.gateway.etcdserverpb.MemberUpdateRequest;
import io.stele.gateway.etcdserverpb.MemberUpdateResponse;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.node.MemberReader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.RequestWriter.MemberChange;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Who the members are. Its headers tell no revision, as etcd's do not. */
public final class ClusterService {
    private final Supplier<NodeCalls> calls;

    public ClusterService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(ClusterGrpc.getMemberListMethod(), this::list),
                Method.of(ClusterGrpc.getMemberAddMethod(), this::add),
                Method.of(ClusterGrpc.getMemberRemoveMethod(), this::remove),
                Method.of(ClusterGrpc.getMemberUpdateMethod(), this::update),
                Method.of(ClusterGrpc.getMemberPromoteMethod(), this::promote));
    }

    private void list(MemberListRequest request, Answer<MemberListResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(
                node.writer().memberList(request.getLinearizable()),
                answer,
                (reader, reply) -> MemberReader.read(
                        reader,
                        reply,
                        (header, members, changed) -> MemberListResponse.newBuilder()
                                .setHeader(header)
                                .addAllMembers(members)
                                .build()));
    }

    private void add(MemberAddRequest request, Answer<MemberAddResponse> answer) {
        NodeCalls node = calls.get();
        MemberChange change = request.getIsLearner() ? MemberChange.ADD_LEARNER : MemberChange.ADD;
        node.ask(
                node.writer().memberChange(change, 0, request.getPeerURLsList()),
                answer,
                (reader, reply) -> MemberReader.read(reader, reply, (header, members, changed) -> {
                    MemberAddResponse.Builder response =
                            MemberAddResponse.newBuilder().setHeader(header).addAllMembers(members);
                    members.stream().filter(member -> member.getID() == changed).forEach(response::setMember);
                    return response.build();
                }));
    }

    private void remove(MemberRemoveRequest request, Answer<MemberRemoveResponse> answer) {
        change(
                MemberChange.REMOVE,
                request.getID(),
                List.of(),
                answer,
                (header, members) -> MemberRemoveResponse.newBuilder()
                        .setHeader(header)
                        .addAllMembers(members)
                        .build());
    }

    private void update(MemberUpdateRequest request, Answer<MemberUpdateResponse> answer) {
        change(
                MemberChange.UPDATE,
                request.getID(),
                request.getPeerURLsList(),
                answer,
                (header, members) -> MemberUpdateResponse.newBuilder()
                        .setHeader(header)
                        .addAllMembers(members)
                        .build());
    }

    private void promote(MemberPromoteRequest request, Answer<MemberPromoteResponse> answer) {
        change(
                MemberChange.PROMOTE,
                request.getID(),
                List.of(),
                answer,
                (header, members) -> MemberPromoteResponse.newBuilder()
                        .setHeader(header)
                        .addAllMembers(members)
                        .build());
    }

    private <R> void change(
            MemberChange change,
            long memberId,
            List<String> peerUrls,
            Answer<R> answer,
            BiFunction<ResponseHeader, List<Member>, R> response) {
        NodeCalls node = calls.get();
        node.ask(
                node.writer().memberChange(change, memberId, peerUrls),
                answer,
                (reader, reply) -> MemberReader.read(
                        reader, reply, (header, members, changed) -> response.apply(header, members)));
    }
}
