package io.stele.perf.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.Compare;
import io.stele.client.DeleteOptions;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.KvClient;
import io.stele.client.Op;
import io.stele.client.PutOptions;
import io.stele.client.SteleClient;
import io.stele.client.SteleException;
import io.stele.client.Timings;
import io.stele.perf.SmallNode;
import io.stele.server.Server;
import io.stele.server.check.DirectoryCheck;
import io.stele.server.config.ServerConfig;
import io.stele.storage.file.DiskFileStore;
import io.stele.transport.codec.CompareResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node with its disk, threads and sockets, used through the Java client. */
final class NodeEndToEndTest {
    @TempDir
    private Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Server server;
    private SteleClient client;

    @BeforeEach
    void start() {
        ServerConfig config = SmallNode.config(directory);
        server = Server.launch(config, (agent, cause) -> failure.compareAndSet(null, cause));
        client = SteleClient.connect(
                new ClientContext().endpoints(server.clientUrls().get(0).toString()));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        assertEquals(null, failure.get());
        try (DiskFileStore files = DiskFileStore.openExisting(directory)) {
            assertEquals(List.of(), new DirectoryCheck(files, line -> {}).run());
        }
    }

    private void restart() {
        client.close();
        server.close();
        start();
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldSayWhereTheTimeWent() throws Exception {
        KvClient timed = client.kv().timed();
        long beginNs = System.nanoTime();
        Timings put = await(timed.put("a", "1")).header().timings().orElseThrow();
        long seenNs = System.nanoTime() - beginNs;
        assertTrue(put.durableNs() > 0, put.toString());
        assertTrue(sum(put) <= seenNs, put + " within " + seenNs);
        for (int i = 0; i < 300; i++) {
            await(client.kv().put(Bytes.of("b" + i), Bytes.of("v".repeat(1024))));
        }
        GetOptions all = GetOptions.DEFAULT.withPrefix();
        GetResult list = await(timed.get(Bytes.of("b"), all));
        assertEquals(300, list.pairs().size());
        assertTrue(list.header().timings().orElseThrow().repliedNs() > 0, "it takes more than one slice");
        assertTrue(await(timed.get("a")).header().timings().isPresent());
        assertTrue(await(timed.get(Bytes.of("a"), GetOptions.DEFAULT.withSerializable()))
                .header()
                .timings()
                .isPresent());
        Op.Txn txn = new Op.Txn(List.of(), List.of(new Op.Get(Bytes.of("b"), all)), List.of());
        assertTrue(await(timed.commit(txn)).header().timings().isPresent());
        assertTrue(await(timed.delete("a")).header().timings().isPresent());
        assertTrue(await(client.kv().get("b1")).header().timings().isEmpty(), "nobody asked");
    }

    private static long sum(Timings timings) {
        return timings.queuedNs() + timings.durableNs() + timings.appliedNs() + timings.repliedNs();
    }

    @Test
    void shouldPutGetAndDelete() throws Exception {
        assertEquals(2, await(client.kv().put("a", "1")).header().revision());
        assertEquals(3, await(client.kv().put("a", "2")).header().revision());
        GetResult now = await(client.kv().get("a"));
        assertEquals(Bytes.of("2"), now.pairs().get(0).value());
        assertEquals(2, now.pairs().get(0).version());
        GetResult before = await(client.kv().get(Bytes.of("a"), GetOptions.DEFAULT.withRevision(2)));
        assertEquals(Bytes.of("1"), before.pairs().get(0).value());
        assertEquals(1, await(client.kv().delete("a")).deleted());
        assertEquals(0, await(client.kv().get("a")).count());
    }

    @Test
    void shouldKeepEverythingAcrossARestart() throws Exception {
        List<CompletableFuture<?>> puts = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            puts.add(client.kv().put("key" + i, "value" + i));
        }
        for (CompletableFuture<?> put : puts) {
            await(put);
        }
        restart();
        for (int i = 0; i < 3_000; i += 7) {
            assertEquals(
                    Bytes.of("value" + i),
                    await(client.kv().get("key" + i)).pairs().get(0).value());
        }
        assertEquals(
                3_000,
                await(client.kv()
                                .get(
                                        Bytes.of("key"),
                                        GetOptions.DEFAULT.withPrefix().withCountOnly()))
                        .count());
    }

    @Test
    void shouldStreamALongRangeAtOneRevisionWhileItIsOverwritten() throws Exception {
        byte[] value = new byte[3_000];
        List<CompletableFuture<?>> puts = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            puts.add(client.kv().put(Bytes.of(String.format("list/%05d", i)), Bytes.of(value)));
        }
        for (CompletableFuture<?> put : puts) {
            await(put);
        }
        List<Bytes> keys = new ArrayList<>();
        List<CompletableFuture<?>> overwrites = new ArrayList<>();
        await(client.kv().stream(Bytes.of("list/"), GetOptions.DEFAULT.withPrefix(), pair -> {
            assertArrayEquals(value, pair.copy().value().toArray());
            assertEquals(1, pair.version());
            keys.add(pair.copy().key());
            if (keys.size() % 100 == 0) {
                overwrites.add(client.kv().put(Bytes.of("list/02999"), Bytes.of("new")));
            }
        }));
        assertEquals(3_000, keys.size());
        for (int i = 0; i < keys.size(); i++) {
            assertEquals(Bytes.of(String.format("list/%05d", i)), keys.get(i));
        }
        for (CompletableFuture<?> put : overwrites) {
            await(put);
        }
    }

    @Test
    void shouldDoATransactionWholeOrNotAtAll() throws Exception {
        await(client.kv().put("from", "10"));
        var done = await(client.kv()
                .txn()
                .when(Compare.value(Bytes.of("from"), CompareResult.EQUAL, Bytes.of("10")))
                .then(put("from", "0"), put("to", "10"), new Op.Get(Bytes.of("from"), GetOptions.DEFAULT))
                .otherwise(new Op.Get(Bytes.of("from"), GetOptions.DEFAULT))
                .commit());
        assertTrue(done.succeeded());
        assertEquals(3, done.results().size());
        ExecutionException refused = assertThrows(
                ExecutionException.class,
                () -> await(client.kv().txn().then(put("x", "1"), put("x", "2")).commit()));
        assertEquals(
                "etcdserver: duplicate key given in txn request", ((SteleException) refused.getCause()).getMessage());
        assertEquals(0, await(client.kv().get("x")).count());
    }

    @Test
    void shouldAnswerWithEtcdsErrors() throws Exception {
        assertError("etcdserver: key is not provided", client.kv().get(Bytes.EMPTY));
        assertError(
                "etcdserver: requested lease not found",
                client.kv().put(Bytes.of("k"), Bytes.EMPTY, PutOptions.DEFAULT.withLease(42)));
        assertError(
                "etcdserver: mvcc: required revision is a future revision",
                client.kv().get(Bytes.of("k"), GetOptions.DEFAULT.withRevision(1_000)));
        assertError(
                "etcdserver: request is too large",
                client.kv().put(Bytes.of("k"), Bytes.of(new byte[ServerConfig.MAX_REQUEST_BYTES_DEFAULT + 1])));
        await(client.kv().put("k", "1"));
        await(client.kv().put("k", "2"));
        await(client.kv().compact(3, true));
        assertError(
                "etcdserver: mvcc: required revision has been compacted",
                client.kv().get(Bytes.of("k"), GetOptions.DEFAULT.withRevision(2)));
    }

    private static Op put(String key, String value) {
        return new Op.Put(Bytes.of(key), Bytes.of(value), PutOptions.DEFAULT);
    }

    private static void assertError(String text, CompletableFuture<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> await(future));
        assertEquals(text, e.getCause().getMessage());
    }

    @Test
    void shouldTakeLongKeysUpToTheLimitAndRefuseLongerOnes() throws Exception {
        assertError("etcdserver: request is too large", client.kv().put("k".repeat(32_001), "v"));
        for (int length : new int[] {3_000, 32_000}) {
            String hot = "h".repeat(length);
            for (int i = 0; i < 100; i++) { // its history grows newest first: each entry before all others
                await(client.kv().put(hot, "v" + i));
                await(client.kv().put("d".repeat(length - 3) + (999 - i), "v"));
            }
            assertEquals(100, await(client.kv().get(hot)).pairs().get(0).version());
        }
        assertEquals(
                200,
                await(client.kv()
                                .get(
                                        Bytes.of("d"),
                                        GetOptions.DEFAULT.withPrefix().withCountOnly()))
                        .count());
    }

    @Test
    void shouldDeleteARangeInOneRevision() throws Exception {
        for (int i = 0; i < 50; i++) {
            await(client.kv().put("d/" + i, "x"));
        }
        var deleted = await(client.kv()
                .delete(Bytes.of("d/"), DeleteOptions.DEFAULT.withPrefix().withPrevious()));
        assertEquals(50, deleted.deleted());
        assertEquals(50, deleted.previous().size());
        assertEquals(52, deleted.header().revision());
    }

    @Test
    void shouldSayHowItIs() throws Exception {
        await(client.kv().put("k", "v"));
        var status = await(client.maintenance().status());
        assertEquals(1, status.keyCount());
        assertEquals(status.header().memberId(), status.leaderId());
        assertTrue(status.raftAppliedIndex() > 0);
    }
}
