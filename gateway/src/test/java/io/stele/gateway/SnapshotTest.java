package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.SnapshotRequest;
import io.stele.gateway.etcdserverpb.SnapshotResponse;
import io.stele.server.config.ClusterConfig;
import io.stele.server.node.SnapshotRestore;
import io.stele.transport.snapshot.SnapshotException;
import io.stele.transport.snapshot.SnapshotReader;
import io.stele.transport.snapshot.SnapshotSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot taken over gRPC while the node serves, and what becomes of its file. */
@TestInstance(Lifecycle.PER_CLASS)
class SnapshotTest {
    private static final int KEYS = 3000;

    private Path file;
    private long revision;
    private long leaseId;

    @BeforeAll
    void take(@TempDir Path directory) throws IOException {
        file = directory.resolve("snapshot");
        try (TestNode node = new TestNode(directory.resolve("source"))) {
            ManagedChannel channel = node.channel();
            var kv = KVGrpc.newBlockingStub(channel);
            leaseId = LeaseGrpc.newBlockingStub(channel)
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(10_000).build())
                    .getID();
            for (int i = 0; i < KEYS; i++) {
                kv.put(put("key" + i, i));
            }
            kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(key("key7")).build());
            revision = kv.put(put("key0", 1)).getHeader().getRevision();
            kv.compact(CompactionRequest.newBuilder().setRevision(revision - 10).build());
            Files.write(file, snapshot(channel, kv));
        }
    }

    /** Writes go on between its pieces, and are not in it. */
    private byte[] snapshot(ManagedChannel channel, KVGrpc.KVBlockingStub kv) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Iterator<SnapshotResponse> pieces =
                MaintenanceGrpc.newBlockingStub(channel).snapshot(SnapshotRequest.getDefaultInstance());
        SnapshotResponse last = SnapshotResponse.getDefaultInstance();
        while (pieces.hasNext()) {
            last = pieces.next();
            last.getBlob().writeTo(bytes);
            assertEquals(!pieces.hasNext(), last.getRemainingBytes() == 0);
            kv.put(put("later" + bytes.size(), 1));
        }
        assertEquals(revision, last.getHeader().getRevision());
        assertEquals(32, bytes.size() % 512, "as etcd's tools expect of theirs");
        return bytes.toByteArray();
    }

    @Test
    void shouldTellWhatItHolds() {
        SnapshotSummary summary = SnapshotSummary.of(file);
        assertEquals(revision, summary.revision());
        assertEquals(KEYS - 1, summary.keyCount());
        assertEquals(5, summary.lines("table").size());
        assertTrue(summary.lines("json").get(0).contains("\"totalKey\":" + (KEYS - 1)));
    }

    @Test
    void shouldBeginAClusterOfOneWithItsState(@TempDir Path target) {
        Path data = target.resolve("data");
        restore(file, data, alone("other"), 0, false);
        try (TestNode node = new TestNode(target)) {
            var kv = KVGrpc.newBlockingStub(node.channel());
            RangeResponse all = kv.range(all());
            assertEquals(KEYS - 1, all.getCount());
            assertEquals(revision, all.getHeader().getRevision());
            long left = LeaseGrpc.newBlockingStub(node.channel())
                    .leaseTimeToLive(
                            LeaseTimeToLiveRequest.newBuilder().setID(leaseId).build())
                    .getTTL();
            assertTrue(left > 9_000, "its lease lives on");
            assertEquals(revision + 1, kv.put(put("new", 1)).getHeader().getRevision());
        }
        try (TestNode node = new TestNode(target)) {
            assertEquals(
                    KEYS, KVGrpc.newBlockingStub(node.channel()).range(all()).getCount());
        }
    }

    @Test
    void shouldBeginLaterAndForgetWhatWasBeforeWhenAskedTo(@TempDir Path target) {
        restore(file, target.resolve("data"), alone("other"), 1_000_000, true);
        try (TestNode node = new TestNode(target)) {
            var kv = KVGrpc.newBlockingStub(node.channel());
            assertEquals(revision + 1_000_000, kv.range(all()).getHeader().getRevision());
            assertEquals(KEYS - 1, kv.range(all()).getCount());
            assertEquals(
                    "etcdserver: mvcc: required revision has been compacted",
                    assertThrows(
                                    io.grpc.StatusRuntimeException.class,
                                    () -> kv.range(all().toBuilder()
                                            .setRevision(revision)
                                            .build()))
                            .getStatus()
                            .getDescription());
        }
    }

    @Test
    void shouldRefuseWhatIsDamagedInAnyPlace(@TempDir Path target) throws IOException {
        byte[] good = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 60; i++) {
            byte[] bad = i % 2 == 0 ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length));
            if (i % 2 == 0) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Path damaged = Files.write(target.resolve("damaged"), bad);
            Path data = target.resolve("data" + i);
            assertThrows(SnapshotException.class, () -> restore(damaged, data, alone("x"), 0, false));
            assertFalse(Files.exists(data), "nothing is left");
        }
        try (var left = Files.list(target)) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void shouldDoWithoutTheHashButNeverWithoutTheParts(@TempDir Path target) throws IOException {
        byte[] good = Files.readAllBytes(file);
        Path bare = Files.write(target.resolve("bare"), Arrays.copyOf(good, good.length - 32));
        assertEquals(
                bare + " is cut off: it does not end with a SHA-256",
                assertThrows(SnapshotException.class, () -> SnapshotReader.open(bare, true))
                        .getMessage());
        try (SnapshotReader reader = SnapshotReader.open(bare, false)) {
            new SnapshotRestore(reader, alone("x"), "default", 0, false).into(target.resolve("data"));
        }
        good[good.length / 2] ^= 1;
        Files.write(bare, good);
        try (SnapshotReader reader = SnapshotReader.open(bare, false)) {
            SnapshotRestore restore = new SnapshotRestore(reader, alone("x"), "default", 0, false);
            assertThrows(SnapshotException.class, () -> restore.into(target.resolve("other")));
        }
    }

    @Test
    void shouldSayWhatIsNoSnapshotOfIts(@TempDir Path target) throws IOException {
        byte[] etcds = new byte[1024 + 32];
        ByteBuffer.wrap(etcds).order(ByteOrder.LITTLE_ENDIAN).putInt(16, 0xED0CDAED);
        Path foreign = Files.write(target.resolve("etcd.db"), etcds);
        assertEquals(
                foreign + " is a snapshot of etcd's, not one of Stele's",
                assertThrows(SnapshotException.class, () -> SnapshotSummary.of(foreign))
                        .getMessage());
        Path nothing = target.resolve("nothing");
        assertEquals(
                nothing + " does not exist",
                assertThrows(SnapshotException.class, () -> SnapshotSummary.of(nothing))
                        .getMessage());
        Path full = Files.createDirectory(target.resolve("full"));
        Files.writeString(full.resolve("precious"), "data");
        assertEquals(
                "data-dir \"" + full + "\" not empty or could not be read",
                assertThrows(SnapshotException.class, () -> restore(file, full, alone("x"), 0, false))
                        .getMessage());
        assertTrue(Files.exists(full.resolve("precious")));
    }

    private static void restore(Path from, Path to, ClusterConfig cluster, long bump, boolean compacted) {
        try (SnapshotReader reader = SnapshotReader.open(from, true)) {
            String name = cluster.members().get(0).name();
            new SnapshotRestore(reader, cluster, name, bump, compacted).into(to);
        }
    }

    private static ClusterConfig alone(String token) {
        return ClusterConfig.alone("default", token);
    }

    private static RangeRequest all() {
        ByteString zero = ByteString.copyFrom(new byte[1]);
        return RangeRequest.newBuilder()
                .setKey(zero)
                .setRangeEnd(zero)
                .setCountOnly(true)
                .build();
    }

    private PutRequest put(String key, int seed) {
        byte[] value = new byte[200];
        new SplittableRandom(seed).nextBytes(value);
        return PutRequest.newBuilder()
                .setKey(key(key))
                .setValue(ByteString.copyFrom(value))
                .setLease(seed % 100 == 1 ? leaseId : 0)
                .build();
    }

    private static ByteString key(String key) {
        return ByteString.copyFromUtf8(key);
    }
}
