package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.WatchCancelRequest;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.etcdserverpb.WatchGrpc;
import io.stele.gateway.etcdserverpb.WatchProgressRequest;
import io.stele.gateway.etcdserverpb.WatchRequest;
import io.stele.gateway.etcdserverpb.WatchResponse;
import io.stele.gateway.mvccpb.Event;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class WatchServiceTest {
    private TestNode node;
    private KVGrpc.KVBlockingStub kv;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
        kv = KVGrpc.newBlockingStub(node.channel());
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldTellOfPutsAndDeletionsWithWhatWasBefore() {
        Stream stream = new Stream();
        WatchResponse created = stream.create(watch("seen/").setPrevKv(true));
        assertTrue(created.getCreated());
        assertEquals(0, created.getWatchId());
        assertTrue(created.getHeader().getRevision() > 0);
        long revision = put("seen/a", "1");
        put("seen/a", "2");
        var unused = kv.deleteRange(
                DeleteRangeRequest.newBuilder().setKey(bytes("seen/a")).build());
        Event first = stream.nextEvent();
        assertEquals(Event.EventType.PUT, first.getType());
        assertEquals(revision, first.getKv().getModRevision());
        assertFalse(first.hasPrevKv());
        Event second = stream.nextEvent();
        assertEquals("1", second.getPrevKv().getValue().toStringUtf8());
        Event third = stream.nextEvent();
        assertEquals(Event.EventType.DELETE, third.getType());
        assertEquals(0, third.getKv().getCreateRevision());
        assertEquals(revision + 2, third.getKv().getModRevision());
        assertEquals("2", third.getPrevKv().getValue().toStringUtf8());
    }

    @Test
    void shouldKeepTheEventsOfATransactionTogether() {
        Stream stream = new Stream();
        stream.create(watch("together/"));
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < 20; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder()
                            .setKey(bytes("together/" + i))
                            .setValue(ByteString.copyFrom(new byte[70_000]))));
        }
        var unused = kv.txn(txn.build());
        WatchResponse response = stream.next();
        assertEquals(20, response.getEventsCount());
        assertEquals(70_000, response.getEvents(19).getKv().getValue().size());
        assertFalse(response.getFragment());
    }

    @Test
    void shouldReadHistory() {
        long revision = put("history/a", "1");
        put("history/a", "2");
        Stream stream = new Stream();
        stream.create(watch("history/").setStartRevision(revision));
        assertEquals("1", stream.nextEvent().getKv().getValue().toStringUtf8());
        assertEquals("2", stream.nextEvent().getKv().getValue().toStringUtf8());
    }

    @Test
    void shouldSayThatHistoryIsGone() {
        long gone = put("gone/a", "1");
        long kept = put("gone/a", "2");
        var unused = kv.compact(CompactionRequest.newBuilder().setRevision(kept).build());
        Stream stream = new Stream();
        assertTrue(stream.create(watch("gone/").setStartRevision(gone)).getCreated());
        WatchResponse canceled = stream.next();
        assertTrue(canceled.getCanceled());
        assertTrue(canceled.getCompactRevision() >= kept);
        assertEquals("", canceled.getCancelReason());
    }

    @Test
    void shouldRefuseInOneResponse() {
        Stream stream = new Stream();
        WatchResponse response =
                stream.create(WatchCreateRequest.newBuilder().setKey(bytes("b")).setRangeEnd(bytes("a")));
        assertTrue(response.getCreated() && response.getCanceled());
        assertEquals(-1, response.getWatchId());
        assertEquals("mvcc: watcher range is empty", response.getCancelReason());
        stream.create(watch("twice/").setWatchId(7));
        WatchResponse duplicate = stream.create(watch("twice/").setWatchId(7));
        assertTrue(duplicate.getCreated() && duplicate.getCanceled());
        assertEquals("mvcc: duplicate watch ID provided on the WatchStream", duplicate.getCancelReason());
    }

    @Test
    void shouldCancelAndTellProgress() {
        Stream stream = new Stream();
        stream.create(watch("cancel/"));
        stream.requests.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
        WatchResponse progress = stream.next();
        assertEquals(-1, progress.getWatchId());
        assertEquals(0, progress.getEventsCount());
        // The first of these is of no watch, and is not answered.
        stream.cancel(404);
        stream.cancel(0);
        WatchResponse canceled = stream.next();
        assertTrue(canceled.getCanceled());
        assertEquals(0, canceled.getWatchId());
    }

    @Test
    void shouldCancelAWatchThatWasAskedForJustBefore() {
        Stream stream = new Stream();
        stream.requests.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build()); // of no watch: it is not answered
        stream.requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(watch("soon/").setWatchId(5))
                .build());
        stream.cancel(5);
        assertTrue(stream.next().getCreated());
        WatchResponse canceled = stream.next();
        assertTrue(canceled.getCanceled());
        assertEquals(5, canceled.getWatchId());
    }

    private WatchCreateRequest.Builder watch(String prefix) {
        String end = prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1);
        return WatchCreateRequest.newBuilder().setKey(bytes(prefix)).setRangeEnd(bytes(end));
    }

    private long put(String key, String value) {
        return kv.put(PutRequest.newBuilder()
                        .setKey(bytes(key))
                        .setValue(bytes(value))
                        .build())
                .getHeader()
                .getRevision();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** A stream of watches, and what came on it. */
    private final class Stream implements StreamObserver<WatchResponse> {
        private final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        private final StreamObserver<WatchRequest> requests =
                WatchGrpc.newStub(node.channel()).watch(this);
        private WatchResponse current = WatchResponse.getDefaultInstance();
        private int position;

        WatchResponse create(WatchCreateRequest.Builder request) {
            requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
            return next();
        }

        void cancel(long watchId) {
            requests.onNext(WatchRequest.newBuilder()
                    .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                    .build());
        }

        WatchResponse next() {
            try {
                WatchResponse response = responses.poll(30, TimeUnit.SECONDS);
                if (response == null) {
                    throw new AssertionError("nothing came");
                }
                return response;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        Event nextEvent() {
            if (position == current.getEventsCount()) {
                current = next();
                position = 0;
            }
            return current.getEvents(position++);
        }

        @Override
        public void onNext(WatchResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            // what is awaited does not come then
        }

        @Override
        public void onCompleted() {
            // likewise
        }
    }
}
