package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseLeasesRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.source.EtcdSourceProvider;
import io.stele.server.cli.Main;
import io.stele.transport.source.KeySource;
import io.stele.transport.source.KeySourceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stele import-etcd}, with a node of this build as the etcd that it reads. */
final class ImportTest {
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
    private static final int KEYS = 200;

    @TempDir
    private Path directory;

    @Test
    void shouldKeepKeysRevisionsVersionsAndLeases() throws IOException {
        Path imported = Files.createDirectories(directory.resolve("imported"));
        RangeResponse there;
        try (TestNode source = new TestNode(directory.resolve("source"))) {
            fill(source);
            there = all(KVGrpc.newBlockingStub(source.channel()));
            assertEquals(0, Main.run(arguments(source, imported.resolve("data"))));
        }
        try (TestNode node = new TestNode(imported)) {
            var kv = KVGrpc.newBlockingStub(node.channel());
            RangeResponse here = all(kv);
            assertEquals(there.getKvsList(), here.getKvsList());
            assertEquals(there.getHeader().getRevision(), here.getHeader().getRevision());
            var lease = LeaseGrpc.newBlockingStub(node.channel());
            assertEquals(
                    2,
                    lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesCount());
            var kept = lease.leaseTimeToLive(
                    LeaseTimeToLiveRequest.newBuilder().setID(7).setKeys(true).build());
            assertEquals(600, kept.getGrantedTTL());
            assertTrue(kept.getKeysCount() > 0);
            long next = put(kv, key(0), "new").getRevision();
            assertEquals(there.getHeader().getRevision() + 1, next);
            kv.compact(CompactionRequest.newBuilder()
                    .setRevision(next)
                    .setPhysical(true)
                    .build());
            assertEquals(here.getKvsCount(), all(kv).getKvsCount());
        }
    }

    @Test
    void shouldReadAnOlderRevisionWhenAsked() {
        try (TestNode source = new TestNode(directory)) {
            var kv = KVGrpc.newBlockingStub(source.channel());
            long first = put(kv, "a", "1").getRevision();
            put(kv, "b", "2");
            try (KeySource open = new EtcdSourceProvider().open(url(source.port()), null, first)) {
                assertEquals(1, open.keyCount());
                assertFalse(open.next(key -> assertEquals(first, key.modRevision())));
            }
        }
    }

    @Test
    void shouldSayThatTheRevisionWasCompactedMeanwhile() {
        try (TestNode source = new TestNode(directory)) {
            var kv = KVGrpc.newBlockingStub(source.channel());
            put(kv, "a", "1");
            try (KeySource open = new EtcdSourceProvider().open(url(source.port()), null, 0)) {
                long newer = put(kv, "a", "2").getRevision();
                kv.compact(CompactionRequest.newBuilder().setRevision(newer).build());
                var failure = assertThrows(KeySourceException.class, () -> open.next(key -> {}));
                assertTrue(failure.getMessage().contains("was compacted"), failure.getMessage());
            }
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsNotEmptyAndLeaveItAlone() throws IOException {
        try (TestNode source = new TestNode(directory.resolve("source"))) {
            Path other = Files.createDirectories(directory.resolve("other"));
            Files.writeString(other.resolve("mine"), "x");
            assertEquals(1, Main.run(arguments(source, other)));
            assertEquals("x", Files.readString(other.resolve("mine")));
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenItFails() throws IOException {
        try (TestNode source = new TestNode(directory.resolve("source"))) {
            put(KVGrpc.newBlockingStub(source.channel()), "a", "1");
            Path target = directory.resolve("target");
            String[] arguments = arguments(source, target);
            assertEquals(1, Main.run(new String[] {
                arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], "--revision", "99"
            }));
            String[] left = target.toFile().list();
            assertTrue(left == null || left.length == 0);
        }
    }

    @Test
    void shouldSayThatNobodyIsThere() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String url = url(port);
        var failure = assertThrows(KeySourceException.class, () -> new EtcdSourceProvider().open(url, null, 0));
        assertTrue(failure.getMessage().startsWith("cannot reach etcd at " + url), failure.getMessage());
        assertThrows(KeySourceException.class, () -> new EtcdSourceProvider().open("localhost", null, 0));
    }

    private static String[] arguments(TestNode source, Path target) {
        return new String[] {"import-etcd", "--endpoint", url(source.port()), "--data-dir", target.toString()};
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private static void fill(TestNode source) {
        var kv = KVGrpc.newBlockingStub(source.channel());
        var lease = LeaseGrpc.newBlockingStub(source.channel());
        lease.leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(600).build());
        lease.leaseGrant(LeaseGrantRequest.newBuilder().setID(-8).setTTL(60).build());
        Random random = new Random(1);
        for (int i = 0; i < KEYS; i++) {
            kv.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key(random.nextInt(KEYS))))
                    .setValue(ByteString.copyFrom(new byte[random.nextInt(20_000)]))
                    .setLease(i % 7 == 0 ? 7 : 0)
                    .build());
        }
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (String name : new String[] {"txn/2", "txn/1", "txn/3"}) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(name))));
        }
        kv.txn(txn.build());
        kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("txn/1"))
                .build());
    }

    private static String key(int i) {
        return "key/" + i;
    }

    private static ResponseHeader put(KVGrpc.KVBlockingStub kv, String key, String value) {
        return kv.put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build())
                .getHeader();
    }

    private static RangeResponse all(KVGrpc.KVBlockingStub kv) {
        return kv.range(RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).build());
    }
}
