package io.stele.perf.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.stele.gateway.authpb.Permission;
import io.stele.gateway.authpb.UserAddOptions;
import io.stele.gateway.etcdserverpb.AuthDisableRequest;
import io.stele.gateway.etcdserverpb.AuthEnableRequest;
import io.stele.gateway.etcdserverpb.AuthRoleAddRequest;
import io.stele.gateway.etcdserverpb.AuthRoleDeleteRequest;
import io.stele.gateway.etcdserverpb.AuthRoleGetRequest;
import io.stele.gateway.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.stele.gateway.etcdserverpb.AuthRoleListRequest;
import io.stele.gateway.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.stele.gateway.etcdserverpb.AuthUserAddRequest;
import io.stele.gateway.etcdserverpb.AuthUserChangePasswordRequest;
import io.stele.gateway.etcdserverpb.AuthUserDeleteRequest;
import io.stele.gateway.etcdserverpb.AuthUserGetRequest;
import io.stele.gateway.etcdserverpb.AuthUserGrantRoleRequest;
import io.stele.gateway.etcdserverpb.AuthUserListRequest;
import io.stele.gateway.etcdserverpb.AuthUserRevokeRoleRequest;
import io.stele.gateway.etcdserverpb.AuthenticateRequest;
import java.util.Random;

/**
 * Requests for users, roles and permissions from a seed. There is never a user {@code root}: so authentication stays
 * disabled, and enabling it is refused. What versions of etcd differ in is left out: permissions for ranges without
 * keys, refused since 3.5, and those of the role {@code root}, which since then has all of them whatever it was
 * granted. Ranges that begin alike are left out, too: etcd keeps the second grant of one beside the first.
 */
final class UserRequests {
    private static final String[] USERS = {"ann", "bob", "cy", "dee", ""};
    private static final String[] ROLES = {"reader", "writer", "keeper", "root", ""};
    private static final String[] LESSER_ROLES = {"reader", "writer", "keeper", ""};
    private static final String[][] RANGES = {{"a", ""}, {"b", "c"}, {"b/1", "\0"}, {"c", "d"}};

    private final Random random;

    UserRequests(Random random) {
        this.random = random;
    }

    Message next() {
        return random.nextBoolean() ? user() : role();
    }

    private Message user() {
        return switch (random.nextInt(12)) {
            case 0, 1 ->
                AuthUserAddRequest.newBuilder()
                        .setName(one(USERS))
                        .setPassword("secret")
                        .setOptions(UserAddOptions.newBuilder().setNoPassword(random.nextInt(3) == 0))
                        .build();
            case 2 -> AuthUserDeleteRequest.newBuilder().setName(one(USERS)).build();
            case 3, 4 -> AuthUserGetRequest.newBuilder().setName(one(USERS)).build();
            case 5 -> AuthUserListRequest.getDefaultInstance();
            case 6 ->
                AuthUserChangePasswordRequest.newBuilder()
                        .setName(one(USERS))
                        .setPassword("other")
                        .build();
            case 7, 8 ->
                AuthUserGrantRoleRequest.newBuilder()
                        .setUser(one(USERS))
                        .setRole(one(ROLES))
                        .build();
            case 9 ->
                AuthUserRevokeRoleRequest.newBuilder()
                        .setName(one(USERS))
                        .setRole(one(ROLES))
                        .build();
            case 10 ->
                AuthenticateRequest.newBuilder()
                        .setName(one(USERS))
                        .setPassword("secret")
                        .build();
            default ->
                random.nextBoolean() ? AuthEnableRequest.getDefaultInstance() : AuthDisableRequest.getDefaultInstance();
        };
    }

    private Message role() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> AuthRoleAddRequest.newBuilder().setName(one(ROLES)).build();
            case 2 -> AuthRoleDeleteRequest.newBuilder().setRole(one(ROLES)).build();
            case 3, 4, 5 ->
                AuthRoleGetRequest.newBuilder().setRole(one(LESSER_ROLES)).build();
            case 6 -> AuthRoleListRequest.getDefaultInstance();
            case 7, 8, 9 -> granted(RANGES[random.nextInt(RANGES.length)]);
            default -> revoked(RANGES[random.nextInt(RANGES.length)]);
        };
    }

    private Message granted(String[] range) {
        return AuthRoleGrantPermissionRequest.newBuilder()
                .setName(one(LESSER_ROLES))
                .setPerm(Permission.newBuilder()
                        .setPermTypeValue(random.nextInt(3))
                        .setKey(ByteString.copyFromUtf8(range[0]))
                        .setRangeEnd(ByteString.copyFromUtf8(range[1])))
                .build();
    }

    /** Of what may have been granted, or to an end that it never was. */
    private Message revoked(String[] range) {
        return AuthRoleRevokePermissionRequest.newBuilder()
                .setRole(one(ROLES))
                .setKey(ByteString.copyFromUtf8(range[0]))
                .setRangeEnd(ByteString.copyFromUtf8(random.nextInt(4) == 0 ? "z" : range[1]))
                .build();
    }

    private String one(String[] names) {
        return names[random.nextInt(names.length)];
    }
}
