package io.stele.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.codec.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client does when members come, go, lead no more, or say nothing. */
@Timeout(60)
class FailoverTest {
    private final FakeCluster cluster = new FakeCluster();
    private final ConcurrentSkipListMap<Bytes, Bytes> store = new ConcurrentSkipListMap<>();
    private final FakeServer first = new FakeServer(0, store, cluster, 1);
    private final FakeServer second = new FakeServer(0, store, cluster, 2);

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    private ClientContext both() {
        return new ClientContext().endpoints(first.endpoint() + "," + second.endpoint());
    }

    private static SteleException failure(CompletableFuture<?> future) {
        CompletionException e = assertThrows(CompletionException.class, future::join);
        return assertInstanceOf(SteleException.class, e.getCause());
    }

    private int puts() {
        return first.puts.get() + second.puts.get();
    }

    /** Puts until it is so. */
    private static void until(SteleClient client, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            client.kv().put("until", "it is so").join();
        }
    }

    @Test
    void shouldDoAWriteOnceThoughItsReplyWasLost() {
        try (SteleClient client = SteleClient.connect(both())) {
            for (int i = 1; i <= 20; i++) {
                FakeServer server = i % 2 == 0 ? first : second;
                server.hangUps.set(1);
                client.kv().put("k" + i, "v").join();
                assertEquals(i, puts());
            }
        }
    }

    @Test
    void shouldDoEachOfManyWritesOnce() {
        try (SteleClient client = SteleClient.connect(both().connectionCount(2).threadCount(2))) {
            List<CompletableFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                if (i % 100 == 0) {
                    (i % 200 == 0 ? first : second).hangUps.incrementAndGet();
                }
                futures.add(client.kv().put("k" + i, "v"));
            }
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
            assertEquals(3000, puts());
            assertEquals(3000, store.size());
            assertTrue(cluster.sessionCount() > 1, "more writes than one session has slots for");
        }
    }

    @Test
    void shouldReportAnUnknownOutcomeWithoutSessions() {
        try (SteleClient client = SteleClient.connect(both().exactlyOnce(false))) {
            first.hangUps.set(1);
            second.hangUps.set(1);
            SteleException e = failure(client.kv().put("a", "1"));
            assertInstanceOf(UnknownOutcomeException.class, e);
            assertTrue(e.isOutcomeUnknown());
            assertEquals(1, puts());
            assertEquals(0, cluster.sessionCount());
        }
    }

    @Test
    void shouldGoWhereTheLeaderIs() {
        cluster.leader(2);
        try (SteleClient client = SteleClient.connect(both())) {
            until(client, () -> second.puts.get() > 0);
            int before = first.puts.get();
            for (int i = 0; i < 100; i++) {
                client.kv().put("a", "1").join();
            }
            assertEquals(before, first.puts.get());
            cluster.leader(1);
            until(client, () -> first.puts.get() > before);
        }
    }

    @Test
    void shouldLearnOfMembersThatItWasNotToldOf() {
        cluster.leader(2);
        try (SteleClient client = SteleClient.connect(
                new ClientContext().endpoints(first.endpoint()).cluster(true))) {
            until(client, () -> second.puts.get() > 0);
            first.close();
            client.kv().put("a", "1").join();
            cluster.leader(0);
            second.hangUps.set(1);
            int before = puts();
            client.kv().put("a", "2").join();
            assertEquals(before + 1, puts());
        }
    }

    @Test
    void shouldLeaveAMemberThatSaysNothing() {
        cluster.leader(1);
        try (SteleClient client = SteleClient.connect(both().answerTimeout(Duration.ofMillis(100)))) {
            client.kv().put("a", "1").join();
            first.isMute = true;
            List<CompletableFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                futures.add(client.kv().put("k" + i, "v"));
                futures.add(client.kv().get("k" + i));
            }
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
            assertEquals(50, second.puts.get());
        }
    }

    @Test
    void shouldAskElsewhereWhatAMemberThatItHasLeftNeverAnswers() {
        cluster.leader(1);
        try (SteleClient client = SteleClient.connect(
                both().answerTimeout(Duration.ofMillis(100)).requestTimeout(Duration.ofSeconds(10)))) {
            until(client, () -> first.puts.get() > 0);
            first.swallows.set(1);
            CompletableFuture<GetResult> read = client.kv().get("a");
            cluster.leader(2);
            until(client, () -> second.puts.get() > 0);
            assertEquals(0, read.join().count());
        }
    }

    @Test
    void shouldLeaveAMemberThatSaysGoodbye() {
        cluster.leader(1);
        try (SteleClient client = SteleClient.connect(both().exactlyOnce(false))) {
            until(client, () -> first.puts.get() > 0);
            first.announceEnd();
            until(client, () -> second.puts.get() > 0); // none of them fails
            first.close();
            client.kv().put("a", "1").join();
        }
    }

    @Test
    void shouldGoOnWithAMemberThatSaysGoodbyeUntilThereIsAnother() throws IOException {
        cluster.leader(1);
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SteleClient client = SteleClient.connect(new ClientContext()
                        .endpoints(first.endpoint() + ",127.0.0.1:" + slow.getLocalPort())
                        .requestTimeout(Duration.ofSeconds(5)))) {
            until(client, () -> first.puts.get() > 0);
            second.close(); // known from the list of members, but gone
            first.announceEnd();
            try (Socket dialled = slow.accept()) { // which will never say anything
                assertTrue(dialled.isConnected());
                int before = first.puts.get();
                for (int i = 0; i < 100; i++) {
                    client.kv().put("a", "1").join();
                }
                assertEquals(before + 100, first.puts.get());
            }
        }
    }

    @Test
    void shouldSayThatTheOutcomeIsUnknownWhenTheSessionIsForgotten() {
        try (SteleClient client = SteleClient.connect(both())) {
            client.kv().put("a", "1").join();
            first.isMute = true;
            second.isMute = true;
            CompletableFuture<PutResult> put = client.kv().put("a", "2");
            while (first.unanswered.get() + second.unanswered.get() == 0) {
                Thread.onSpinWait();
            }
            cluster.forgetSessions();
            first.close();
            second.isMute = false;
            SteleException e = failure(put);
            assertInstanceOf(UnknownOutcomeException.class, e);
            assertEquals(ErrorCode.ABORTED, e.code());
            client.kv().put("a", "3").join();
            assertEquals("3", store.get(Bytes.of("a")).utf8());
        }
    }

    @Test
    void shouldOpenAnotherSessionWhenItsOwnWasForgotten() {
        try (SteleClient client = SteleClient.connect(both())) {
            client.kv().put("a", "1").join();
            cluster.forgetSessions();
            client.kv().put("a", "2").join(); // never sent before: it is known that it was not done
            assertEquals("2", store.get(Bytes.of("a")).utf8());
            assertEquals(1, cluster.sessionCount());
        }
    }

    @Test
    void shouldSayThatAWriteWasDoneThoughNobodyKnowsItsReply() {
        try (SteleClient client = SteleClient.connect(both())) {
            client.kv().put("a", "1").join();
            cluster.loseReplies();
            first.hangUps.set(1);
            second.hangUps.set(1);
            SteleException e = failure(client.kv().put("a", "2"));
            assertEquals(Outcome.APPLIED, e.outcome());
            assertFalse(e.isOutcomeUnknown());
            assertEquals(2, puts());
        }
    }

    @Test
    void shouldGiveUpInTimeWhenNobodyIsThere() {
        try (SteleClient client = SteleClient.connect(both().requestTimeout(Duration.ofMillis(300)))) {
            client.kv().put("a", "1").join();
            first.close();
            second.close();
            assertEquals(
                    ErrorCode.UNAVAILABLE, failure(client.kv().put("a", "2")).code());
            assertEquals(ErrorCode.UNAVAILABLE, failure(client.kv().get("a")).code());
        }
    }

    @Test
    void shouldStayWithOneServerUnlessToldThatItIsACluster() {
        cluster.leader(2);
        try (SteleClient client = SteleClient.connect(first.endpoint())) {
            for (int i = 0; i < 100; i++) {
                client.kv().put("a", "1").join();
            }
            assertEquals(100, first.puts.get());
            assertEquals(0, cluster.sessionCount());
        }
    }

    @Test
    void shouldFindTheMembersAgainWhenAllHaveMoved() {
        FakeServer third = new FakeServer(0, new TreeMap<>(), cluster, 3);
        try (SteleClient client = SteleClient.connect(both())) {
            cluster.leader(3);
            until(client, () -> third.puts.get() > 0);
            first.close();
            second.close();
            client.kv().put("a", "1").join();
            assertTrue(third.puts.get() > 0);
        } finally {
            third.close();
        }
    }
}
