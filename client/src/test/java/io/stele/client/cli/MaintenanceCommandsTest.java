package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.snapshot.SnapshotDescriptor;
import io.stele.transport.snapshot.SnapshotHeader;
import io.stele.transport.snapshot.SnapshotWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alarms, checksums, downgrades, snapshots: what is printed, and what is left behind. */
final class MaintenanceCommandsTest {
    private final FakeStore store = new FakeStore();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private String input = "";

    private String run(int exitCode, String... words) {
        out.reset();
        Console console = new Console(new ByteArrayInputStream(Octets.bytes(input)), out, out);
        CliContext context = new CliContext(Map.of(), console, (endpoints, dial, command) -> store, ns -> {});
        assertEquals(exitCode, Cli.run(List.of(words), context));
        return Octets.of(out.toByteArray());
    }

    @Test
    void shouldDisarmAllAlarms() {
        assertEquals("", run(0, "alarm", "list"));
        store.alarms.add(new Reply.Alarm(7, "NOSPACE"));
        store.alarms.add(new Reply.Alarm(8, "CORRUPT"));
        String both = "memberID:7 alarm:NOSPACE \nmemberID:8 alarm:CORRUPT \n";
        assertEquals(both, run(0, "alarm", "list"));
        assertTrue(run(0, "alarm", "list", "-w", "json")
                .contains("\"alarms\":[{\"memberID\":7,\"alarm\":1},{\"memberID\":8,\"alarm\":2}]"));
        assertEquals(both, run(0, "alarm", "disarm"));
        assertEquals("", run(0, "alarm", "list"));
        assertEquals("Error: alarm list command accepts no arguments\n", run(128, "alarm", "list", "x"));
    }

    @Test
    void shouldPrintTheChecksumOfEachEndpoint() {
        run(0, "put", "a", "b");
        long hash = store.hashKv(0).hash();
        String endpoints = "--endpoints=one:1,two:2";
        assertEquals("one:1, " + hash + ", 2\ntwo:2, " + hash + ", 2\n", run(0, "endpoint", "hashkv", endpoints));
        assertTrue(run(0, "endpoint", "hashkv", "-w", "json")
                .endsWith("\"compact_revision\":-1,\"hash_revision\":2}}]\n"));
        assertTrue(run(0, "endpoint", "hashkv", "--rev", "1", "-w", "fields").contains("\"HashRevision\" : 1\n"));
        assertTrue(run(0, "endpoint", "hashkv", "-w", "table").contains("|    ENDPOINT    | "));
        assertEquals(
                "Failed to get the hash of endpoint one:1"
                        + " (etcdserver: mvcc: required revision is a future revision)\n",
                run(1, "endpoint", "hashkv", "--rev", "3", "--endpoints", "one:1"));
    }

    @Test
    void shouldTellHowADowngradeStands() {
        assertEquals("Downgrade validate success, cluster version 3.7.0\n", run(0, "downgrade", "validate", "3.6"));
        assertEquals("Error: etcdserver: no inflight downgrade job\n", run(1, "downgrade", "cancel"));
        assertEquals("Downgrade enable success, cluster version 3.7.0\n", run(0, "downgrade", "enable", "3.6"));
        assertEquals("Downgrade cancel success, cluster version 3.7.0\n", run(0, "downgrade", "cancel"));
        assertEquals("Error: TARGET_VERSION not provided\n", run(128, "downgrade", "enable"));
    }

    @Test
    void shouldGiveRootItsRoleBeforeItEnables() {
        run(0, "user", "add", "root:pw");
        assertEquals("Authentication Enabled\n", run(0, "auth", "enable"));
        assertEquals("User: root\nRoles: root\n", run(0, "user", "get", "root"));
        assertEquals("Authentication Status: true\nAuthRevision: 5\n", run(0, "auth", "status"));
    }

    @Test
    void shouldAskForAPasswordTwice() {
        input = "one\none\n";
        assertEquals(
                "Password of a: Type password of a again for confirmation: User a created\n",
                run(0, "user", "add", "a"));
        assertEquals("one", store.users.passwords.get("a"));
        input = "one\ntwo\n";
        assertTrue(run(128, "user", "passwd", "a").endsWith("Error: given passwords are different\n"));
        input = "\n";
        assertTrue(run(128, "user", "passwd", "a").endsWith("Error: empty password\n"));
        input = "";
        assertTrue(run(128, "user", "passwd", "a").endsWith("Error: failed to ask password: EOF\n"));
        assertEquals("one", store.users.passwords.get("a"));
    }

    @Test
    void shouldSaveASnapshotThatIsWhole(@TempDir Path directory) throws IOException {
        byte[] snapshot = snapshot();
        store.snapshot =
                List.of(Arrays.copyOfRange(snapshot, 0, 100), Arrays.copyOfRange(snapshot, 100, snapshot.length));
        Path file = directory.resolve("saved");
        assertEquals("Snapshot saved at " + file + "\n", run(0, "snapshot", "save", file.toString()));
        assertArrayEquals(snapshot, Files.readAllBytes(file));
        String status = run(0, "snapshot", "status", file.toString(), "-w", "json");
        assertTrue(status.contains("\"revision\":42") && status.contains("\"totalKey\":3"), status);
    }

    @Test
    void shouldLeaveNothingOfOneThatIsNot(@TempDir Path directory) throws IOException {
        byte[] snapshot = snapshot();
        snapshot[snapshot.length - 1] ^= 1;
        store.snapshot = List.of(snapshot);
        Path file = directory.resolve("saved");
        assertTrue(run(1, "snapshot", "save", file.toString()).startsWith("Error: "));
        assertEquals(
                "Error: snapshot must be requested to one selected node, not multiple a b\n",
                run(128, "snapshot", "save", file.toString(), "--endpoints", "a,b"));
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
        Files.write(file, snapshot);
        assertTrue(run(1, "snapshot", "status", file.toString()).startsWith("Error: "));
        assertEquals("Error: snapshot status expects one argument\n", run(128, "snapshot", "status"));
    }

    /** One that holds nothing. */
    private static byte[] snapshot() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
        SnapshotWriter writer = new SnapshotWriter();
        int length = writer.header(buffer, 0, new SnapshotHeader(1, 2, 10, 1, 42, -1, 3, 0));
        length += writer.chunk(buffer, length, SnapshotDescriptor.STATE, 512, 0);
        length += writer.end(buffer, length);
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }
}
