package io.stele.client;

import io.stele.transport.MessageSequence;
import io.stele.transport.PasswordHash;
import io.stele.transport.codec.AuthChange;
import io.stele.transport.codec.AuthQuestion;
import io.stele.transport.codec.PermissionType;
import java.util.concurrent.CompletableFuture;

/**
 * Users and roles. The cluster keeps them; it does not check requests against them yet.
 *
 * <p>A password does not leave this process: what is sent is its hash, which takes the caller's thread some time.
 */
public final class AuthClient {
    private static final byte[] NOTHING = {};

    private final SteleClient client;

    AuthClient(SteleClient client) {
        this.client = client;
    }

    /** Whether requests are checked. */
    public CompletableFuture<AuthResult> status() {
        return ask(AuthQuestion.STATUS, "");
    }

    public CompletableFuture<AuthResult> enable() {
        return change(AuthChange.ENABLE, "", "");
    }

    public CompletableFuture<AuthResult> disable() {
        return change(AuthChange.DISABLE, "", "");
    }

    public CompletableFuture<AuthResult> addUser(String name, String password) {
        return withPassword(AuthChange.USER_ADD, name, password);
    }

    public CompletableFuture<AuthResult> addUserWithoutPassword(String name) {
        return change(client.writer()
                .authChange(
                        new Change(AuthChange.USER_ADD, name, "", "", true, PermissionType.NULL_VAL),
                        NOTHING,
                        NOTHING));
    }

    public CompletableFuture<AuthResult> changePassword(String name, String password) {
        return withPassword(AuthChange.USER_PASSWORD, name, password);
    }

    public CompletableFuture<AuthResult> deleteUser(String name) {
        return change(AuthChange.USER_DELETE, name, "");
    }

    public CompletableFuture<AuthResult> grantRole(String user, String role) {
        return change(AuthChange.USER_GRANT, user, role);
    }

    public CompletableFuture<AuthResult> revokeRole(String user, String role) {
        return change(AuthChange.USER_REVOKE, user, role);
    }

    /** The roles of a user are the result's names. */
    public CompletableFuture<AuthResult> user(String name) {
        return ask(AuthQuestion.USER, name);
    }

    public CompletableFuture<AuthResult> users() {
        return ask(AuthQuestion.USERS, "");
    }

    public CompletableFuture<AuthResult> addRole(String name) {
        return change(AuthChange.ROLE_ADD, name, "");
    }

    public CompletableFuture<AuthResult> deleteRole(String name) {
        return change(AuthChange.ROLE_DELETE, name, "");
    }

    /** What the role may do. */
    public CompletableFuture<AuthResult> role(String name) {
        return ask(AuthQuestion.ROLE, name);
    }

    public CompletableFuture<AuthResult> roles() {
        return ask(AuthQuestion.ROLES, "");
    }

    public CompletableFuture<AuthResult> grantPermission(String role, Permission permission) {
        PermissionType type = switch (permission.type()) {
            case READ -> PermissionType.READ;
            case WRITE -> PermissionType.WRITE;
            case READWRITE -> PermissionType.READWRITE;
        };
        return change(client.writer()
                .authChange(
                        new Change(AuthChange.ROLE_GRANT, role, "", "", false, type),
                        permission.key(),
                        permission.rangeEnd()));
    }

    /** Takes back what was given for exactly this range. */
    public CompletableFuture<AuthResult> revokePermission(String role, byte[] key, byte[] rangeEnd) {
        return change(client.writer()
                .authChange(
                        new Change(AuthChange.ROLE_REVOKE, role, "", "", false, PermissionType.NULL_VAL),
                        key,
                        rangeEnd));
    }

    private CompletableFuture<AuthResult> withPassword(AuthChange change, String name, String password) {
        if (PasswordHash.isTooLong(password)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(PasswordHash.TOO_LONG));
        }
        String hash = PasswordHash.of(password, PasswordHash.COST_DEFAULT);
        return change(client.writer()
                .authChange(new Change(change, name, "", hash, false, PermissionType.NULL_VAL), NOTHING, NOTHING));
    }

    private CompletableFuture<AuthResult> change(AuthChange change, String name, String role) {
        return change(client.writer()
                .authChange(new Change(change, name, role, "", false, PermissionType.NULL_VAL), NOTHING, NOTHING));
    }

    private CompletableFuture<AuthResult> change(byte[] request) {
        return start(request, true);
    }

    private CompletableFuture<AuthResult> ask(AuthQuestion question, String name) {
        return start(client.writer().authRead(question, name), false);
    }

    private CompletableFuture<AuthResult> start(byte[] request, boolean isWrite) {
        return client.start(new Call<AuthResult>(client, request, isWrite) {
            @Override
            AuthResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.auth(reply);
            }
        });
    }

    /** A change, but for the range of a permission. */
    record Change(
            AuthChange change,
            String name,
            String role,
            String passwordHash,
            boolean noPassword,
            PermissionType permission) {}
}
