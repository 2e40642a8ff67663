package io.stele.client.cli;

import io.stele.client.AuthClient;
import io.stele.client.AuthResult;
import io.stele.client.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Users and roles over the Java client. */
final class ClientUsers implements Users {
    private final AuthClient auth;
    private final Function<CompletableFuture<AuthResult>, AuthResult> await;

    /** Await waits for an answer, and words a failure. */
    ClientUsers(AuthClient auth, Function<CompletableFuture<AuthResult>, AuthResult> await) {
        this.auth = auth;
        this.await = await;
    }

    @Override
    public Reply.Auth status() {
        return reply(auth.status());
    }

    @Override
    public Reply.Auth enable() {
        return reply(auth.enable());
    }

    @Override
    public Reply.Auth disable() {
        return reply(auth.disable());
    }

    @Override
    public Reply.Auth userAdd(String name, String password) {
        return password == null
                ? reply(auth.addUserWithoutPassword(text(name)))
                : reply(auth.addUser(text(name), text(password)));
    }

    @Override
    public Reply.Auth userDelete(String name) {
        return reply(auth.deleteUser(text(name)));
    }

    @Override
    public Reply.Auth userPassword(String name, String password) {
        return reply(auth.changePassword(text(name), text(password)));
    }

    @Override
    public Reply.Auth userGrant(String name, String role) {
        return reply(auth.grantRole(text(name), text(role)));
    }

    @Override
    public Reply.Auth userRevoke(String name, String role) {
        return reply(auth.revokeRole(text(name), text(role)));
    }

    @Override
    public Reply.Auth user(String name) {
        return reply(auth.user(text(name)));
    }

    @Override
    public Reply.Auth users() {
        return reply(auth.users());
    }

    @Override
    public Reply.Auth roleAdd(String name) {
        return reply(auth.addRole(text(name)));
    }

    @Override
    public Reply.Auth roleDelete(String name) {
        return reply(auth.deleteRole(text(name)));
    }

    @Override
    public Reply.Auth roleGrant(String name, Reply.Permission permission) {
        Permission.Type type = Permission.Type.valueOf(permission.type().name());
        return reply(auth.grantPermission(
                text(name), new Permission(type, Octets.bytes(permission.key()), Octets.bytes(permission.end()))));
    }

    @Override
    public Reply.Auth roleRevoke(String name, String key, String end) {
        return reply(auth.revokePermission(text(name), Octets.bytes(key), Octets.bytes(end)));
    }

    @Override
    public Reply.Auth role(String name) {
        return reply(auth.role(text(name)));
    }

    @Override
    public Reply.Auth roles() {
        return reply(auth.roles());
    }

    private static String text(String octets) {
        return Octets.text(octets);
    }

    private Reply.Auth reply(CompletableFuture<AuthResult> answer) {
        AuthResult result = await.apply(answer);
        List<String> names = new ArrayList<>();
        result.names().forEach(name -> names.add(Octets.utf8(name)));
        List<Reply.Permission> permissions = new ArrayList<>();
        result.permissions()
                .forEach(permission -> permissions.add(new Reply.Permission(
                        Reply.PermissionType.valueOf(permission.type().name()),
                        Octets.of(permission.key()),
                        Octets.of(permission.rangeEnd()))));
        return new Reply.Auth(
                ClientStore.header(result.header()), result.isEnabled(), result.authRevision(), names, permissions);
    }
}
