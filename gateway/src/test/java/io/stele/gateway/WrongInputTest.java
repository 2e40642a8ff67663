package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveRequest;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveResponse;
import io.stele.gateway.etcdserverpb.LeaseRevokeRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveResponse;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.WatchCancelRequest;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.etcdserverpb.WatchGrpc;
import io.stele.gateway.etcdserverpb.WatchRequest;
import io.stele.gateway.etcdserverpb.WatchResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What callers get wrong about leases and watches: etcd's answers, and nobody else suffers. */
@TestInstance(Lifecycle.PER_CLASS)
class WrongInputTest {
    private static final int WATCHES_PER_STREAM_MAX = 100_000;
    private static final long TTL_MAX = 9_000_000_000L;
    private static final long NEVER_GRANTED = 404;

    private TestNode node;
    private KVGrpc.KVBlockingStub kv;
    private LeaseGrpc.LeaseBlockingStub lease;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
        kv = KVGrpc.newBlockingStub(node.channel());
        lease = LeaseGrpc.newBlockingStub(node.channel());
    }

    @AfterAll
    void stop() {
        node.close();
    }

    // ---- leases

    @Test
    void shouldRaiseATimeToLiveThatIsTooShortAndRefuseOneThatIsTooLong() {
        long shortest = grant(0);
        assertTrue(shortest > 0);
        assertEquals(shortest, grant(-17));
        assertEquals(shortest, grant(Long.MIN_VALUE));
        assertEquals(TTL_MAX, grant(TTL_MAX));
        refused("OUT_OF_RANGE: etcdserver: too large lease TTL", () -> grant(TTL_MAX + 1));
        refused("OUT_OF_RANGE: etcdserver: too large lease TTL", () -> grant(Long.MAX_VALUE));
    }

    @Test
    void shouldNotFindALeaseThatWasNeverGranted() {
        refused(
                "NOT_FOUND: etcdserver: requested lease not found",
                () -> lease.leaseRevoke(
                        LeaseRevokeRequest.newBuilder().setID(NEVER_GRANTED).build()));
        refused(
                "NOT_FOUND: etcdserver: requested lease not found",
                () -> kv.put(PutRequest.newBuilder()
                        .setKey(bytes("leased"))
                        .setLease(NEVER_GRANTED)
                        .build()));
        LeaseTimeToLiveResponse left = lease.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                .setID(NEVER_GRANTED)
                .setKeys(true)
                .build());
        assertEquals(-1, left.getTTL());
        assertEquals(0, left.getGrantedTTL());
        assertEquals(0, left.getKeysCount());
        assertEquals(NEVER_GRANTED, left.getID());
    }

    @Test
    void shouldAnswerAKeepAliveOfADeadLeaseAndKeepTheStreamOpen() {
        long dead = lease.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
        long alive = lease.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
        var unused =
                lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(dead).build());
        Received<LeaseKeepAliveResponse> renewals = new Received<>();
        StreamObserver<LeaseKeepAliveRequest> stream =
                LeaseGrpc.newStub(node.channel()).leaseKeepAlive(renewals);
        for (long id : new long[] {dead, NEVER_GRANTED, 0, alive}) {
            stream.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
            LeaseKeepAliveResponse renewed = renewals.next();
            assertEquals(id, renewed.getID());
            assertEquals(id == alive ? 60 : 0, renewed.getTTL());
        }
        stream.onCompleted();
    }

    private long grant(long ttl) {
        return lease.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttl).build())
                .getTTL();
    }

    private static void refused(String expected, Executable call) {
        assertEquals(expected, assertThrows(StatusRuntimeException.class, call).getMessage());
    }

    // ---- watches

    @Test
    void shouldRefuseARangeThatIsInvertedOrEmpty() {
        Watches watches = new Watches();
        for (String end : new String[] {"a", "b"}) {
            watches.create(watch("b").setRangeEnd(bytes(end)));
            assertRefused("mvcc: watcher range is empty", watches.next());
        }
    }

    @Test
    void shouldRefuseARevisionBeforeTheFirst() {
        Watches watches = new Watches();
        watches.create(watch("b").setStartRevision(-1));
        assertRefused("etcdserver: mvcc: required revision has been compacted", watches.next());
    }

    @Test
    void shouldEndAWatchOfACompactedRevisionWithoutOneToGoOnAfter() {
        put("compacted");
        long kept = put("compacted");
        var unused = kv.compact(CompactionRequest.newBuilder().setRevision(kept).build());
        Watches watches = new Watches();
        watches.create(watch("compacted").setStartRevision(kept - 1));
        WatchResponse created = watches.next();
        assertTrue(created.getCreated() && !created.getCanceled());
        assertTrue(created.getHeader().getRevision() >= kept);
        WatchResponse ended = watches.next();
        assertTrue(ended.getCanceled() && !ended.getCreated());
        assertEquals(kept, ended.getCompactRevision());
        assertEquals("", ended.getCancelReason());
        assertEquals(0, ended.getHeader().getRevision());
        assertTrue(ended.getHeader().getRaftTerm() > 0);
        watches.create(watch("compacted").setStartRevision(kept));
        assertTrue(watches.next().getCreated());
        assertEquals(
                kept, watches.next().getEvents(0).getKv().getModRevision(), "the compacted revision itself is kept");
    }

    @Test
    void shouldSayNothingOfWhatComesBeforeAFutureRevision() {
        long revision = put("future");
        Watches watches = new Watches();
        watches.create(watch("future").setStartRevision(revision + 3));
        assertTrue(watches.next().getCreated());
        for (int i = 1; i <= 3; i++) {
            put("future");
        }
        WatchResponse first = watches.next();
        assertEquals(1, first.getEventsCount());
        assertEquals(revision + 3, first.getEvents(0).getKv().getModRevision());
    }

    @Test
    void shouldIgnoreAFilterThatItDoesNotKnowAndTheEndOfAWatchThatIsNotThere() {
        Watches watches = new Watches();
        watches.create(watch("filtered").addFiltersValue(17));
        assertTrue(watches.next().getCreated());
        watches.cancel(404);
        watches.cancel(-1);
        long revision = put("filtered");
        assertEquals(revision, watches.next().getEvents(0).getKv().getModRevision());
    }

    @Test
    void shouldRefuseOneWatchTooManyAndForgetAllWithTheirStream() throws Exception {
        Watches watches = new Watches();
        for (int i = 0; i < WATCHES_PER_STREAM_MAX; i++) {
            watches.create(watch("many/" + i));
        }
        for (int i = 0; i < WATCHES_PER_STREAM_MAX; i++) {
            assertFalse(watches.next().getCanceled());
        }
        watches.create(watch("many/too"));
        assertRefused("stele: a connection may have 100000 watches", watches.next());
        long revision = put("many/99999");
        assertEquals(revision, watches.next().getEvents(0).getKv().getModRevision(), "the others go on");
        watches.cancel(0);
        assertTrue(watches.next().getCanceled());
        watches.create(watch("many/too"));
        assertFalse(watches.next().getCanceled(), "there is room for one again");

        assertTrue(watchCount() >= WATCHES_PER_STREAM_MAX);
        watches.requests.onError(new IllegalStateException("gone"));
        while (watchCount() >= WATCHES_PER_STREAM_MAX) {
            Thread.onSpinWait();
        }
    }

    private long watchCount() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.port() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("etcd_debugging_mvcc_watcher_total "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(String reason, WatchResponse response) {
        assertTrue(response.getCreated() && response.getCanceled());
        assertEquals(-1, response.getWatchId());
        assertEquals(reason, response.getCancelReason());
    }

    private static WatchCreateRequest.Builder watch(String key) {
        return WatchCreateRequest.newBuilder().setKey(bytes(key));
    }

    private long put(String key) {
        return kv.put(PutRequest.newBuilder().setKey(bytes(key)).build())
                .getHeader()
                .getRevision();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** A stream of watches. */
    private final class Watches {
        private final Received<WatchResponse> responses = new Received<>();
        private final StreamObserver<WatchRequest> requests =
                WatchGrpc.newStub(node.channel()).watch(responses);

        void create(WatchCreateRequest.Builder request) {
            requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
        }

        void cancel(long watchId) {
            requests.onNext(WatchRequest.newBuilder()
                    .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                    .build());
        }

        WatchResponse next() {
            return responses.next();
        }
    }

    /** What came on a stream. */
    private static final class Received<T> implements StreamObserver<T> {
        private final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
        private volatile Throwable end;

        T next() {
            try {
                T message = messages.poll(60, TimeUnit.SECONDS);
                if (message == null) {
                    throw new AssertionError("nothing came", end);
                }
                return message;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable cause) {
            end = cause;
        }

        @Override
        public void onCompleted() {
            // what is awaited does not come then
        }
    }
}
