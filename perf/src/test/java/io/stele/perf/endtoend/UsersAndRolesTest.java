package io.stele.perf.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stele.client.AuthClient;
import io.stele.client.AuthResult;
import io.stele.client.Permission;
import io.stele.client.SteleClient;
import io.stele.perf.SmallNode;
import io.stele.server.Server;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles by the native protocol, client to node. */
class UsersAndRolesTest {
    @Test
    void shouldChangeAndTellUsersAndRoles(@TempDir Path directory) {
        try (Server server = Server.launch(SmallNode.config(directory), (agent, cause) -> {
                    throw new IllegalStateException(agent + " failed", cause);
                });
                SteleClient client = SteleClient.connect(
                        "127.0.0.1:" + server.clientUrls().get(0).port())) {
            AuthClient auth = client.auth();
            auth.addUser("u", "secret").join();
            auth.addUserWithoutPassword("certified").join();
            auth.changePassword("u", "other").join();
            auth.addRole("r").join();
            auth.grantRole("u", "r").join();
            byte[] key = "k".getBytes(UTF_8);
            byte[] end = "l".getBytes(UTF_8);
            auth.grantPermission("r", new Permission(Permission.Type.READWRITE, key, end))
                    .join();
            assertEquals(List.of("certified", "u"), auth.users().join().names());
            assertEquals(List.of("r"), auth.user("u").join().names());
            assertEquals(List.of("r"), auth.roles().join().names());
            Permission permission = auth.role("r").join().permissions().get(0);
            assertEquals(Permission.Type.READWRITE, permission.type());
            assertArrayEquals(key, permission.key());
            assertArrayEquals(end, permission.rangeEnd());
            AuthResult status = auth.status().join();
            assertFalse(status.isEnabled());
            assertEquals(7, status.authRevision());
            refused("etcdserver: user name already exists", auth.addUser("u", "x"));
            refused("etcdserver: root user does not exist", auth.enable());
            refused("bcrypt: password length exceeds 72 bytes", auth.addUser("v", "x".repeat(73)));
            auth.revokePermission("r", key, end).join();
            auth.revokeRole("u", "r").join();
            auth.deleteRole("r").join();
            auth.deleteUser("u").join();
            auth.disable().join();
            assertEquals(List.of("certified"), auth.users().join().names());
        }
    }

    private static void refused(String expected, CompletableFuture<AuthResult> call) {
        CompletionException failure = assertThrows(CompletionException.class, call::join);
        assertEquals(expected, failure.getCause().getMessage());
    }
}
