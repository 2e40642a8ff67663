package io.stele.gateway.service;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.AuthDisableRequest;
import io.stele.gateway.etcdserverpb.AuthDisableResponse;
import io.stele.gateway.etcdserverpb.AuthEnableRequest;
import io.stele.gateway.etcdserverpb.AuthEnableResponse;
import io.stele.gateway.etcdserverpb.AuthGrpc;
import io.stele.gateway.etcdserverpb.AuthRoleListRequest;
import io.stele.gateway.etcdserverpb.AuthRoleListResponse;
import io.stele.gateway.etcdserverpb.AuthStatusRequest;
import io.stele.gateway.etcdserverpb.AuthStatusResponse;
import io.stele.gateway.etcdserverpb.AuthUserListRequest;
import io.stele.gateway.etcdserverpb.AuthUserListResponse;
import io.stele.gateway.etcdserverpb.AuthenticateRequest;
import io.stele.gateway.etcdserverpb.AuthenticateResponse;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyReader;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.StatusReplyDecoder;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Users and roles, as an etcd answers that has none and does not ask who its clients are. */
public final class AuthService {
    /** Of a store that nobody has changed. */
    private static final long FRESH_AUTH_REVISION = 1;

    private static final Status NOT_ENABLED =
            Status.FAILED_PRECONDITION.withDescription("etcdserver: authentication is not enabled");
    private static final Status NO_ROOT_USER =
            Status.FAILED_PRECONDITION.withDescription("etcdserver: root user does not exist");
    private static final Status NO_USER = Status.FAILED_PRECONDITION.withDescription("etcdserver: user name not found");
    private static final Status NO_ROLE = Status.FAILED_PRECONDITION.withDescription("etcdserver: role name not found");
    private static final Status NOT_KEPT =
            Status.UNIMPLEMENTED.withDescription("etcdserver: users and roles are not kept yet");

    private final Supplier<NodeCalls> calls;

    public AuthService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(AuthGrpc.getAuthEnableMethod(), this::enable),
                Method.of(AuthGrpc.getAuthDisableMethod(), this::disable),
                Method.of(AuthGrpc.getAuthStatusMethod(), this::status),
                Method.of(AuthGrpc.getAuthenticateMethod(), this::authenticate),
                Method.of(AuthGrpc.getUserListMethod(), this::users),
                Method.of(AuthGrpc.getRoleListMethod(), this::roles),
                refusing(AuthGrpc.getUserAddMethod(), NOT_KEPT),
                refusing(AuthGrpc.getUserGetMethod(), NO_USER),
                refusing(AuthGrpc.getUserDeleteMethod(), NO_USER),
                refusing(AuthGrpc.getUserChangePasswordMethod(), NO_USER),
                refusing(AuthGrpc.getUserGrantRoleMethod(), NO_USER),
                refusing(AuthGrpc.getUserRevokeRoleMethod(), NO_USER),
                refusing(AuthGrpc.getRoleAddMethod(), NOT_KEPT),
                refusing(AuthGrpc.getRoleGetMethod(), NO_ROLE),
                refusing(AuthGrpc.getRoleDeleteMethod(), NO_ROLE),
                refusing(AuthGrpc.getRoleGrantPermissionMethod(), NO_ROLE),
                refusing(AuthGrpc.getRoleRevokePermissionMethod(), NO_ROLE));
    }

    private static <Q, R> Method<Q, R> refusing(MethodDescriptor<Q, R> descriptor, Status status) {
        return Method.of(descriptor, (request, answer) -> answer.fail(status));
    }

    private void enable(AuthEnableRequest request, Answer<AuthEnableResponse> answer) {
        answer.fail(NO_ROOT_USER);
    }

    private void disable(AuthDisableRequest request, Answer<AuthDisableResponse> answer) {
        withHeader(
                answer,
                header -> AuthDisableResponse.newBuilder().setHeader(header).build());
    }

    private void status(AuthStatusRequest request, Answer<AuthStatusResponse> answer) {
        withHeader(
                answer,
                header -> AuthStatusResponse.newBuilder()
                        .setHeader(header)
                        .setAuthRevision(FRESH_AUTH_REVISION)
                        .build());
    }

    private void authenticate(AuthenticateRequest request, Answer<AuthenticateResponse> answer) {
        answer.fail(NOT_ENABLED);
    }

    private void users(AuthUserListRequest request, Answer<AuthUserListResponse> answer) {
        withHeader(
                answer,
                header -> AuthUserListResponse.newBuilder().setHeader(header).build());
    }

    private void roles(AuthRoleListRequest request, Answer<AuthRoleListResponse> answer) {
        withHeader(
                answer,
                header -> AuthRoleListResponse.newBuilder().setHeader(header).build());
    }

    private <R> void withHeader(Answer<R> answer, Function<ResponseHeader, R> response) {
        NodeCalls node = calls.get();
        node.ask(node.writer().status(), answer, (reader, reply) -> response.apply(header(reader, reply)));
    }

    private static ResponseHeader header(ReplyReader reader, MessageSequence reply) {
        StatusReplyDecoder decoder =
                new StatusReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        return reader.header(decoder.revision(), decoder.raftTerm());
    }
}
