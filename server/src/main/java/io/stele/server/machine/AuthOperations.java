package io.stele.server.machine;

import io.stele.storage.page.PageStore;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.AuthReadRequestDecoder;
import io.stele.transport.codec.PermissionType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Users and roles: decoded, done, answered, with etcd's order of checks.
 *
 * <p>They are kept, not enforced: nothing here is asked before a request is carried out, and so nothing here says that
 * it is. What may be asked of a store without enforcement is answered as etcd does while authentication is off.
 */
final class AuthOperations {
    private static final byte[] ROOT = "root".getBytes(StandardCharsets.US_ASCII);
    private static final AuthRecord.Permission EVERYTHING =
            new AuthRecord.Permission((byte) PermissionType.READWRITE.value(), new byte[0], new byte[] {0});
    private static final byte[] NOTHING = {};

    private final AuthTable table;
    private final KeySpace space;
    private final AuthChangeRequestDecoder change = new AuthChangeRequestDecoder();
    private final AuthReadRequestDecoder read = new AuthReadRequestDecoder();

    private byte[] name;
    private byte[] role;
    private byte[] passwordHash;
    private byte[] key;
    private byte[] rangeEnd;

    AuthOperations(PageStore store, StateDigest digest, KeySpace space) {
        table = new AuthTable(store, digest);
        this.space = space;
    }

    void change(MessageSequence request, ReplyEncoder reply) {
        decode(request);
        ApiError error = switch (change.change()) {
            case ENABLE -> enable();
            case DISABLE -> null; // it is
            case USER_ADD -> addUser();
            case USER_DELETE -> table.removeUser(name) ? done() : ApiError.USER_NOT_FOUND;
            case USER_PASSWORD -> changePassword();
            case USER_GRANT -> grantRole();
            case USER_REVOKE -> revokeRole();
            case ROLE_ADD -> addRole();
            case ROLE_DELETE -> deleteRole();
            case ROLE_GRANT -> grantPermission();
            case ROLE_REVOKE -> revokePermission();
            case NULL_VAL, SBE_UNKNOWN -> ApiError.UNIMPLEMENTED;
        };
        if (reply == null) {
            return;
        }
        if (error != null) {
            reply.error(error, change.correlationId(), space.revision());
        } else {
            reply.auth(change.correlationId(), space.revision(), table.revision(), 0);
        }
    }

    private void decode(MessageSequence request) {
        DirectBuffer buffer = request.buffer();
        change.wrap(buffer, request.bodyOffset(), request.blockLength(), request.version());
        name = text(buffer, change.limit() + AuthChangeRequestDecoder.nameHeaderLength(), change.nameLength());
        change.skipName();
        role = text(buffer, change.limit() + AuthChangeRequestDecoder.roleHeaderLength(), change.roleLength());
        change.skipRole();
        int hashAt = change.limit() + AuthChangeRequestDecoder.passwordHashHeaderLength();
        passwordHash = text(buffer, hashAt, change.passwordHashLength());
        change.skipPasswordHash();
        key = text(buffer, change.limit() + AuthChangeRequestDecoder.keyHeaderLength(), change.keyLength());
        change.skipKey();
        int endAt = change.limit() + AuthChangeRequestDecoder.rangeEndHeaderLength();
        rangeEnd = text(buffer, endAt, change.rangeEndLength());
    }

    private static byte[] text(DirectBuffer buffer, int offset, int length) {
        byte[] text = new byte[length];
        buffer.getBytes(offset, text);
        return text;
    }

    private ApiError done() {
        table.commit();
        return null;
    }

    private ApiError enable() {
        AuthRecord.User root = table.user(ROOT);
        if (root == null) {
            return ApiError.ROOT_USER_MISSING;
        }
        return root.hasRole(ROOT) ? ApiError.AUTH_NOT_ENFORCED : ApiError.ROOT_ROLE_MISSING;
    }

    private ApiError addUser() {
        if (table.user(name) != null) {
            return ApiError.USER_EXISTS;
        }
        boolean hasNoPassword = change.flags().noPassword();
        boolean fits = table.putUser(name, new AuthRecord.User(hasNoPassword, hasNoPassword ? NOTHING : passwordHash));
        return fits ? done() : ApiError.REQUEST_TOO_LARGE;
    }

    private ApiError changePassword() {
        AuthRecord.User user = table.user(name);
        if (user == null) {
            return ApiError.USER_NOT_FOUND;
        }
        if (!user.hasNoPassword) { // who has none gets none
            user.passwordHash = passwordHash;
        }
        return table.putUser(name, user) ? done() : ApiError.REQUEST_TOO_LARGE;
    }

    private ApiError grantRole() {
        AuthRecord.User user = table.user(name);
        if (user == null) {
            return ApiError.USER_NOT_FOUND;
        }
        if (!Arrays.equals(role, ROOT) && table.role(role) == null) {
            return ApiError.ROLE_NOT_FOUND;
        }
        if (user.hasRole(role)) {
            return null;
        }
        user.grant(role);
        return table.putUser(name, user) ? done() : ApiError.REQUEST_TOO_LARGE;
    }

    private ApiError revokeRole() {
        AuthRecord.User user = table.user(name);
        if (user == null) {
            return ApiError.USER_NOT_FOUND;
        }
        if (!user.revoke(role)) {
            return ApiError.ROLE_NOT_GRANTED;
        }
        table.putUser(name, user);
        return done();
    }

    private ApiError addRole() {
        if (table.role(name) != null) {
            return ApiError.ROLE_EXISTS;
        }
        table.putRole(name, new AuthRecord.Role());
        return done();
    }

    private ApiError deleteRole() {
        if (!table.removeRole(name)) {
            return ApiError.ROLE_NOT_FOUND;
        }
        for (byte[] userName : table.users()) {
            AuthRecord.User user = table.user(userName);
            if (user.revoke(name)) {
                table.putUser(userName, user);
            }
        }
        return done();
    }

    private ApiError grantPermission() {
        AuthRecord.Role found = table.role(name);
        if (found == null) {
            return ApiError.ROLE_NOT_FOUND;
        }
        found.grant(new AuthRecord.Permission((byte) change.permission().value(), key, rangeEnd));
        return table.putRole(name, found) ? done() : ApiError.REQUEST_TOO_LARGE;
    }

    private ApiError revokePermission() {
        AuthRecord.Role found = table.role(name);
        if (found == null) {
            return ApiError.ROLE_NOT_FOUND;
        }
        if (!found.revoke(key, rangeEnd)) {
            return ApiError.PERMISSION_NOT_GRANTED;
        }
        table.putRole(name, found);
        return done();
    }

    void read(MessageSequence request, ReplyEncoder reply) {
        read.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        byte[] asked =
                text(request.buffer(), read.limit() + AuthReadRequestDecoder.nameHeaderLength(), read.nameLength());
        switch (read.question()) {
            case STATUS -> reply.auth(read.correlationId(), space.revision(), table.revision(), 0);
            case USER -> {
                AuthRecord.User user = table.user(asked);
                if (user == null) {
                    fail(ApiError.USER_NOT_FOUND, reply);
                } else {
                    names(user.roles, reply);
                }
            }
            case USERS -> names(table.users(), reply);
            case ROLE -> readRole(asked, reply);
            case ROLES -> names(table.roles(), reply);
            case NULL_VAL, SBE_UNKNOWN -> fail(ApiError.UNIMPLEMENTED, reply);
        }
        reply.finish(read.correlationId(), space.revision());
    }

    private void readRole(byte[] asked, ReplyEncoder reply) {
        AuthRecord.Role found = table.role(asked);
        if (found == null) {
            fail(ApiError.ROLE_NOT_FOUND, reply);
            return;
        }
        List<AuthRecord.Permission> permissions = Arrays.equals(asked, ROOT) ? List.of(EVERYTHING) : found.permissions;
        reply.auth(read.correlationId(), space.revision(), table.revision(), permissions.size());
        for (AuthRecord.Permission permission : permissions) {
            reply.authPermission(permission.type(), permission.key(), permission.rangeEnd());
        }
    }

    private void names(List<byte[]> names, ReplyEncoder reply) {
        reply.auth(read.correlationId(), space.revision(), table.revision(), names.size());
        for (byte[] each : names) {
            reply.authName(each);
        }
    }

    private void fail(ApiError error, ReplyEncoder reply) {
        reply.error(error, read.correlationId(), space.revision());
    }
}
