package io.stele.gateway.service;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.stele.gateway.authpb.Permission;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.AuthDisableResponse;
import io.stele.gateway.etcdserverpb.AuthEnableResponse;
import io.stele.gateway.etcdserverpb.AuthGrpc;
import io.stele.gateway.etcdserverpb.AuthRoleAddResponse;
import io.stele.gateway.etcdserverpb.AuthRoleDeleteResponse;
import io.stele.gateway.etcdserverpb.AuthRoleGetResponse;
import io.stele.gateway.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.stele.gateway.etcdserverpb.AuthRoleGrantPermissionResponse;
import io.stele.gateway.etcdserverpb.AuthRoleListResponse;
import io.stele.gateway.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.stele.gateway.etcdserverpb.AuthRoleRevokePermissionResponse;
import io.stele.gateway.etcdserverpb.AuthStatusResponse;
import io.stele.gateway.etcdserverpb.AuthUserAddRequest;
import io.stele.gateway.etcdserverpb.AuthUserAddResponse;
import io.stele.gateway.etcdserverpb.AuthUserChangePasswordResponse;
import io.stele.gateway.etcdserverpb.AuthUserDeleteResponse;
import io.stele.gateway.etcdserverpb.AuthUserGetResponse;
import io.stele.gateway.etcdserverpb.AuthUserGrantRoleResponse;
import io.stele.gateway.etcdserverpb.AuthUserListResponse;
import io.stele.gateway.etcdserverpb.AuthUserRevokeRoleResponse;
import io.stele.gateway.node.AuthChangeRequest;
import io.stele.gateway.node.AuthReader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.Statuses;
import io.stele.transport.ApiError;
import io.stele.transport.codec.AuthChange;
import io.stele.transport.codec.AuthQuestion;
import io.stele.transport.codec.PermissionType;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Users and roles. They are kept; requests are not checked against them, and so authentication cannot be enabled.
 *
 * <p>A password goes no further than here: the node gets its hash.
 */
public final class AuthService {
    private static final PermissionType[] PERMISSIONS = {
        PermissionType.READ, PermissionType.WRITE, PermissionType.READWRITE
    };

    private final Supplier<NodeCalls> calls;
    private final PasswordHashing hashing;

    public AuthService(Supplier<NodeCalls> calls, PasswordHashing hashing) {
        this.calls = calls;
        this.hashing = hashing;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                asking(AuthGrpc.getAuthStatusMethod(), AuthQuestion.STATUS, request -> "", AuthService::status),
                Method.of(AuthGrpc.getAuthenticateMethod(), (request, answer) -> answer.fail(notEnabled())),
                changing(
                        AuthGrpc.getAuthEnableMethod(),
                        request -> AuthChangeRequest.of(AuthChange.ENABLE, ""),
                        reply -> AuthEnableResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                changing(
                        AuthGrpc.getAuthDisableMethod(),
                        request -> AuthChangeRequest.of(AuthChange.DISABLE, ""),
                        reply -> AuthDisableResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                Method.of(AuthGrpc.getUserAddMethod(), this::addUser),
                asking(
                        AuthGrpc.getUserGetMethod(),
                        AuthQuestion.USER,
                        request -> request.getName(),
                        reply -> AuthUserGetResponse.newBuilder()
                                .setHeader(reply.header())
                                .addAllRoles(reply.names())
                                .build()),
                asking(
                        AuthGrpc.getUserListMethod(),
                        AuthQuestion.USERS,
                        request -> "",
                        reply -> AuthUserListResponse.newBuilder()
                                .setHeader(reply.header())
                                .addAllUsers(reply.names())
                                .build()),
                changing(
                        AuthGrpc.getUserDeleteMethod(),
                        request -> AuthChangeRequest.of(AuthChange.USER_DELETE, request.getName()),
                        reply -> AuthUserDeleteResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                Method.of(
                        AuthGrpc.getUserChangePasswordMethod(),
                        (request, answer) -> withHash(
                                request.getPassword(),
                                answer,
                                hash -> AuthChangeRequest.password(AuthChange.USER_PASSWORD, request.getName(), hash),
                                reply -> AuthUserChangePasswordResponse.newBuilder()
                                        .setHeader(reply.header())
                                        .build())),
                changing(
                        AuthGrpc.getUserGrantRoleMethod(),
                        request -> AuthChangeRequest.of(AuthChange.USER_GRANT, request.getUser(), request.getRole()),
                        reply -> AuthUserGrantRoleResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                changing(
                        AuthGrpc.getUserRevokeRoleMethod(),
                        request -> AuthChangeRequest.of(AuthChange.USER_REVOKE, request.getName(), request.getRole()),
                        reply -> AuthUserRevokeRoleResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()));
    }

    /** Those of roles. */
    public List<Method<?, ?>> roleMethods() {
        return List.of(
                changing(
                        AuthGrpc.getRoleAddMethod(),
                        request -> AuthChangeRequest.of(AuthChange.ROLE_ADD, request.getName()),
                        reply -> AuthRoleAddResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                asking(
                        AuthGrpc.getRoleGetMethod(),
                        AuthQuestion.ROLE,
                        request -> request.getRole(),
                        reply -> AuthRoleGetResponse.newBuilder()
                                .setHeader(reply.header())
                                .addAllPerm(reply.permissions())
                                .build()),
                asking(
                        AuthGrpc.getRoleListMethod(),
                        AuthQuestion.ROLES,
                        request -> "",
                        reply -> AuthRoleListResponse.newBuilder()
                                .setHeader(reply.header())
                                .addAllRoles(reply.names())
                                .build()),
                changing(
                        AuthGrpc.getRoleDeleteMethod(),
                        request -> AuthChangeRequest.of(AuthChange.ROLE_DELETE, request.getRole()),
                        reply -> AuthRoleDeleteResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                changing(
                        AuthGrpc.getRoleGrantPermissionMethod(),
                        AuthService::grantedPermission,
                        reply -> AuthRoleGrantPermissionResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()),
                changing(
                        AuthGrpc.getRoleRevokePermissionMethod(),
                        AuthService::revokedPermission,
                        reply -> AuthRoleRevokePermissionResponse.newBuilder()
                                .setHeader(reply.header())
                                .build()));
    }

    private <Q, R> Method<Q, R> changing(
            MethodDescriptor<Q, R> descriptor,
            Function<Q, AuthChangeRequest> change,
            Function<AuthReader.Reply, R> response) {
        return Method.of(descriptor, (request, answer) -> {
            NodeCalls node = calls.get();
            node.ask(
                    node.writer().auth(change.apply(request)),
                    answer,
                    (reader, reply) -> response.apply(AuthReader.read(reader, reply)));
        });
    }

    private <Q, R> Method<Q, R> asking(
            MethodDescriptor<Q, R> descriptor,
            AuthQuestion question,
            Function<Q, String> name,
            Function<AuthReader.Reply, R> response) {
        return Method.of(descriptor, (request, answer) -> {
            NodeCalls node = calls.get();
            node.ask(
                    node.writer().auth(question, name.apply(request)),
                    answer,
                    (reader, reply) -> response.apply(AuthReader.read(reader, reply)));
        });
    }

    private static AuthStatusResponse status(AuthReader.Reply reply) {
        return AuthStatusResponse.newBuilder()
                .setHeader(reply.header())
                .setEnabled(reply.isEnabled())
                .setAuthRevision(reply.revision())
                .build();
    }

    private static Status notEnabled() {
        return Statuses.of(ApiError.AUTH_NOT_ENABLED);
    }

    /** A hash that came with the request is not looked at, as etcd does. */
    private void addUser(AuthUserAddRequest request, Answer<AuthUserAddResponse> answer) {
        Function<String, AuthChangeRequest> change =
                hash -> AuthChangeRequest.password(AuthChange.USER_ADD, request.getName(), hash);
        Function<AuthReader.Reply, AuthUserAddResponse> response = reply ->
                AuthUserAddResponse.newBuilder().setHeader(reply.header()).build();
        if (request.getOptions().getNoPassword()) {
            send(answer, change.apply(""), response);
        } else {
            withHash(request.getPassword(), answer, change, response);
        }
    }

    private <R> void withHash(
            String password,
            Answer<R> answer,
            Function<String, AuthChangeRequest> change,
            Function<AuthReader.Reply, R> response) {
        hashing.hash(
                password,
                calls.get().eventLoop(),
                hash -> send(answer, change.apply(hash), response),
                status -> answer.fail(status));
    }

    private <R> void send(Answer<R> answer, AuthChangeRequest change, Function<AuthReader.Reply, R> response) {
        if (!answer.isOver()) {
            NodeCalls node = calls.get();
            node.ask(
                    node.writer().auth(change),
                    answer,
                    (reader, reply) -> response.apply(AuthReader.read(reader, reply)));
        }
    }

    private static AuthChangeRequest grantedPermission(AuthRoleGrantPermissionRequest request) {
        Permission permission = request.getPerm();
        int number = permission.getPermTypeValue();
        boolean given = request.hasPerm() && number >= 0 && number < PERMISSIONS.length;
        return AuthChangeRequest.permission(
                AuthChange.ROLE_GRANT,
                request.getName(),
                given ? PERMISSIONS[number] : PermissionType.NULL_VAL,
                permission.getKey(),
                permission.getRangeEnd());
    }

    private static AuthChangeRequest revokedPermission(AuthRoleRevokePermissionRequest request) {
        return AuthChangeRequest.permission(
                AuthChange.ROLE_REVOKE,
                request.getRole(),
                PermissionType.NULL_VAL,
                request.getKey(),
                request.getRangeEnd());
    }
}
