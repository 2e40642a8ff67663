package io.stele.perf.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.DeleteOptions;
import io.stele.client.GetOptions;
import io.stele.client.LeaseKeeping;
import io.stele.client.LeaseListener;
import io.stele.client.Op;
import io.stele.client.PutOptions;
import io.stele.client.SteleClient;
import io.stele.client.WatchOptions;
import io.stele.client.recipes.Barrier;
import io.stele.client.recipes.DoubleBarrier;
import io.stele.client.recipes.Election;
import io.stele.client.recipes.LeaseSession;
import io.stele.client.recipes.Mutex;
import io.stele.client.recipes.ReadWriteLock;
import io.stele.client.recipes.RecipeException;
import io.stele.client.recipes.Stm;
import io.stele.client.recipes.WorkQueue;
import io.stele.perf.SmallNode;
import io.stele.samples.WatchPrefix;
import io.stele.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recipes on a whole node, each test in a namespace of its own. */
@Timeout(60)
class RecipesTest {
    @TempDir
    static Path directory;

    private static Server server;
    private static SteleClient whole;
    private ClientView client;

    @BeforeAll
    static void start() {
        server = Server.launch(SmallNode.config(directory), (agent, cause) -> cause.printStackTrace());
        whole = SteleClient.connect(server.clientUrls().get(0).toString());
    }

    @AfterAll
    static void stop() {
        whole.close();
        server.close();
    }

    @BeforeEach
    void enter(TestInfo test) {
        client = whole.namespace(Bytes.of(test.getTestMethod().orElseThrow().getName() + "/"));
    }

    private LeaseSession session() {
        return LeaseSession.open(client, 60).join();
    }

    @Test
    void shouldKeepALeaseAliveAndTellWhenItIsLost() {
        long leaseId = client.lease().grant(2).join().leaseId();
        BlockingQueue<Long> renewals = new LinkedBlockingQueue<>();
        LeaseKeeping keeping = client.lease().keepAlive(leaseId, new LeaseListener() {
            @Override
            public void onRenewed(long ttl) {
                renewals.add(ttl);
            }

            @Override
            public void onLost(String why) {}
        });
        for (int i = 0; i < 5; i++) {
            assertEquals(2, take(renewals)); // every 0.67 s: longer than it would live without
        }
        assertTrue(keeping.isLive());
        client.lease().revoke(leaseId).join();
        assertEquals("lease expired or revoked", keeping.lost().join());
        assertFalse(keeping.isLive());
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldDeleteTheKeysOfALeaseThatNobodyKeepsAlive() {
        long leaseId = client.lease().grant(2).join().leaseId();
        Bytes key = Bytes.of("k");
        client.kv().put(key, key, PutOptions.DEFAULT.withLease(leaseId)).join();
        assertEquals(
                List.of(key), client.lease().timeToLive(leaseId, true).join().keys());
        CompletableFuture<Void> gone = new CompletableFuture<>();
        client.watch(key, WatchOptions.DEFAULT.withoutPuts(), events -> gone.complete(null));
        gone.join();
        assertNull(client.kv().get(key).join().first());
        assertEquals(-1, client.lease().timeToLive(leaseId, false).join().ttl());
    }

    @Test
    void shouldGiveALockToOneAtATimeWithGrowingTokens() {
        AtomicInteger inside = new AtomicInteger();
        List<Long> tokens = new ArrayList<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            LeaseSession session = session();
            all.add(new Mutex(session, "lock").lock().thenCompose(held -> {
                assertEquals(1, inside.incrementAndGet());
                tokens.add(held.revision());
                inside.decrementAndGet();
                return held.unlock().whenComplete((done, failure) -> session.close());
            }));
        }
        all.forEach(CompletableFuture::join);
        assertEquals(10, tokens.size());
        assertEquals(tokens.stream().sorted().distinct().toList(), tokens);
    }

    @Test
    void shouldNotGiveALockToAWaiterWhoseOwnLeaseHasEnded() {
        LeaseSession first = session();
        LeaseSession second = session();
        Mutex.Held held = new Mutex(first, "lock").lock().join();
        CompletableFuture<Mutex.Held> waiting = new Mutex(second, "lock").lock();
        awaitKeys("lock/", 2);
        client.lease().revoke(second.leaseId()).join();
        held.unlock().join();
        CompletionException failure = assertThrows(CompletionException.class, waiting::join);
        RecipeException cause = assertInstanceOf(RecipeException.class, failure.getCause());
        assertEquals(RecipeException.Reason.SESSION_EXPIRED, cause.reason());
    }

    private void awaitKeys(String prefix, int count) {
        GetOptions options = GetOptions.DEFAULT.withPrefix().withCountOnly();
        while (client.kv().get(Bytes.of(prefix), options).join().count() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldRefuseWhatAFormerHolderWrites() {
        LeaseSession slow = session();
        Mutex.Held former = new Mutex(slow, "lock").lock().join();
        client.lease().revoke(slow.leaseId()).join(); // as if it had slept for too long
        Mutex.Held present = new Mutex(session(), "lock").lock().join();
        Op write = Op.put(Bytes.of("resource"), Bytes.of("late"));
        assertFalse(client.kv()
                .txn()
                .when(former.isStillHeld())
                .then(write)
                .commit()
                .join()
                .succeeded());
        assertTrue(client.kv()
                .txn()
                .when(present.isStillHeld())
                .then(write)
                .commit()
                .join()
                .succeeded());
        assertTrue(present.revision() > former.revision());
    }

    @Test
    void shouldTryALockWithoutWaiting() {
        Mutex.Held held = new Mutex(session(), "lock").tryLock().join().orElseThrow();
        LeaseSession other = session();
        assertTrue(new Mutex(other, "lock").tryLock().join().isEmpty());
        held.unlock().join();
        assertTrue(new Mutex(other, "lock").tryLock().join().isPresent());
    }

    @Test
    void shouldLetReadersInTogetherAndWritersAlone() {
        Mutex.Held first = new ReadWriteLock(session(), "lock").readLock().join();
        Mutex.Held second = new ReadWriteLock(session(), "lock").readLock().join();
        CompletableFuture<Mutex.Held> writer = new ReadWriteLock(session(), "lock").writeLock();
        awaitKeys("lock/", 3);
        CompletableFuture<Mutex.Held> late = new ReadWriteLock(session(), "lock").readLock();
        awaitKeys("lock/", 4);
        assertFalse(writer.isDone());
        first.unlock().join();
        second.unlock().join();
        Mutex.Held written = writer.join();
        assertFalse(late.isDone(), "readers behind a writer wait");
        written.unlock().join();
        late.join();
    }

    @Test
    void shouldElectInOrderAndShowEveryLeaderAndWhatItSays() {
        Election election = new Election(client, "e");
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        var observation = election.observe(leader -> seen.add(leader.value().utf8()));
        Election.Leadership first = election.campaign(session(), Bytes.of("a")).join();
        CompletableFuture<Election.Leadership> second = election.campaign(session(), Bytes.of("b"));
        awaitKeys("e/", 2);
        first.proclaim(Bytes.of("a2")).join();
        assertEquals("a2", election.leader().join().value().utf8());
        assertFalse(second.isDone());
        first.resign().join();
        Election.Leadership next = second.join();
        assertTrue(next.revision() > first.revision());
        assertThrows(
                CompletionException.class, () -> first.proclaim(Bytes.of("a3")).join());
        first.resign().join();
        assertEquals("b", election.leader().join().value().utf8());
        assertEquals(List.of("a", "a2", "b"), List.of(take(seen), take(seen), take(seen)));
        next.resign().join();
        assertThrows(CompletionException.class, () -> election.leader().join());
        observation.close();
    }

    @Test
    void shouldLetNobodyInBeforeAllHaveComeAndNobodyOutBeforeAllWantTo() {
        for (int round = 0; round < 3; round++) {
            List<DoubleBarrier> parts = new ArrayList<>();
            List<CompletableFuture<Void>> entered = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                parts.add(new DoubleBarrier(session(), "barrier", 3));
                assertTrue(entered.stream().noneMatch(CompletableFuture::isDone));
                entered.add(parts.get(i).enter());
                awaitKeys("barrier/waiters/", i + 1);
            }
            entered.forEach(CompletableFuture::join);
            CompletionException failure = assertThrows(
                    CompletionException.class,
                    () -> new DoubleBarrier(session(), "barrier", 3).enter().join());
            RecipeException cause = assertInstanceOf(RecipeException.class, failure.getCause());
            assertEquals(RecipeException.Reason.TOO_MANY, cause.reason());
            List<CompletableFuture<Void>> left = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                assertTrue(left.stream().noneMatch(CompletableFuture::isDone));
                left.add(parts.get((i + round) % 3).leave());
            }
            left.forEach(CompletableFuture::join);
            GetOptions all = GetOptions.DEFAULT.withPrefix();
            assertEquals(0, client.kv().get(Bytes.of("barrier/"), all).join().count(), "nothing stays behind");
        }
    }

    @Test
    void shouldNotHoldUpABarrierForOneWhoseSessionHasEnded() {
        LeaseSession mortal = session();
        CompletableFuture<Void> dead = new DoubleBarrier(mortal, "barrier", 2).enter();
        awaitKeys("barrier/waiters/", 1);
        client.lease().revoke(mortal.leaseId()).join();
        DoubleBarrier first = new DoubleBarrier(session(), "barrier", 2);
        CompletableFuture<Void> waiting = first.enter();
        awaitKeys("barrier/waiters/", 1);
        LeaseSession dying = session();
        new DoubleBarrier(dying, "barrier", 2).enter().join();
        waiting.join();
        assertInstanceOf(
                RecipeException.class,
                assertThrows(CompletionException.class, dead::join).getCause());
        CompletableFuture<Void> leaving = first.leave();
        assertFalse(leaving.isDone());
        client.lease().revoke(dying.leaseId()).join();
        leaving.join();
    }

    @Test
    void shouldKeepTheSamplesCopyUpToDate() {
        whole.kv().put("sample/a", "1").join();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (WatchPrefix sample = new WatchPrefix(whole, Bytes.of("sample/"), new PrintStream(printed, true, UTF_8))) {
            sample.follow();
            assertEquals(Map.of("sample/a", "1"), sample.copy());
            whole.kv().put("sample/b", "2").join();
            whole.kv().delete(Bytes.of("sample/a")).join();
            while (!sample.copy().equals(Map.of("sample/b", "2"))) {
                Thread.onSpinWait();
            }
        }
        assertTrue(printed.toString(UTF_8).contains(" DELETE sample/a"));
    }

    @Test
    void shouldMoveMoneyWithoutLosingAny() {
        for (int i = 0; i < 5; i++) {
            client.kv().put("account" + i, "100").join();
        }
        List<CompletableFuture<Void>> movers = new ArrayList<>();
        for (int mover = 0; mover < 4; mover++) {
            int from = mover;
            movers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 25; i++) {
                    int to = (from + i) % 5;
                    Stm.run(client, stm -> move(stm, "account" + from, "account" + to));
                }
            }));
        }
        movers.forEach(CompletableFuture::join);
        int sum = Stm.run(client, Stm.Isolation.SERIALIZABLE, stm -> {
            int total = 0;
            for (int i = 0; i < 5; i++) {
                total += Integer.parseInt(stm.get(Bytes.of("account" + i)).utf8());
            }
            return total;
        });
        assertEquals(500, sum);
    }

    private static boolean move(Stm stm, String from, String to) {
        int have = Integer.parseInt(stm.get(Bytes.of(from)).utf8());
        stm.put(Bytes.of(from), Bytes.of(String.valueOf(have - 1)));
        int there = Integer.parseInt(stm.get(Bytes.of(to)).utf8());
        stm.put(Bytes.of(to), Bytes.of(String.valueOf(there + 1)));
        return true;
    }

    @Test
    void shouldHoldBackAllWhoWaitAtABarrier() {
        Barrier barrier = new Barrier(client, "gate");
        barrier.await().join();
        barrier.hold().join();
        assertThrows(CompletionException.class, () -> barrier.hold().join());
        List<CompletableFuture<Void>> waiters = List.of(barrier.await(), barrier.await());
        waiters.forEach(waiter -> assertFalse(waiter.isDone()));
        barrier.release().join();
        waiters.forEach(CompletableFuture::join);
    }

    @Test
    void shouldGiveEachItemOfAQueueToOneTaker() {
        WorkQueue queue = new WorkQueue(client, "q");
        CompletableFuture<Bytes> early = queue.take();
        queue.put(Bytes.of("early")).join();
        assertEquals("early", early.join().utf8());
        queue.put(Bytes.of("later"), 5).join();
        queue.put(Bytes.of("urgent 1"), 1).join();
        queue.put(Bytes.of("urgent 2"), 1).join();
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            taken.add(queue.take().join().utf8());
        }
        assertEquals(List.of("urgent 1", "urgent 2", "later"), taken);
    }

    @Test
    void shouldSeeNothingOutsideANamespace() {
        ClientView outer = whole.namespace(Bytes.of("ns"));
        ClientView inner = outer.namespace(Bytes.of("/"));
        whole.kv().put("ns.", "before").join();
        whole.kv().put("ns0", "behind").join();
        inner.kv().put("a", "1").join();
        inner.kv().put("b", "2").join();
        assertEquals("1", whole.kv().get("ns/a").join().first().value().utf8());
        for (GetOptions all : List.of(
                GetOptions.DEFAULT.withPrefix(),
                GetOptions.DEFAULT.withFromKey(),
                GetOptions.DEFAULT.withRange(Bytes.of(new byte[1])))) {
            assertEquals(
                    "a", inner.kv().get(Bytes.of("a"), all).join().first().key().utf8());
        }
        assertEquals(
                2,
                inner.kv()
                        .get(Bytes.EMPTY, GetOptions.DEFAULT.withPrefix())
                        .join()
                        .count());
        assertEquals(
                2,
                inner.kv()
                        .get(Bytes.EMPTY, GetOptions.DEFAULT.withFromKey())
                        .join()
                        .count());
        assertEquals(
                1,
                inner.kv()
                        .get(Bytes.of("a"), GetOptions.DEFAULT.withRange(Bytes.of("b")))
                        .join()
                        .count());
        assertThrows(IllegalArgumentException.class, () -> inner.kv().get(Bytes.EMPTY));
        assertEquals("1", inner.kv().timed().get("a").join().first().value().utf8());
        inner.kv().delete(Bytes.EMPTY, DeleteOptions.DEFAULT.withFromKey()).join();
        assertEquals("before", whole.kv().get("ns.").join().first().value().utf8());
        assertEquals("behind", whole.kv().get("ns0").join().first().value().utf8());
        assertEquals(
                0,
                inner.kv()
                        .get(Bytes.EMPTY, GetOptions.DEFAULT.withPrefix())
                        .join()
                        .count());
    }
}
