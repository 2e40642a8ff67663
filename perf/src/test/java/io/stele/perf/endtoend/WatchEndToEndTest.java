package io.stele.perf.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.Op;
import io.stele.client.SteleClient;
import io.stele.client.Watch;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvent;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import io.stele.client.WatchProgress;
import io.stele.perf.SmallNode;
import io.stele.server.Server;
import io.stele.server.config.ListenUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches through the Java client, of a whole node with its disk, threads and sockets. */
final class WatchEndToEndTest {
    /** Keeps what it hears. */
    private static final class Listener implements WatchListener {
        final BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        final CompletableFuture<WatchEnd> end = new CompletableFuture<>();

        @Override
        public void onEvents(WatchEvents batch) {
            events.addAll(batch.events());
        }

        @Override
        public void onEnd(WatchEnd why) {
            end.complete(why);
        }

        WatchEvent next() throws InterruptedException {
            WatchEvent event = events.poll(30, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event in time");
            }
            return event;
        }
    }

    @TempDir
    private Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Server server;
    private SteleClient client;
    private SteleClient writer;

    @BeforeEach
    void start() {
        launch(0);
        client = SteleClient.connect(address());
        writer = SteleClient.connect(address());
    }

    private void launch(int port) {
        server = Server.launch(
                SmallNode.config(directory, new ListenUrl("127.0.0.1", port)),
                (agent, cause) -> failure.compareAndSet(null, cause));
    }

    private ClientContext address() {
        return new ClientContext().endpoints(server.clientUrls().get(0).toString());
    }

    @AfterEach
    void stop() {
        client.close();
        writer.close();
        server.close();
        assertNull(failure.get());
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private void put(String key, String value) throws Exception {
        await(writer.kv().put(key, value));
    }

    @Test
    void shouldTellOfPutsAndDeletionsWithWhatWasThereBefore() throws Exception {
        Listener listener = new Listener();
        Watch watch = client.watch()
                .watch(Bytes.of("a/"), WatchOptions.DEFAULT.withPrefix().withPrevious(), listener);
        assertEquals(1, await(watch.created()));
        put("a/1", "x");
        put("b", "y");
        put("a/1", "z");
        await(writer.kv().delete("a/1"));
        WatchEvent create = listener.next();
        assertTrue(create.isCreate());
        assertNull(create.previous());
        WatchEvent change = listener.next();
        assertFalse(change.isCreate());
        assertEquals("x", change.previous().value().utf8());
        assertEquals(4, change.pair().modRevision());
        WatchEvent delete = listener.next();
        assertTrue(delete.isDelete());
        assertEquals("z", delete.previous().value().utf8());
        assertEquals(5, delete.pair().modRevision());
    }

    @Test
    void shouldGoOnAfterARestartWithoutGapOrDuplicate() throws Exception {
        Listener listener = new Listener();
        Watch watch = client.watch().watch(Bytes.of("k"), WatchOptions.DEFAULT.withPrefix(), listener);
        await(watch.created());
        int port = Integer.parseInt(server.clientUrls().get(0).toString().replaceAll(".*:", ""));
        int written = 0;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50; i++) {
                put("k" + i, "round" + round);
                written++;
            }
            server.close();
            launch(port);
        }
        for (int i = 0; i < written; i++) {
            assertEquals(2 + i, listener.next().pair().modRevision());
        }
        assertEquals(written + 2, watch.nextRevision());
    }

    @Test
    void shouldOutliveACompactionOfAPastInWhichItsKeyWasQuiet() throws Exception {
        Listener listener = new Listener();
        Watch watch = client.watch().watch("quiet", listener);
        await(watch.created());
        for (int i = 0; i < 5; i++) {
            put("busy", "value" + i);
        }
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (watch.nextRevision() != 7) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "it does not hear how far it is");
            Thread.onSpinWait();
        }
        await(writer.kv().compact(6, false));
        int port = Integer.parseInt(server.clientUrls().get(0).toString().replaceAll(".*:", ""));
        server.close();
        launch(port);
        put("quiet", "heard");
        assertEquals("heard", listener.next().pair().value().utf8());
        assertFalse(listener.end.isDone());
    }

    @Test
    void shouldCatchUpWithAPastThatIsLongerThanAnyBuffer() throws Exception {
        List<CompletableFuture<?>> puts = new ArrayList<>();
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            puts.add(writer.kv().put(Bytes.of("p" + i % 100), Bytes.of(new byte[300])));
        }
        for (CompletableFuture<?> put : puts) {
            await(put);
        }
        List<Listener> listeners = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Listener listener = new Listener();
            listeners.add(listener);
            client.watch()
                    .watch(Bytes.of("p"), WatchOptions.DEFAULT.withPrefix().withStartRevision(2 + i), listener);
        }
        for (int i = 0; i < listeners.size(); i++) {
            for (int revision = 2 + i; revision < count + 2; revision++) {
                assertEquals(revision, listeners.get(i).next().pair().modRevision());
            }
        }
        WatchProgress progress = await(client.watch().requestProgress());
        assertEquals(count + 1, progress.revision());
        assertTrue(progress.isSynced());
    }

    @Test
    void shouldNotLetAListenerThatBlocksDelayWrites() throws Exception {
        CountDownLatch blocking = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Listener kept = new Listener();
        WatchListener slow = events -> {
            blocking.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            kept.onEvents(events);
        };
        await(client.watch().watch("slow", slow).created());
        put("slow", "first");
        assertTrue(blocking.await(30, TimeUnit.SECONDS));
        for (int i = 0; i < 40; i++) {
            await(writer.kv().put(Bytes.of("slow"), Bytes.of(new byte[100_000])));
        }
        Listener healthy = new Listener();
        await(writer.watch().watch("slow", healthy).created());
        put("slow", "last");
        assertEquals("last", healthy.next().pair().value().utf8());
        done.countDown();
        for (int revision = 2; revision <= 43; revision++) {
            assertEquals(revision, kept.next().pair().modRevision());
        }
    }

    @Test
    void shouldSayThatThePastIsCompacted() throws Exception {
        for (int i = 0; i < 10; i++) {
            put("c", "v" + i);
        }
        await(writer.kv().compact(8, false));
        Listener listener = new Listener();
        client.watch().watch(Bytes.of("c"), WatchOptions.DEFAULT.withStartRevision(7), listener);
        WatchEnd end = await(listener.end);
        assertEquals(WatchEnd.Cause.COMPACTED, end.cause());
        assertEquals(8, end.compactRevision());
        Listener allowed = new Listener();
        client.watch().watch(Bytes.of("c"), WatchOptions.DEFAULT.withStartRevision(8), allowed);
        assertEquals(8, allowed.next().pair().modRevision());
    }

    @Test
    void shouldPauseAndGoOnWhereItWas() throws Exception {
        Listener listener = new Listener();
        Watch watch = client.watch().watch("p", listener);
        await(watch.created());
        put("p", "1");
        assertEquals("1", listener.next().pair().value().utf8());
        watch.pause();
        for (int i = 2; i <= 20; i++) {
            put("p", String.valueOf(i));
        }
        await(client.watch().requestProgress());
        assertTrue(listener.events.isEmpty());
        watch.resume();
        for (int i = 2; i <= 20; i++) {
            assertEquals(String.valueOf(i), listener.next().pair().value().utf8());
        }
    }

    @Test
    void shouldHearNothingAfterAPauseThatTheWatchThreadDoesNotKnowOf() throws Exception {
        Listener listener = new Listener();
        Watch watch = client.watch().watch("p", listener);
        await(watch.created());
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Watch other = client.watch().watch("o", events -> {
            busy.countDown();
            try {
                done.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await(other.created());
        put("o", "holds the thread of all watches");
        assertTrue(busy.await(30, TimeUnit.SECONDS));
        watch.pause();
        put("p", "1");
        done.countDown();
        await(client.watch().requestProgress());
        assertTrue(listener.events.isEmpty());
        watch.resume();
        put("p", "2");
        assertEquals("1", listener.next().pair().value().utf8());
        assertEquals("2", listener.next().pair().value().utf8());
    }

    @Test
    void shouldTellOfATransactionAtOnce() throws Exception {
        List<List<WatchEvent>> batches = new ArrayList<>();
        CountDownLatch got = new CountDownLatch(1);
        Watch watch = client.watch().watch(Bytes.of("t"), WatchOptions.DEFAULT.withPrefix(), events -> {
            batches.add(events.events());
            got.countDown();
        });
        await(watch.created());
        List<Op> operations = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            operations.add(Op.put(Bytes.of("t" + i), Bytes.of(new byte[5_000])));
        }
        await(writer.kv().txn().then(operations.toArray(new Op[0])).commit());
        assertTrue(got.await(30, TimeUnit.SECONDS));
        assertEquals(100, batches.get(0).size());
    }

    @Test
    void shouldRefuseARangeThatEndsBeforeItBegins() throws Exception {
        Listener listener = new Listener();
        Watch watch = client.watch().watch(Bytes.of("b"), WatchOptions.DEFAULT.withRange(Bytes.of("a")), listener);
        WatchEnd end = await(listener.end);
        assertEquals(WatchEnd.Cause.REFUSED, end.cause());
        assertEquals("mvcc: watcher range is empty", end.text());
        assertThrows(ExecutionException.class, () -> await(watch.created()));
    }
}
