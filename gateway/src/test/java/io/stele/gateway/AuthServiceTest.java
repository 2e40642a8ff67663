package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.stele.gateway.authpb.Permission;
import io.stele.gateway.authpb.UserAddOptions;
import io.stele.gateway.etcdserverpb.AuthDisableRequest;
import io.stele.gateway.etcdserverpb.AuthEnableRequest;
import io.stele.gateway.etcdserverpb.AuthGrpc;
import io.stele.gateway.etcdserverpb.AuthRoleAddRequest;
import io.stele.gateway.etcdserverpb.AuthRoleDeleteRequest;
import io.stele.gateway.etcdserverpb.AuthRoleGetRequest;
import io.stele.gateway.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.stele.gateway.etcdserverpb.AuthRoleListRequest;
import io.stele.gateway.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.stele.gateway.etcdserverpb.AuthStatusRequest;
import io.stele.gateway.etcdserverpb.AuthStatusResponse;
import io.stele.gateway.etcdserverpb.AuthUserAddRequest;
import io.stele.gateway.etcdserverpb.AuthUserChangePasswordRequest;
import io.stele.gateway.etcdserverpb.AuthUserDeleteRequest;
import io.stele.gateway.etcdserverpb.AuthUserGetRequest;
import io.stele.gateway.etcdserverpb.AuthUserGrantRoleRequest;
import io.stele.gateway.etcdserverpb.AuthUserListRequest;
import io.stele.gateway.etcdserverpb.AuthUserRevokeRoleRequest;
import io.stele.gateway.etcdserverpb.AuthenticateRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles over gRPC, with etcd's texts and codes. */
class AuthServiceTest {
    private static final String PRECONDITION = "FAILED_PRECONDITION: etcdserver: ";
    private static final String INVALID = "INVALID_ARGUMENT: etcdserver: ";

    @TempDir
    private Path directory;

    private TestNode node;
    private AuthGrpc.AuthBlockingStub auth;

    @BeforeEach
    void start() {
        node = new TestNode(directory, "--bcrypt-cost", "4");
        auth = AuthGrpc.newBlockingStub(node.channel());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldKeepUsers() {
        addUser("b", "secret");
        addUser("a", "");
        refused(INVALID + "user name is empty", () -> auth.userAdd(AuthUserAddRequest.getDefaultInstance()));
        refused(PRECONDITION + "user name already exists", () -> addUser("a", "x"));
        assertEquals(List.of("a", "b"), users());
        assertEquals(List.of(), rolesOf("a"));
        refused(PRECONDITION + "user name not found", () -> rolesOf("nobody"));
        changePassword("a", "new");
        refused(PRECONDITION + "user name not found", () -> changePassword("nobody", "x"));
        refused("UNKNOWN: bcrypt: password length exceeds 72 bytes", () -> changePassword("a", "x".repeat(73)));
        deleteUser("b");
        refused(PRECONDITION + "user name not found", () -> deleteUser("b"));
        assertEquals(List.of("a"), users());
    }

    @Test
    void shouldGrantRolesToUsersAndTakeThemBack() {
        addUser("u", "p");
        addRole("r2");
        addRole("r1");
        refused(INVALID + "role name is empty", () -> addRole(""));
        refused(PRECONDITION + "role name already exists", () -> addRole("r1"));
        refused(PRECONDITION + "user name not found", () -> grant("nobody", "r1"));
        refused(PRECONDITION + "role name not found", () -> grant("u", "nothing"));
        grant("u", "r2");
        grant("u", "r1");
        grant("u", "root"); // this role need not exist
        long before = status().getAuthRevision();
        grant("u", "r1");
        assertEquals(before, status().getAuthRevision(), "what is granted already is no change");
        assertEquals(List.of("r1", "r2", "root"), rolesOf("u"));
        revoke("u", "r2");
        refused(PRECONDITION + "role is not granted to the user", () -> revoke("u", "r2"));
        refused(PRECONDITION + "user name not found", () -> revoke("nobody", "r2"));
        deleteRole("r1");
        assertEquals(List.of("root"), rolesOf("u"), "who had the deleted role has it no more");
        refused(PRECONDITION + "role name not found", () -> deleteRole("r1"));
        assertEquals(List.of("r2"), roles());
    }

    @Test
    void shouldKeepWhatRolesMayDo() {
        addRole("r");
        grantPermission("r", Permission.Type.WRITE, "b", "c");
        grantPermission("r", Permission.Type.READ, "b", "");
        grantPermission("r", Permission.Type.READ, "a", "\0");
        grantPermission("r", Permission.Type.READWRITE, "b", "c");
        assertEquals(List.of("READ a-\0", "READ b-", "READWRITE b-c"), permissions("r"));
        refused(PRECONDITION + "role name not found", () -> permissions("nothing"));
        refused(PRECONDITION + "role name not found", () -> grantPermission("x", Permission.Type.READ, "a", ""));
        refused(INVALID + "invalid auth management", () -> grantPermission("r", Permission.Type.READ, "", "b"));
        refused(INVALID + "invalid auth management", () -> grantPermission("r", Permission.Type.READ, "b", "b"));
        refused(
                INVALID + "permission not given",
                () -> auth.roleGrantPermission(
                        AuthRoleGrantPermissionRequest.newBuilder().setName("r").build()));
        revokePermission("r", "b", "c");
        refused(PRECONDITION + "permission is not granted to the role", () -> revokePermission("r", "b", "c"));
        refused(PRECONDITION + "permission is not granted to the role", () -> revokePermission("r", "a", ""));
        refused(PRECONDITION + "role name not found", () -> revokePermission("nothing", "a", ""));
        assertEquals(List.of("READ a-\0", "READ b-"), permissions("r"));
        addRole("root");
        assertEquals(List.of("READWRITE -\0"), permissions("root"));
    }

    @Test
    void shouldNotSayThatItChecksRequestsWhenItDoesNot() {
        assertEquals(1, status().getAuthRevision());
        refused(PRECONDITION + "root user does not exist", this::enable);
        addUser("root", "p");
        refused(PRECONDITION + "root user does not have root role", this::enable);
        grant("root", "root");
        refused(
                "UNIMPLEMENTED: etcdserver: authentication cannot be enabled: users and roles are kept,"
                        + " but this version does not check requests",
                this::enable);
        assertFalse(status().getEnabled());
        assertEquals(3, status().getAuthRevision());
        refused(
                PRECONDITION + "authentication is not enabled",
                () -> auth.authenticate(AuthenticateRequest.newBuilder()
                        .setName("root")
                        .setPassword("p")
                        .build()));
        var unused = auth.authDisable(AuthDisableRequest.getDefaultInstance());
        deleteUser("root");
    }

    @Test
    void shouldRememberUsersAndRolesAndWriteNoPasswordDown() throws IOException {
        addUser("u", "correct horse battery");
        var unused = auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName("cert")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                .build());
        changePassword("u", "staple is another word");
        addRole("r");
        grantPermission("r", Permission.Type.READ, "k", "");
        grant("u", "r");
        long revision = status().getAuthRevision();
        node.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(bytes.contains("correct horse") || bytes.contains("staple is"), file.toString());
            }
        }
        start();
        assertEquals(List.of("cert", "u"), users());
        assertEquals(List.of("r"), rolesOf("u"));
        assertEquals(List.of("READ k-"), permissions("r"));
        assertEquals(revision, status().getAuthRevision());
    }

    private void addUser(String name, String password) {
        var unused = auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName(name)
                .setPassword(password)
                .build());
    }

    private void changePassword(String name, String password) {
        var unused = auth.userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                .setName(name)
                .setPassword(password)
                .build());
    }

    private void deleteUser(String name) {
        var unused =
                auth.userDelete(AuthUserDeleteRequest.newBuilder().setName(name).build());
    }

    private List<String> users() {
        return List.copyOf(
                auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersList());
    }

    private List<String> rolesOf(String user) {
        return List.copyOf(
                auth.userGet(AuthUserGetRequest.newBuilder().setName(user).build())
                        .getRolesList());
    }

    private void grant(String user, String role) {
        var unused = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    private void revoke(String user, String role) {
        var unused = auth.userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                .setName(user)
                .setRole(role)
                .build());
    }

    private void addRole(String name) {
        var unused = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    }

    private void deleteRole(String name) {
        var unused =
                auth.roleDelete(AuthRoleDeleteRequest.newBuilder().setRole(name).build());
    }

    private List<String> roles() {
        return List.copyOf(
                auth.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList());
    }

    private void grantPermission(String role, Permission.Type type, String key, String end) {
        var unused = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(ByteString.copyFromUtf8(key))
                        .setRangeEnd(ByteString.copyFromUtf8(end)))
                .build());
    }

    private void revokePermission(String role, String key, String end) {
        var unused = auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                .setRole(role)
                .setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(ByteString.copyFromUtf8(end))
                .build());
    }

    private List<String> permissions(String role) {
        return auth.roleGet(AuthRoleGetRequest.newBuilder().setRole(role).build()).getPermList().stream()
                .map(each -> each.getPermType() + " " + each.getKey().toStringUtf8() + "-"
                        + each.getRangeEnd().toStringUtf8())
                .toList();
    }

    private AuthStatusResponse status() {
        return auth.authStatus(AuthStatusRequest.getDefaultInstance());
    }

    private void enable() {
        var unused = auth.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    private static void refused(String expected, Executable call) {
        StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call);
        assertEquals(expected, refusal.getMessage());
    }
}
