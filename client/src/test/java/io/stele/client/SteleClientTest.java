package io.stele.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.ApiError;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.PutReplyDecoder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SteleClientTest {

    private static Bytes key(int i) {
        return Bytes.of(String.format("key-%05d", i));
    }

    private static SteleException failure(CompletableFuture<?> future) {
        CompletionException e = assertThrows(CompletionException.class, future::join);
        return assertInstanceOf(SteleException.class, e.getCause());
    }

    @Test
    void shouldPutGetAndDelete() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            PutResult first = client.kv().put("a", "1").join();
            assertEquals(new Header(77, 5, 2, 2), first.header());
            assertNull(first.previous());
            PutResult second = client.kv()
                    .put(Bytes.of("a"), Bytes.of("2"), PutOptions.DEFAULT.withPrevious())
                    .join();
            assertEquals("1", second.previous().value().utf8());
            assertEquals("2", client.kv().get("a").join().first().value().utf8());
            assertNull(client.kv().get("b").join().first());
            DeleteResult deleted = client.kv()
                    .delete(Bytes.EMPTY, DeleteOptions.DEFAULT.withPrefix().withPrevious())
                    .join();
            assertEquals(1, deleted.deleted());
            assertEquals("a", deleted.previous().get(0).key().utf8());
            assertEquals(0, client.kv().get("a").join().count());
        }
    }

    @Test
    void shouldReadLongRangesInChunksWholeAndStreamed() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            int count = 10 * FakeServer.RANGE_CHUNK + 7;
            for (int i = 0; i < count; i++) {
                server.store().put(key(i), Bytes.of(new byte[2000]));
            }
            GetOptions options = GetOptions.DEFAULT.withPrefix();
            GetResult whole = client.kv().get(Bytes.of("key-"), options).join();
            assertEquals(count, whole.pairs().size());
            assertEquals(count, whole.count());
            List<KeyValue> streamed = new ArrayList<>();
            StreamResult end = client.kv().stream(Bytes.of("key-"), options, pair -> streamed.add(pair.copy()))
                    .join();
            assertEquals(count, end.count());
            assertEquals(whole.pairs(), streamed);
        }
    }

    @Test
    void shouldGatherLongRepliesThatAreNoRanges() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            for (int i = 0; i < 500; i++) {
                server.store().put(key(i), Bytes.of(new byte[1000 + i]));
            }
            DeleteResult deleted = client.kv()
                    .delete(Bytes.of("key"), DeleteOptions.DEFAULT.withPrefix().withPrevious())
                    .join();
            assertEquals(500, deleted.previous().size());
            for (int i = 0; i < 500; i++) {
                assertEquals(key(i), deleted.previous().get(i).key());
                assertEquals(1000 + i, deleted.previous().get(i).value().length());
            }
        }
    }

    @Test
    void shouldSayNestedTransactions() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            Bytes a = Bytes.of("a");
            TxnResult result = client.kv()
                    .txn()
                    .when(Compare.version(a, CompareResult.EQUAL, 0))
                    .then(
                            Op.put(a, Bytes.of("1")),
                            Op.txn(
                                    List.of(Compare.value(a, CompareResult.EQUAL, Bytes.of("1"))),
                                    List.of(Op.get(a), Op.delete(a)),
                                    List.of(Op.get(a))),
                            Op.get(a))
                    .otherwise(Op.txn(List.of(), List.of(Op.get(a)), List.of()))
                    .commit()
                    .join();
            assertTrue(result.succeeded());
            assertEquals(3, result.results().size());
            TxnResult inner = assertInstanceOf(TxnResult.class, result.results().get(1));
            assertEquals(
                    1, assertInstanceOf(GetResult.class, inner.results().get(0)).count());
            assertEquals(
                    1,
                    assertInstanceOf(DeleteResult.class, inner.results().get(1)).deleted());
            assertEquals(
                    0,
                    assertInstanceOf(GetResult.class, result.results().get(2)).count());
        }
    }

    @Test
    void shouldTellStatus() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            StatusResult status = client.maintenance().status().join();
            assertEquals(5, status.leaderId());
            assertEquals("0.0.1", status.version());
            assertEquals(List.of("etcdserver: no leader", "NOSPACE"), status.errors());
        }
    }

    @Test
    void shouldPipelineFromManyThreads() throws Exception {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(new ClientContext()
                        .endpoints(server.endpoint())
                        .connectionCount(2)
                        .inFlightMax(64))) {
            Thread[] threads = new Thread[4];
            CompletableFuture<?>[] futures = new CompletableFuture<?>[threads.length * 2000];
            for (int t = 0; t < threads.length; t++) {
                int first = t * 2000;
                threads[t] = new Thread(() -> {
                    Random random = new Random(first);
                    for (int i = first; i < first + 2000; i++) {
                        byte[] value = new byte[random.nextInt(100) == 0 ? 200_000 : random.nextInt(500)];
                        Arrays.fill(value, (byte) i);
                        futures[i] = client.kv().put(key(i), Bytes.of(value));
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            CompletableFuture.allOf(futures).join();
            assertEquals(futures.length, server.store().size());
            server.store().forEach((key, value) -> {
                byte expected = (byte) Integer.parseInt(key.utf8().substring(4));
                for (byte b : value.array()) {
                    assertEquals(expected, b);
                }
            });
        }
    }

    @Test
    void shouldLetRequestsFromNetworkThreadsWaitForRoom() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(
                        new ClientContext().endpoints(server.endpoint()).inFlightMax(4))) {
            Bytes value = Bytes.of(new byte[10_000]);
            CompletableFuture<?>[] chains = new CompletableFuture<?>[40];
            for (int chain = 0; chain < chains.length; chain++) {
                CompletableFuture<?> last = client.kv().put(key(chain), value);
                for (int i = 0; i < 5; i++) {
                    int next = chain;
                    last = last.thenCompose(done -> client.kv().put(key(next), value));
                }
                chains[chain] = last;
            }
            CompletableFuture.allOf(chains).join();
            assertEquals(240, server.puts.get());
        }
    }

    @Test
    void shouldFailAtOnceWithoutRoomWhereThatIsWanted() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(new ClientContext()
                        .endpoints(server.endpoint())
                        .inFlightMax(2)
                        .failFast(true))) {
            server.isMute = true;
            List<CompletableFuture<PutResult>> puts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                puts.add(client.kv().put(key(i), Bytes.EMPTY));
            }
            SteleException refusal = assertInstanceOf(
                    SteleException.class,
                    assertThrows(CompletionException.class, puts.get(2)::join).getCause());
            assertEquals(ErrorCode.RESOURCE_EXHAUSTED, refusal.code());
            assertFalse(refusal.isOutcomeUnknown());
            assertFalse(puts.get(0).isDone());
        }
    }

    @Test
    void shouldNotStallWhereTheRequestRingEnds() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            // Alone in the ring, a request is at times preceded by nothing but padding. Some megabytes: several ends.
            Bytes value = Bytes.of(new byte[40_000]);
            for (int i = 0; i < 200; i++) {
                client.kv().put(key(i % 10), value).join();
            }
            assertEquals(200, server.puts.get());
        }
    }

    @Test
    void shouldSendRawRequests() throws Exception {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            UnsafeBuffer text = new UnsafeBuffer("key-value".getBytes(UTF_8));
            List<Long> tokens = new ArrayList<>();
            CountDownLatch latch = new CountDownLatch(100);
            ReplyHandler handler = new ReplyHandler() {
                @Override
                public void onReply(long token, DirectBuffer buffer, int offset, int length) {
                    assertEquals(PutReplyDecoder.TEMPLATE_ID, RequestFrame.templateId(buffer, offset));
                    tokens.add(token);
                    latch.countDown();
                }

                @Override
                public void onFailure(long token, ErrorCode code, Outcome outcome, String message) {
                    tokens.add(-1L);
                }
            };
            for (int i = 0; i < 100; i++) {
                assertEquals(SendResult.QUEUED, client.raw().put(text, 0, 3, text, 4, 5, handler, i));
            }
            latch.await();
            for (int i = 0; i < 100; i++) {
                assertEquals(i, tokens.get(i));
            }
            assertEquals("value", server.store().get(Bytes.of("key")).utf8());
        }
    }

    @Test
    void shouldSayInOneLineThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String endpoint = "127.0.0.1:" + port;
        SteleException e = assertThrows(SteleException.class, () -> SteleClient.connect(endpoint));
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
        assertEquals("cannot connect to " + endpoint + ": connection refused", e.getMessage());
    }

    @Test
    void shouldSayWhenTheOtherSideIsNoSteleServer() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread web = new Thread(() -> {
                try (var connection = socket.accept()) {
                    connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                    connection.getInputStream().readAllBytes();
                } catch (java.io.IOException ignored) {
                    // the client hung up
                }
            });
            web.start();
            SteleException e =
                    assertThrows(SteleException.class, () -> SteleClient.connect("127.0.0.1:" + socket.getLocalPort()));
            assertTrue(e.getMessage().contains("not a Stele server"), e.getMessage());
            web.join();
        }
    }

    @Test
    void shouldUseTheEndpointThatAnswers() throws Exception {
        int deadPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            deadPort = socket.getLocalPort();
        }
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect("http://127.0.0.1:" + deadPort + "," + server.endpoint())) {
            assertEquals(2, client.kv().put("a", "1").join().header().revision());
        }
    }

    @Test
    void shouldReconnectAndRetryReadsButNeverASentWrite() {
        TreeMap<Bytes, Bytes> store = new TreeMap<>();
        FakeServer server = new FakeServer(0, store);
        int port = server.port();
        try (SteleClient client = SteleClient.connect(server.endpoint())) {
            client.kv().put("a", "1").join();
            server.hangUps.set(1);
            SteleException e = failure(client.kv().put("a", "2"));
            assertTrue(e.isOutcomeUnknown());
            assertEquals(ErrorCode.UNAVAILABLE, e.code());
            assertEquals(2, server.puts.get());
            // Reconnected by itself, nothing sent twice.
            assertEquals("2", client.kv().get("a").join().first().value().utf8());
            server.close();
            // Never sent while nobody listens: waits for the server, and is done once.
            CompletableFuture<PutResult> waiting = client.kv().put("a", "3");
            CompletableFuture<GetResult> reading = client.kv().get("a");
            server = new FakeServer(port, store);
            waiting.join();
            reading.join();
            assertEquals(1, server.puts.get());
            assertEquals("3", client.kv().get("a").join().first().value().utf8());
        } finally {
            server.close();
        }
    }

    @Test
    void shouldRetryAWriteThatTheServerRefused() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            server.refusals.set(3);
            client.kv().put("a", "1").join();
            assertEquals(1, server.puts.get());
        }
    }

    @Test
    void shouldGiveUpWhenTheTimeIsOver() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(
                        new ClientContext().endpoints(server.endpoint()).requestTimeout(Duration.ofMillis(100)))) {
            server.isMute = true;
            SteleException put = failure(client.kv().put("a", "1"));
            assertEquals(ErrorCode.DEADLINE_EXCEEDED, put.code());
            assertTrue(put.isOutcomeUnknown());
            SteleException get = failure(client.kv().get("a"));
            assertEquals(ErrorCode.DEADLINE_EXCEEDED, get.code());
            assertFalse(get.isOutcomeUnknown());
            server.isMute = false;
            server.refuseAll(ErrorCode.UNAVAILABLE);
            assertEquals(
                    ApiError.NO_LEADER.text(),
                    failure(client.kv().put("a", "1")).getMessage());
        }
    }

    @Test
    void shouldRefuseRequestsThatTheServerWouldNotTake() {
        try (FakeServer server = new FakeServer();
                SteleClient client = SteleClient.connect(server.endpoint())) {
            SteleException e = failure(client.kv().put(Bytes.of("a"), Bytes.of(new byte[3 << 20])));
            assertEquals(ErrorCode.INVALID_ARGUMENT, e.code());
            assertEquals("etcdserver: request is too large", e.getMessage());
            client.kv().put(Bytes.of("a"), Bytes.of(new byte[3 << 19])).join();
            assertEquals(3 << 19, client.kv().get("a").join().first().value().length());
        }
    }

    @Test
    void shouldFailWhatIsUnderWayWhenClosed() {
        try (FakeServer server = new FakeServer()) {
            server.isMute = true;
            List<CompletableFuture<?>> futures = new ArrayList<>();
            SteleClient client = SteleClient.connect(server.endpoint());
            for (int i = 0; i < 100; i++) {
                futures.add(client.kv().put(key(i), Bytes.EMPTY));
                futures.add(client.kv().get(key(i)));
            }
            client.close();
            for (CompletableFuture<?> future : futures) {
                assertTrue(future.isCompletedExceptionally());
            }
            assertEquals(ErrorCode.CANCELLED, failure(client.kv().get("a")).code());
        }
    }
}
