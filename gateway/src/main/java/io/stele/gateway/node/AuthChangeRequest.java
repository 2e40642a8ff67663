package io.stele.gateway.node;

import com.google.protobuf.ByteString;
import io.stele.transport.codec.AuthChange;
import io.stele.transport.codec.PermissionType;

/**
 * A change of users and roles; what it does not need is empty.
 *
 * @param change what to do
 * @param name the user or role that changes
 * @param role what a user gets or loses
 * @param passwordHash bcrypt
 * @param noPassword whether a new user has none
 * @param permission what a role gets
 * @param key first key of it
 * @param rangeEnd end of its range
 */
public record AuthChangeRequest(
        AuthChange change,
        String name,
        String role,
        String passwordHash,
        boolean noPassword,
        PermissionType permission,
        ByteString key,
        ByteString rangeEnd) {

    public static AuthChangeRequest of(AuthChange change, String name) {
        return of(change, name, "");
    }

    public static AuthChangeRequest of(AuthChange change, String name, String role) {
        return new AuthChangeRequest(
                change, name, role, "", false, PermissionType.NULL_VAL, ByteString.EMPTY, ByteString.EMPTY);
    }

    /** An empty hash is no password. */
    public static AuthChangeRequest password(AuthChange change, String name, String hash) {
        return new AuthChangeRequest(
                change, name, "", hash, hash.isEmpty(), PermissionType.NULL_VAL, ByteString.EMPTY, ByteString.EMPTY);
    }

    public static AuthChangeRequest permission(
            AuthChange change, String role, PermissionType permission, ByteString key, ByteString rangeEnd) {
        return new AuthChangeRequest(change, role, "", "", false, permission, key, rangeEnd);
    }
}
