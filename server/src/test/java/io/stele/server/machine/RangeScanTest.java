package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.index.HeapKeyIndex;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long ranges, read in slices while the state changes under them. */
class RangeScanTest {
    private static final int KEYS = 2000;

    private final MachineFixture fixture = new MachineFixture(
            new MachineLimits().scanRowsPerSlice(50).sortedRowsMax(1500).countedChangesMax(10), HeapKeyIndex::new);

    @AfterEach
    void checkAndClose() {
        fixture.check();
        fixture.close();
    }

    @Test
    void shouldDeliverTheSameListWhateverHappensBetweenSlices() {
        Random random = new Random(7);
        load();
        for (int i = 0; i < 11; i++) {
            Request.Range request = request(i);
            Reply expected = fixture.ask(request);
            RangeScan scan = fixture.startRead(request, 400);
            Scanned scanned = new Scanned((Reply.Range) expected);
            scanned.take();
            while (scan != null && !scan.isDone()) {
                disturb(random);
                fixture.encoder.reset();
                scan.next(fixture.encoder, 400);
                scanned.take();
            }
            if (scan != null) {
                scan.close();
            }
            scanned.finish();
        }
    }

    @Test
    void shouldHoldBackTheRemovalOfWhatAnOpenScanReads() {
        load();
        Reply.Range expected = (Reply.Range) fixture.ask(Request.range("\0", "\0"));
        RangeScan scan = fixture.startRead(Request.range("\0", "\0"), 1000);
        Scanned scanned = new Scanned(expected);
        scanned.take();
        fixture.ask(Request.deleteRange("\0", "\0"));
        fixture.ask(Request.put("x", "y"));
        long compacted = fixture.machine().revision();
        fixture.ask(new Request.Compact(compacted));
        fixture.settle();
        assertFalse(fixture.machine().isPhysicallyCompacted(compacted));
        while (!scan.isDone()) {
            fixture.encoder.reset();
            scan.next(fixture.encoder, 1000);
            scanned.take();
        }
        scanned.finish();
        scan.close();
        fixture.settle();
        assertTrue(fixture.machine().isPhysicallyCompacted(compacted));
        assertEquals(1, fixture.store().tree(TreeIds.REVISIONS).entryCount());
    }

    @Test
    void shouldKeepSlicesNearTheLengthAskedFor() {
        load();
        RangeScan scan = fixture.startRead(Request.range("\0", "\0"), 1000);
        int slices = 1;
        while (!scan.isDone()) {
            assertTrue(fixture.encoder.length() < 2000, "slice of " + fixture.encoder.length());
            fixture.encoder.reset();
            scan.next(fixture.encoder, 1000);
            slices++;
        }
        scan.close();
        assertTrue(slices > 50, "only " + slices + " slices");
    }

    @Test
    void shouldRefuseToSortMoreRowsThanAllReadsMayHoldTogether() {
        load();
        Request.Range byVersion = Request.sorted("\0", "\0", 0, 2, 3);
        RangeScan first = fixture.startRead(byVersion, 400);
        while (fixture.encoder.length() == 0) {
            first.next(fixture.encoder, 400);
        }
        assertFalse(first.isDone());
        RangeScan second = fixture.startRead(byVersion, 400);
        while (!second.isDone()) {
            second.next(fixture.encoder, 400);
        }
        Reply.Refusal refusal = (Reply.Refusal) fixture.decodeReply();
        assertEquals("stele: too many keys to sort", refusal.text());
        second.close();
        first.close();
        RangeScan third = fixture.startRead(byVersion, 400);
        assertEquals(
                KEYS / 2, ((Reply.Range) fixture.finish(third, 400)).pairs().size());
    }

    @Test
    void shouldAnswerInOnePieceWhatFitsIntoOneSlice() {
        fixture.ask(Request.put("a", "1"));
        assertNull(fixture.startRead(Request.range("a", "b"), 1000));
        assertTrue(fixture.encoder.length() > 0);
    }

    @Test
    void shouldPauseWhereNothingIsFoundForLong() {
        load();
        fixture.ask(Request.deleteRange("\0", "\0"));
        long revision = fixture.machine().revision();
        fixture.ask(Request.put("zzz", "1"));
        RangeScan scan = fixture.startRead(Request.rangeAt("\0", "\0", revision), 1000);
        int slices = 0;
        while (scan != null && !scan.isDone()) {
            fixture.encoder.reset();
            scan.next(fixture.encoder, 1000);
            slices++;
        }
        scan.close();
        assertTrue(slices >= 10, "only " + slices + " slices");
    }

    private void load() {
        for (int i = 0; i < KEYS; i++) {
            fixture.ask(Request.put("key" + i % (KEYS / 2), "value" + i * 7 % 1000));
        }
    }

    private Request.Range request(int i) {
        long old = fixture.machine().revision() - 15;
        return switch (i) {
            case 0 -> Request.range("\0", "\0");
            case 1 -> Request.rangeAt("key1", "key8", old);
            case 2 -> Request.limited("key", "kez", 333);
            case 3 -> Request.sorted("\0", "\0", 0, 2, 0);
            case 4 -> Request.sorted("\0", "\0", 200, 1, 4);
            case 5 -> Request.sorted("\0", "\0", 0, 2, 3);
            case 6 -> new Request.Range("\0", "\0", old, 100, 0, 0, 0, 0, 0, 0, true, false, false);
            case 8 -> new Request.Range("\0", "\0", old, 100, 0, 0, 0, 0, 0, 4, false, false, false);
            case 9 -> new Request.Range("\0", "\0", old, 0, 0, 0, 0, 0, 1, 4, true, false, false);
            case 7 -> new Request.Range("\0", "\0", old, 0, 0, 0, 0, 0, 0, 0, false, true, false);
            default -> new Request.Range("\0", "\0", 0, 0, old - 500, 0, 0, 0, 0, 0, true, false, false);
        };
    }

    private void disturb(Random random) {
        switch (random.nextInt(5)) {
            case 0 -> fixture.apply(Request.put("key" + random.nextInt(3000), "new"));
            case 1 -> fixture.apply(Request.delete("key" + random.nextInt(1000)));
            case 2 -> {
                int from = random.nextInt(900);
                fixture.apply(Request.deleteRange("key" + from, "key" + (from + 3)));
            }
            case 3 -> fixture.apply(new Request.Compact(fixture.machine().revision() - 20 - random.nextInt(20)));
            default -> fixture.machine().doBackgroundWork(100);
        }
    }

    /** Slices put together and compared with the whole. */
    private final class Scanned {
        private final Reply.Range expected;
        private int pairs;
        private Reply.Range last;

        Scanned(Reply.Range expected) {
            this.expected = expected;
        }

        void take() {
            if (fixture.encoder.length() > 0) {
                last = (Reply.Range) fixture.decodeReply();
                assertEquals(
                        expected.pairs().subList(pairs, pairs + last.pairs().size()), last.pairs());
                pairs += last.pairs().size();
            }
        }

        void finish() {
            assertEquals(expected.pairs().size(), pairs);
            assertEquals(expected.count(), last.count());
            assertEquals(expected.more(), last.more());
            assertEquals(expected.revision(), last.revision());
        }
    }
}
