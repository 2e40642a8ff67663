package io.stele.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.model.Request;
import io.stele.transport.ApiError;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What etcd's watches do, by name. */
class WatchHubTest {
    private WatchFixture fixture = new WatchFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void limits(WatchLimits limits) {
        fixture.close();
        fixture = new WatchFixture(limits);
    }

    private Set<Long> revisions(long connectionId, long watchId) {
        return fixture.watch(connectionId, watchId).revisions.keySet();
    }

    private void puts(int count) {
        for (int i = 0; i < count; i++) {
            fixture.put("k" + i % 10, "v" + i);
        }
    }

    @Test
    void shouldTellOfTheNextChangeFromNowOn() {
        fixture.put("a", "1");
        fixture.create(1, 7, "a", "", 0);
        assertEquals(2, fixture.watch(1, 7).createdRevision);
        fixture.putAndDeliver("a", "2");
        fixture.putAndDeliver("b", "2");
        fixture.apply(Request.delete("a"));
        fixture.deliver();
        assertEquals(Set.of(3L, 5L), revisions(1, 7));
        assertTrue(fixture.watch(1, 7).revisions.get(5L).get(0).isDeletion());
    }

    @Test
    void shouldReplayThePast() {
        puts(30);
        fixture.create(1, 7, "k3", "", 5);
        fixture.catchUp();
        assertEquals(Set.of(5L, 15L, 25L), revisions(1, 7));
        fixture.putAndDeliver("k3", "new");
        assertEquals(Set.of(5L, 15L, 25L, 32L), revisions(1, 7));
    }

    @Test
    void shouldStaySilentUntilAFutureRevision() {
        fixture.create(1, 7, "k", "", 5);
        for (int i = 0; i < 5; i++) {
            fixture.putAndDeliver("k", "v" + i);
        }
        assertEquals(Set.of(5L, 6L), revisions(1, 7));
    }

    @Test
    void shouldForgetTheFutureOfAWatchThatHasEnded() {
        fixture.create(1, 7, "k", "", 0);
        fixture.create(1, 8, "k", "", 1000);
        fixture.progress(1);
        assertFalse(fixture.received(1).isProgressSynced);
        fixture.cancel(1, 8);
        fixture.progress(1);
        assertTrue(fixture.received(1).isProgressSynced);
    }

    @Test
    void shouldGatherWhatComesRightAfterEventsWereHandedOut() {
        limits(new WatchLimits().restNs(100, 250));
        fixture.create(1, 7, "a", "z", 0);
        fixture.create(2, 7, "a", "z", 0);
        fixture.putAndDeliver("k", "first");
        assertEquals(Set.of(2L), revisions(1, 7));
        fixture.putAndDeliver("k", "second");
        fixture.nowNs += 199;
        fixture.putAndDeliver("k", "third");
        assertEquals(Set.of(2L), revisions(1, 7));
        assertEquals(1, fixture.hub.restingNs(fixture.nowNs));
        fixture.nowNs += 1;
        fixture.deliver();
        assertEquals(Set.of(2L, 3L, 4L), revisions(1, 7));
        assertEquals(Set.of(2L, 3L, 4L), revisions(2, 7));
        assertEquals(0, fixture.hub.restingNs(fixture.nowNs));
        fixture.create(3, 7, "a", "z", 0);
        fixture.put("k", "fifth");
        fixture.nowNs += 200;
        fixture.deliver();
        fixture.put("k", "sixth");
        assertEquals(250, fixture.hub.restingNs(fixture.nowNs), "so long at most");
    }

    @Test
    void shouldNotSayHowFarAWatchOfTheFutureIs() {
        fixture.create(1, 7, "k", "", 9, "progress");
        fixture.progress(1);
        assertFalse(fixture.received(1).isProgressSynced);
        assertTrue(fixture.received(1).progressRevision < 9);
        fixture.nowNs += 601_000_000_000L;
        fixture.deliver();
        assertEquals(fixture.received(1).progressRevision, fixture.watch(1, 7).bookmark);
    }

    @Test
    void shouldWatchEverythingForAnEmptyKeyWithoutEnd() {
        fixture.create(1, 7, "", "\0", 0);
        fixture.create(1, 8, "", "", 0);
        fixture.putAndDeliver("\0", "1");
        fixture.putAndDeliver("\u00ff", "2");
        assertEquals(Set.of(2L, 3L), revisions(1, 7));
        assertEquals(Set.of(2L), revisions(1, 8));
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        fixture.create(1, 7, "b", "b", 0);
        assertEquals("mvcc: watcher range is empty", fixture.watch(1, -1).reason);
        fixture.create(2, 7, "b", "a", 0);
        assertEquals("mvcc: watcher range is empty", fixture.watch(2, -1).reason);
        fixture.create(3, 7, "b", "", -1);
        assertEquals("etcdserver: mvcc: required revision has been compacted", fixture.watch(3, -1).reason);
        fixture.create(4, 7, "b", "", 0);
        fixture.create(4, 7, "c", "", 0);
        assertEquals("mvcc: duplicate watch ID provided on the WatchStream", fixture.watch(4, -1).reason);
        assertFalse(fixture.watch(4, 7).isCanceled);
        assertEquals(1, fixture.hub.watchCount());
    }

    @Test
    void shouldCountIdsFromZeroPassingByThoseChosen() {
        fixture.create(1, 1, "a", "", 0);
        fixture.create(1, 0, "a", "", 0);
        fixture.create(1, 0, "a", "", 0);
        assertEquals(Set.of(0L, 1L, 2L), fixture.received(1).watches.keySet());
        fixture.cancel(1, 2);
        fixture.create(1, 0, "a", "", 0);
        assertTrue(fixture.received(1).watches.containsKey(3L), "an id is not given out twice");
    }

    @Test
    void shouldAnswerACancelWhetherOrNotThereIsSuchAWatch() {
        fixture.create(1, 7, "a", "", 0);
        fixture.cancel(1, 7);
        fixture.cancel(1, 99);
        assertTrue(fixture.watch(1, 7).isCanceled);
        assertTrue(fixture.watch(1, 99).isCanceled);
        fixture.putAndDeliver("a", "1");
        assertEquals(0, fixture.received(1).eventCount);
        assertEquals(0, fixture.hub.watchCount());
    }

    @Test
    void shouldSayCreatedAndThenCompacted() {
        puts(20);
        fixture.apply(new Request.Compact(10));
        fixture.sweep();
        fixture.create(1, 7, "k", "l", 9);
        assertEquals(21, fixture.watch(1, 7).createdRevision);
        assertEquals(10, fixture.watch(1, 7).compactRevision);
        assertEquals("", fixture.watch(1, 7).reason);
        fixture.create(1, 8, "k", "l", 10);
        fixture.catchUp();
        assertEquals(12, revisions(1, 8).size());
    }

    @Test
    void shouldTellOfATombstoneAtTheCompactedRevision() {
        fixture.put("a", "1");
        fixture.apply(Request.delete("a"));
        fixture.put("b", "1");
        fixture.apply(new Request.Compact(3));
        fixture.sweep();
        fixture.create(1, 7, "a", "z", 3);
        fixture.catchUp();
        assertEquals(Set.of(3L, 4L), revisions(1, 7));
    }

    @Test
    void shouldLeaveOutWhatIsNotWanted() {
        fixture.create(1, 7, "a", "", 0, "noPut");
        fixture.create(1, 8, "a", "", 0, "noDelete");
        fixture.putAndDeliver("a", "1");
        fixture.apply(Request.delete("a"));
        fixture.deliver();
        assertEquals(Set.of(3L), revisions(1, 7));
        assertEquals(Set.of(2L), revisions(1, 8));
    }

    @Test
    void shouldBringThePairFromBefore() {
        fixture.put("a", "1");
        fixture.create(1, 7, "a", "", 0, "previous");
        fixture.putAndDeliver("a", "2");
        fixture.apply(Request.delete("a"));
        fixture.putAndDeliver("a", "3");
        assertEquals(
                "1", fixture.watch(1, 7).revisions.get(3L).get(0).previous().value());
        assertEquals(
                "2", fixture.watch(1, 7).revisions.get(4L).get(0).previous().value());
        assertNull(fixture.watch(1, 7).revisions.get(5L).get(0).previous());
    }

    @Test
    void shouldSendOneFrameForAllWatchesOfAConnection() {
        for (int i = 1; i <= 50; i++) {
            fixture.create(1, i, "k", "l", 0);
        }
        int frames = fixture.received(1).frameCount;
        fixture.put("ka", "1");
        fixture.put("kb", "2");
        fixture.deliver();
        assertEquals(frames + 1, fixture.received(1).frameCount);
        assertEquals(Set.of(2L, 3L), revisions(1, 33));
    }

    @Test
    void shouldDeliverATransactionInOneFrameWhereItsKeysAreWatchedAlike() {
        fixture.create(1, 7, "a", "z", 0);
        int frames = fixture.received(1).frameCount;
        fixture.apply(new Request.Txn(
                List.of(), List.of(Request.put("a", "1"), Request.put("b", "2"), Request.put("c", "3")), List.of()));
        fixture.deliver();
        assertEquals(frames + 1, fixture.received(1).frameCount);
        assertEquals(3, fixture.watch(1, 7).revisions.get(2L).size());
    }

    @Test
    void shouldKeepATransactionTogetherWhereWatchesDiffer() {
        fixture.create(1, 7, "a", "z", 0);
        fixture.create(1, 8, "b", "", 0);
        fixture.apply(new Request.Txn(
                List.of(), List.of(Request.put("a", "1"), Request.put("b", "2"), Request.put("c", "3")), List.of()));
        fixture.deliver();
        assertEquals(3, fixture.watch(1, 7).revisions.get(2L).size());
        assertEquals(1, fixture.watch(1, 8).revisions.get(2L).size());
    }

    @Test
    void shouldSplitAHugeRevisionAndStillDeliverItWhole() {
        limits(new WatchLimits().logBytes(8192).logRevisionsMax(64).batch(2048, 64, 1024));
        fixture.create(1, 7, "k", "l", 0, "previous");
        fixture.create(2, 7, "k", "l", 0);
        for (int i = 0; i < 1000; i++) {
            fixture.put("k" + i, "value");
        }
        fixture.connection(2).hasRoom = false;
        fixture.catchUp();
        fixture.apply(Request.deleteRange("k", "l"));
        fixture.deliver();
        fixture.connection(2).hasRoom = true;
        fixture.catchUp();
        assertEquals(1000, fixture.watch(1, 7).revisions.get(1002L).size());
        assertEquals(1000, fixture.watch(2, 7).revisions.get(1002L).size());
        assertEquals(1001, revisions(2, 7).size());
    }

    @Test
    void shouldLeaveAStoppedReaderBehindWhileOthersGoOn() {
        limits(new WatchLimits().logBytes(4096).logRevisionsMax(16));
        fixture.create(1, 7, "k", "l", 0);
        fixture.create(2, 7, "k", "l", 0);
        fixture.connection(1).hasRoom = false;
        for (int i = 0; i < 200; i++) {
            fixture.putAndDeliver("k" + i % 10, "v");
        }
        assertEquals(0, fixture.received(1).eventCount);
        assertEquals(200, fixture.received(2).eventCount);
        assertEquals(1, fixture.hub.sessionsBehind());
        assertEquals(0, fixture.hub.slicesRead(), "nobody reads for it");
        fixture.progress(1);
        assertEquals(1, fixture.received(1).progressRevision);
        fixture.connection(1).hasRoom = true;
        fixture.catchUp();
        assertEquals(200, fixture.received(1).eventCount);
        assertEquals(0, fixture.hub.sessionsBehind());
        fixture.progress(1);
        assertTrue(fixture.received(1).isProgressSynced);
    }

    @Test
    void shouldEndAWatchThatCompactionHasOvertaken() {
        limits(new WatchLimits().logBytes(1024).logRevisionsMax(4));
        fixture.create(1, 7, "k", "l", 0);
        fixture.create(1, 8, "other", "", 0);
        fixture.connection(1).hasRoom = false;
        for (int i = 0; i < 100; i++) {
            fixture.putAndDeliver("k" + i % 10, "v");
        }
        fixture.apply(new Request.Compact(50));
        fixture.sweep();
        fixture.connection(1).hasRoom = true;
        fixture.catchUp();
        assertTrue(fixture.watch(1, 7).isCanceled);
        assertEquals(50, fixture.watch(1, 7).compactRevision);
        assertEquals(0, fixture.watch(1, 7).revisions.size());
        assertFalse(fixture.watch(1, 8).isCanceled, "nothing of its own was lost");
    }

    @Test
    void shouldDeliverFromTheLogWhatIsCompactedMeanwhile() {
        fixture.create(1, 7, "k", "l", 0);
        fixture.connection(1).hasRoom = false;
        puts(20);
        fixture.deliver();
        fixture.apply(new Request.Compact(15));
        fixture.sweep();
        fixture.connection(1).hasRoom = true;
        fixture.catchUp();
        assertEquals(20, revisions(1, 7).size());
    }

    @Test
    void shouldReadThePastOnceForAllConnectionsThatNeedIt() {
        puts(500);
        for (int connection = 1; connection <= 20; connection++) {
            fixture.create(connection, 7, "k", "l", 2);
        }
        fixture.catchUp();
        for (int connection = 1; connection <= 20; connection++) {
            assertEquals(500, revisions(connection, 7).size());
        }
        assertTrue(fixture.hub.slicesRead() <= 2, "read " + fixture.hub.slicesRead());
    }

    @Test
    void shouldSayHowFarAQuietWatchIs() {
        fixture.create(1, 7, "quiet", "", 0, "progress");
        fixture.create(1, 8, "k0", "", 0, "progress");
        fixture.put("k0", "v");
        fixture.put("k1", "v");
        fixture.nowNs += 300_000_000_000L;
        fixture.deliver();
        fixture.nowNs += 301_000_000_000L;
        fixture.deliver();
        assertEquals(3, fixture.watch(1, 7).bookmark);
        assertEquals(2, fixture.watch(1, 8).bookmark, "it heard something meanwhile");
    }

    @Test
    void shouldGoOnWithAnotherStateWithoutAGap() {
        fixture.create(1, 7, "k", "l", 0);
        List<Request> past = List.of(Request.put("k1", "1"), Request.put("k2", "2"));
        fixture.apply(past.get(0));
        fixture.deliver();
        fixture.replaceState(ignored -> puts(30), past);
        fixture.catchUp();
        assertEquals(32, revisions(1, 7).size());
        fixture.putAndDeliver("k", "last");
        assertEquals(33, revisions(1, 7).size());
    }

    @Test
    void shouldEndWhatAnotherStateHasCompacted() {
        fixture.create(1, 7, "k", "l", 0);
        List<Request> past = List.of(Request.put("k1", "1"));
        fixture.apply(past.get(0));
        fixture.deliver();
        fixture.replaceState(
                other -> {
                    puts(30);
                    other.apply(new Request.Compact(20));
                    other.sweep();
                },
                past);
        fixture.catchUp();
        assertEquals(20, fixture.watch(1, 7).compactRevision);
        assertEquals(Set.of(2L), revisions(1, 7));
    }

    @Test
    void shouldEndWatchesThatWantALeader() {
        fixture.create(1, 7, "k", "", 0, "leader");
        fixture.create(1, 8, "k", "", 0);
        fixture.hub.endLeaderless();
        assertEquals("etcdserver: no leader", fixture.watch(1, 7).reason);
        assertFalse(fixture.watch(1, 8).isCanceled);
        fixture.hub.endAll(ApiError.CORRUPT);
        assertEquals("etcdserver: corrupt cluster", fixture.watch(1, 8).reason);
    }

    @Test
    void shouldRefuseTooManyWatches() {
        limits(new WatchLimits().watchesPerConnectionMax(3).watchesMax(5).heapBytesMax(2500));
        for (int i = 1; i <= 4; i++) {
            fixture.create(1, i, "k", "", 0);
        }
        assertEquals(List.of("stele: a connection may have 3 watches"), fixture.received(1).errors);
        for (int i = 1; i <= 3; i++) {
            fixture.create(2, i, "k", "", 0);
        }
        assertEquals(List.of("stele: too many watches on this member: it has 5"), fixture.received(2).errors);
        fixture.disconnect(1);
        assertEquals(2, fixture.hub.watchCount());
        fixture.create(2, 3, "k".repeat(2000), "", 0);
        assertEquals(2, fixture.received(2).errors.size(), "keys take up memory, too");
    }
}
