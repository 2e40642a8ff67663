package io.stele.perf.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.Bytes;
import io.stele.client.LeaseTimeToLiveResult;
import io.stele.client.PutOptions;
import io.stele.client.SteleClient;
import io.stele.client.SteleException;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import io.stele.perf.SmallNode;
import io.stele.server.Server;
import io.stele.transport.codec.ErrorCode;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What users of the Java client get wrong about leases and watches: they hear what etcd's would. */
@TestInstance(Lifecycle.PER_CLASS)
final class WrongInputTest {
    private static final long TTL_MAX = 9_000_000_000L;
    private static final long NEVER_GRANTED = 404;
    private static final Bytes KEY = Bytes.of("key");

    private Server server;
    private SteleClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = Server.launch(SmallNode.config(directory), (agent, cause) -> {});
        client = SteleClient.connect(server.clientUrls().get(0).toString().replace("http://", ""));
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void shouldRaiseATimeToLiveThatIsTooShortAndRefuseOneThatIsTooLong() {
        long shortest = client.lease().grant(0).join().ttl();
        assertTrue(shortest > 0);
        assertEquals(shortest, client.lease().grant(-17).join().ttl());
        assertEquals(TTL_MAX, client.lease().grant(TTL_MAX).join().ttl());
        refused(
                ErrorCode.OUT_OF_RANGE,
                "etcdserver: too large lease TTL",
                client.lease().grant(TTL_MAX + 1));
    }

    @Test
    void shouldNotFindALeaseThatWasNeverGranted() {
        String text = "etcdserver: requested lease not found";
        refused(ErrorCode.NOT_FOUND, text, client.lease().revoke(NEVER_GRANTED));
        refused(ErrorCode.NOT_FOUND, text, client.kv().put(KEY, KEY, PutOptions.DEFAULT.withLease(NEVER_GRANTED)));
        LeaseTimeToLiveResult left =
                client.lease().timeToLive(NEVER_GRANTED, true).join();
        assertEquals(-1, left.ttl());
        assertEquals(0, left.grantedTtl());
    }

    @Test
    void shouldSayThatADeadLeaseHasNoTimeLeft() {
        long dead = client.lease().grant(60).join().leaseId();
        client.lease().revoke(dead).join();
        assertEquals(0, client.lease().keepAliveOnce(dead).join().ttl());
        assertEquals(0, client.lease().keepAliveOnce(NEVER_GRANTED).join().ttl());
        assertFalse(client.lease().keepAlive(dead, why -> {}).lost().join().isEmpty());
    }

    @Test
    void shouldRefuseAWatchOfAnInvertedRange() {
        WatchEnd end = endOf(WatchOptions.DEFAULT.withRange(Bytes.of("a")));
        assertEquals(WatchEnd.Cause.REFUSED, end.cause());
        assertEquals("mvcc: watcher range is empty", end.text());
    }

    @Test
    void shouldEndAWatchOfACompactedRevisionWithTheFirstThatIsLeft() {
        client.kv().put(KEY, KEY).join();
        long kept = client.kv().put(KEY, KEY).join().header().revision();
        client.kv().compact(kept, true).join();
        WatchEnd end = endOf(WatchOptions.DEFAULT.withStartRevision(kept - 1));
        assertEquals(WatchEnd.Cause.COMPACTED, end.cause());
        assertEquals(kept, end.compactRevision());
    }

    @Test
    void shouldSayNothingOfWhatComesBeforeAFutureRevision() {
        long revision = client.kv().put(KEY, KEY).join().header().revision();
        Listener listener = new Listener();
        var unused = client.watch(KEY, WatchOptions.DEFAULT.withStartRevision(revision + 3), listener);
        for (int i = 1; i <= 3; i++) {
            client.kv().put(KEY, KEY).join();
        }
        WatchEvents first = soon(listener.events);
        assertEquals(revision + 3, first.events().get(0).pair().modRevision());
        assertEquals(1, first.events().size());
    }

    private WatchEnd endOf(WatchOptions options) {
        Listener listener = new Listener();
        var unused = client.watch(KEY, options, listener);
        return soon(listener.end);
    }

    private static void refused(ErrorCode code, String text, CompletableFuture<?> request) {
        SteleException refusal = assertInstanceOf(
                SteleException.class,
                assertThrows(CompletionException.class, request::join).getCause());
        assertEquals(text, refusal.getMessage());
        assertEquals(code, refusal.code());
    }

    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Keeps the first that it hears. */
    private static final class Listener implements WatchListener {
        private final CompletableFuture<WatchEvents> events = new CompletableFuture<>();
        private final CompletableFuture<WatchEnd> end = new CompletableFuture<>();

        @Override
        public void onEvents(WatchEvents batch) {
            events.complete(batch);
        }

        @Override
        public void onEnd(WatchEnd why) {
            end.complete(why);
        }
    }
}
