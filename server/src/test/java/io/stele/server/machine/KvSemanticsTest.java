package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.transport.ApiError;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** etcd's key-value semantics for single requests, a test for each row of the feature table (KV-01 to 21, 36, 39). */
class KvSemanticsTest {
    private static final int NONE = 0;
    private static final int ASCEND = 1;
    private static final int DESCEND = 2;
    private static final int BY_KEY = 0;
    private static final int BY_VERSION = 1;
    private static final int BY_CREATE = 2;
    private static final int BY_MOD = 3;
    private static final int BY_VALUE = 4;

    private final MachineFixture fixture = new MachineFixture();

    @AfterEach
    void checkAndClose() {
        fixture.check();
        fixture.close();
    }

    @Test
    void kv01ShouldRefuseAnEmptyKey() {
        assertRefused(ApiError.KEY_NOT_PROVIDED, fixture.ask(Request.get("")));
        assertRefused(ApiError.KEY_NOT_PROVIDED, fixture.ask(Request.put("", "v")));
        assertRefused(ApiError.KEY_NOT_PROVIDED, fixture.ask(Request.delete("")));
        assertEquals("etcdserver: key is not provided", ApiError.KEY_NOT_PROVIDED.text());
    }

    @Test
    void kv02ShouldTakeTheEndOfARangeAsEtcdDoes() {
        put("a", "aa", "b", "\u00ff\u00ff");
        assertEquals(List.of("a"), keys(Request.range("a", "")));
        assertEquals(List.of("a", "aa"), keys(Request.range("a", "b")));
        assertEquals(List.of("aa", "b", "\u00ff\u00ff"), keys(Request.range("aa", "\0")));
        assertEquals(List.of("a", "aa", "b", "\u00ff\u00ff"), keys(Request.range("\0", "\0")));
        assertEquals(List.of(), keys(Request.range("b", "a")));
        assertEquals(List.of(), keys(Request.range("a", "a")));
        assertEquals(0, range(Request.range("b", "a")).count());
    }

    @Test
    void kv03ShouldReadAtARevisionThatIsNeitherCompactedNorInTheFuture() {
        put("a", "a", "a", "a"); // revisions 2 to 5
        assertEquals(2, pairs(Request.rangeAt("a", "", 3)).get(0).version());
        assertEquals(5, range(Request.rangeAt("a", "", 3)).revision(), "the header has the newest revision");
        assertEquals(4, pairs(Request.rangeAt("a", "", -7)).get(0).version());
        assertRefused(ApiError.FUTURE_REVISION, fixture.ask(Request.rangeAt("a", "", 6)));
        assertRefused(ApiError.FUTURE_REVISION, fixture.ask(Request.rangeAt("a", "b", 6)));
        fixture.ask(new Request.Compact(4));
        assertRefused(ApiError.COMPACTED, fixture.ask(Request.rangeAt("a", "", 3)));
        assertRefused(ApiError.COMPACTED, fixture.ask(Request.rangeAt("a", "b", 3)));
        assertEquals(3, pairs(Request.rangeAt("a", "", 4)).get(0).version());
        fixture.settle();
        assertEquals(3, pairs(Request.rangeAt("a", "", 4)).get(0).version());
    }

    @Test
    void kv04ShouldLimitAndSayWhetherThereIsMore() {
        put("a", "b", "c");
        assertEquals(List.of("a", "b"), keys(Request.limited("a", "z", 2)));
        assertTrue(range(Request.limited("a", "z", 2)).more());
        assertFalse(range(Request.limited("a", "z", 3)).more());
        assertEquals(3, keys(Request.limited("a", "z", 0)).size());
        assertEquals(3, keys(Request.limited("a", "z", -1)).size());
    }

    @Test
    void kv05ShouldCountTheWholeRangeWhateverIsLeftOut() {
        put("a", "b", "c", "d", "b");
        assertEquals(4, range(Request.limited("a", "z", 1)).count());
        assertEquals(4, range(filtered(6, 0, 0, 0)).count());
        assertEquals(2, range(Request.rangeAt("a", "z", 3)).count());
        fixture.ask(Request.delete("c"));
        assertEquals(3, range(Request.limited("a", "z", 1)).count());
        assertEquals(4, range(Request.rangeAt("a", "z", 6)).count());
        assertEquals(1, range(Request.get("a")).count());
        assertEquals(0, range(Request.get("c")).count());
    }

    @Test
    void kv06ShouldSortByAnyField() {
        fixture.ask(Request.put("a", "3"));
        fixture.ask(Request.put("b", "1"));
        fixture.ask(Request.put("c", "2"));
        fixture.ask(Request.put("a", "3"));
        assertEquals(List.of("c", "b", "a"), keys(Request.sorted("a", "z", 0, DESCEND, BY_KEY)));
        assertEquals(List.of("a", "b", "c"), keys(Request.sorted("a", "z", 0, ASCEND, BY_KEY)));
        assertEquals(List.of("b", "c", "a"), keys(Request.sorted("a", "z", 0, ASCEND, BY_VALUE)));
        assertEquals(List.of("a", "c", "b"), keys(Request.sorted("a", "z", 0, DESCEND, BY_VALUE)));
        assertEquals(List.of("b", "c", "a"), keys(Request.sorted("a", "z", 0, ASCEND, BY_MOD)));
        assertEquals(List.of("c", "b", "a"), keys(Request.sorted("a", "z", 0, DESCEND, BY_CREATE)));
        assertEquals(List.of("a"), keys(Request.sorted("a", "z", 1, DESCEND, BY_VERSION)));
        assertTrue(range(Request.sorted("a", "z", 1, DESCEND, BY_VERSION)).more());
    }

    @Test
    void kv06ShouldLimitBeforeSortingWhereNoOrderWasGiven() {
        fixture.ask(Request.put("a", "3"));
        fixture.ask(Request.put("b", "2"));
        fixture.ask(Request.put("c", "1"));
        assertEquals(List.of("b"), keys(Request.sorted("a", "z", 1, NONE, BY_VALUE)));
        assertEquals(List.of("c"), keys(Request.sorted("a", "z", 1, ASCEND, BY_VALUE)));
        assertEquals(3, range(Request.sorted("a", "z", 1, NONE, BY_VALUE)).count());
    }

    @Test
    void kv06ShouldRefuseAnUnknownSortOption() {
        assertRefused(ApiError.INVALID_SORT_OPTION, fixture.ask(Request.sorted("a", "z", 0, 3, BY_KEY)));
        assertRefused(ApiError.INVALID_SORT_OPTION, fixture.ask(Request.sorted("a", "z", 0, NONE, 5)));
        assertRefused(ApiError.KEY_NOT_PROVIDED, fixture.ask(Request.sorted("", "z", 0, NONE, 5)));
    }

    @Test
    void kv07ShouldFilterByRevisionBeforeItLimits() {
        put("a", "b", "c", "a"); // a: create 2, mod 5
        assertEquals(List.of("a", "c"), keys(filtered(4, 0, 0, 0)));
        assertEquals(List.of("b"), keys(filtered(0, 3, 0, 0)));
        assertEquals(List.of("b", "c"), keys(filtered(0, 0, 3, 0)));
        assertEquals(List.of("a", "b"), keys(filtered(0, 0, 0, 3)));
        assertEquals(List.of("c"), keys(filtered(4, 0, 3, 0)));
        Request.Range limited = new Request.Range("a", "z", 0, 1, 4, 0, 0, 0, NONE, BY_KEY, false, false, false);
        assertEquals(List.of("a"), keys(limited));
        assertTrue(range(limited).more());
    }

    @Test
    void kv08ShouldLeaveOutValuesAndLeasesOfBareKeys() {
        fixture.ask(new Request.LeaseGrant(7, 60));
        fixture.ask(Request.put("a", "v", 7));
        Reply.Pair bare = new Reply.Pair("a", "", 2, 2, 1, 0);
        assertEquals(List.of(bare), pairs(keysOnly("a", "", BY_KEY)));
        assertEquals(List.of(bare), pairs(keysOnly("a", "z", BY_KEY)));
        assertEquals(List.of(bare), pairs(keysOnly("a", "z", BY_MOD)));
        assertEquals(List.of(new Reply.Pair("a", "", 2, 2, 1, 7)), pairs(keysOnly("a", "z", BY_VALUE)));
    }

    @Test
    void kv09ShouldOnlyCountWhenOnlyTheCountIsWanted() {
        put("a", "b", "c");
        Reply.Range counted = range(new Request.Range("a", "z", 0, 1, 0, 0, 0, 0, NONE, BY_KEY, false, true, false));
        assertEquals(new Reply.Range(4, 3, false, List.of()), counted);
        assertEquals(
                new Reply.Range(4, 2, false, List.of()),
                range(new Request.Range("a", "z", 3, 0, 0, 0, 0, 0, NONE, BY_KEY, false, true, false)));
    }

    @Test
    void kv10ShouldSendSerializableReadsTheLocalWay() {
        assertEquals(RequestPath.READ_LINEARIZABLE, fixture.path(Request.get("a")));
        assertEquals(
                RequestPath.READ_LOCAL,
                fixture.path(new Request.Range("a", "", 0, 0, 0, 0, 0, 0, NONE, BY_KEY, false, false, true)));
        assertEquals(RequestPath.PROPOSE, fixture.path(Request.put("a", "")));
    }

    @Test
    void kv14ShouldGiveEveryPutARevisionAndCountVersionsFromTheCreation() {
        assertEquals(1, fixture.machine().revision());
        fixture.ask(Request.put("a", "v"));
        fixture.ask(Request.put("a", "v"));
        assertEquals(new Reply.Pair("a", "v", 2, 3, 2, 0), fixture.get("a"));
        fixture.ask(Request.delete("a"));
        fixture.ask(Request.put("a", "v"));
        assertEquals(new Reply.Pair("a", "v", 5, 5, 1, 0), fixture.get("a"));
    }

    @Test
    void kv15ShouldAttachToALeaseThatExistsAndDetachWithoutOne() {
        assertRefused(ApiError.LEASE_NOT_FOUND, fixture.ask(Request.put("a", "v", 9)));
        assertEquals(1, fixture.machine().revision());
        fixture.ask(new Request.LeaseGrant(-9, 60));
        fixture.ask(Request.put("a", "v", -9));
        assertEquals(-9, fixture.get("a").lease());
        fixture.ask(Request.put("a", "v", -9));
        fixture.ask(Request.put("b", "v", -9));
        fixture.ask(Request.put("a", "v"));
        assertEquals(0, fixture.get("a").lease());
        fixture.ask(new Request.LeaseRevoke(-9));
        assertEquals(List.of("a"), keys(Request.range("a", "z")));
    }

    @Test
    void kv16ShouldReturnThePreviousPairWhereThereWasOne() {
        Request put = new Request.Put("a", "2", 0, true, false, false);
        assertEquals(new Reply.Put(2, null), fixture.ask(put));
        assertEquals(new Reply.Put(3, new Reply.Pair("a", "2", 2, 2, 1, 0)), fixture.ask(put));
    }

    @Test
    void kv17ShouldKeepTheValueWhenToldTo() {
        assertRefused(ApiError.VALUE_PROVIDED, fixture.ask(new Request.Put("a", "v", 0, false, true, false)));
        Request keep = new Request.Put("a", "", 0, false, true, false);
        assertRefused(ApiError.KEY_NOT_FOUND, fixture.ask(keep));
        assertEquals(1, fixture.machine().revision());
        fixture.ask(Request.put("a", "v"));
        assertEquals(new Reply.Put(3, null), fixture.ask(keep));
        assertEquals(new Reply.Pair("a", "v", 2, 3, 2, 0), fixture.get("a"));
    }

    @Test
    void kv18ShouldKeepTheLeaseWhenToldTo() {
        assertRefused(ApiError.LEASE_PROVIDED, fixture.ask(new Request.Put("a", "v", 7, false, false, true)));
        Request keep = new Request.Put("a", "w", 0, false, false, true);
        assertRefused(ApiError.KEY_NOT_FOUND, fixture.ask(keep));
        fixture.ask(new Request.LeaseGrant(7, 60));
        fixture.ask(Request.put("a", "v", 7));
        fixture.ask(keep);
        assertEquals(new Reply.Pair("a", "w", 2, 3, 2, 7), fixture.get("a"));
    }

    @Test
    void kv18ShouldLookForTheLeaseBeforeTheKey() {
        assertRefused(ApiError.LEASE_NOT_FOUND, fixture.ask(new Request.Put("a", "", 7, false, true, false)));
    }

    @Test
    void kv19ShouldNotMakeARevisionOfADeletionOfNothing() {
        assertEquals(new Reply.DeleteRange(1, 0, List.of()), fixture.ask(Request.delete("a")));
        put("a", "b", "c");
        assertEquals(new Reply.DeleteRange(5, 2, List.of()), fixture.ask(Request.deleteRange("a", "c")));
        assertEquals(new Reply.DeleteRange(5, 0, List.of()), fixture.ask(Request.deleteRange("a", "c")));
        assertEquals(new Reply.DeleteRange(5, 0, List.of()), fixture.ask(Request.deleteRange("z", "a")));
        assertEquals(new Reply.DeleteRange(6, 1, List.of()), fixture.ask(Request.deleteRange("\0", "\0")));
    }

    @Test
    void kv20ShouldReturnDeletedPairsInOrder() {
        put("b", "a");
        assertEquals(
                new Reply.DeleteRange(
                        4, 2, List.of(new Reply.Pair("a", "v", 3, 3, 1, 0), new Reply.Pair("b", "v", 2, 2, 1, 0))),
                fixture.ask(new Request.DeleteRange("a", "z", true)));
        put("a");
        assertEquals(
                new Reply.DeleteRange(6, 1, List.of(new Reply.Pair("a", "v", 5, 5, 1, 0))),
                fixture.ask(new Request.DeleteRange("a", "", true)));
    }

    @Test
    void kv21ShouldLeaveABareTombstoneAndLetGoOfTheLease() {
        fixture.ask(new Request.LeaseGrant(7, 60));
        fixture.ask(Request.put("a", "v", 7));
        fixture.ask(Request.delete("a"));
        RevisionView tombstone = fixture.machine().space().content(3, 0, new RevisionView());
        assertTrue(tombstone.isTombstone());
        assertEquals(0, tombstone.createRevision());
        assertEquals(0, tombstone.version());
        assertEquals(0, tombstone.lease());
        assertEquals(1, tombstone.keyLength());
        assertEquals(0, tombstone.valueLength());
        assertNull(fixture.get("a"));
        assertEquals(new Reply.LeaseRevoke(3), fixture.ask(new Request.LeaseRevoke(7)));
    }

    @Test
    void kv36ShouldCompactWhatIsNeitherCompactedNorInTheFuture() {
        assertEquals(-1, fixture.machine().compactRevision());
        assertRefused(ApiError.FUTURE_REVISION, fixture.ask(new Request.Compact(2)));
        assertEquals(new Reply.Compact(1), fixture.ask(new Request.Compact(0)));
        assertRefused(ApiError.COMPACTED, fixture.ask(new Request.Compact(0)));
        put("a", "a", "b");
        fixture.ask(Request.delete("b")); // revision 5
        assertEquals(new Reply.Compact(5), fixture.ask(new Request.Compact(5)));
        assertRefused(ApiError.COMPACTED, fixture.ask(new Request.Compact(5)));
        assertRefused(ApiError.COMPACTED, fixture.ask(new Request.Compact(4)));
        assertFalse(fixture.machine().isPhysicallyCompacted(5));
        fixture.settle();
        assertTrue(fixture.machine().isPhysicallyCompacted(5));
        assertEquals(2, fixture.store().tree(TreeIds.REVISIONS).entryCount(), "a, and b's tombstone at 5");
        put("c");
        fixture.ask(new Request.Compact(6));
        fixture.settle();
        assertEquals(2, fixture.store().tree(TreeIds.REVISIONS).entryCount(), "a and c");
    }

    @Test
    void kv36ShouldGoOnWithACompactionAfterARestart() {
        for (int i = 0; i < 300; i++) {
            fixture.ask(Request.put("k" + i % 7, "v"));
        }
        fixture.ask(new Request.Compact(250));
        fixture.machine().doBackgroundWork(100);
        fixture.checkpoint();
        fixture.restart();
        assertEquals(250, fixture.machine().compactRevision());
        assertFalse(fixture.machine().isPhysicallyCompacted(250));
        fixture.settle();
        assertTrue(fixture.machine().isPhysicallyCompacted(250));
        assertEquals(301 - 250 + 7, fixture.store().tree(TreeIds.REVISIONS).entryCount());
    }

    @Test
    void kv39ShouldFillInEveryFieldOfAPair() {
        fixture.ask(new Request.LeaseGrant(7, 60));
        fixture.ask(Request.put("a", "v"));
        fixture.ask(Request.put("a", "w", 7));
        assertEquals(new Reply.Pair("a", "w", 2, 3, 2, 7), fixture.get("a"));
    }

    @Test
    void shouldRefuseARequestThatIsTooLargeAfterAllElse() {
        String large = "v".repeat(1536 * 1024);
        assertRefused(ApiError.REQUEST_TOO_LARGE, fixture.ask(Request.put("a", large)));
        assertRefused(ApiError.KEY_NOT_PROVIDED, fixture.ask(Request.put("", large)));
        assertRefused(ApiError.REQUEST_TOO_LARGE, fixture.ask(Request.put("k".repeat(32_001), "v")));
        assertRefused(ApiError.REQUEST_TOO_LARGE, fixture.ask(Request.put("\0".repeat(32_001), "v")));
    }

    @Test
    void shouldHoldLongKeysAndLargeValues() {
        String key = "k".repeat(32_000);
        String zeros = "\0".repeat(32_000);
        String value = "v".repeat(1024 * 1024);
        fixture.ask(Request.put(key, value));
        fixture.ask(Request.put(zeros, value));
        fixture.ask(Request.put(key, "2"));
        fixture.ask(Request.put(zeros, "2"));
        assertEquals(value, pairs(Request.rangeAt(key, "", 2)).get(0).value());
        assertEquals(value, pairs(Request.rangeAt("\0", "\0", 3)).get(0).value());
        assertEquals(List.of(zeros, key), keys(Request.range("\0", "\0")));
    }

    private void put(String... keys) {
        for (String key : keys) {
            fixture.ask(Request.put(key, "v"));
        }
    }

    private Reply.Range range(Request.Range request) {
        return (Reply.Range) fixture.ask(request);
    }

    private List<Reply.Pair> pairs(Request.Range request) {
        return range(request).pairs();
    }

    private List<String> keys(Request.Range request) {
        return pairs(request).stream().map(Reply.Pair::key).toList();
    }

    private static Request.Range filtered(long minMod, long maxMod, long minCreate, long maxCreate) {
        return new Request.Range(
                "a", "z", 0, 0, minMod, maxMod, minCreate, maxCreate, NONE, BY_KEY, false, false, false);
    }

    private static Request.Range keysOnly(String key, String end, int target) {
        return new Request.Range(key, end, 0, 0, 0, 0, 0, 0, NONE, target, true, false, false);
    }

    private static void assertRefused(ApiError error, Reply reply) {
        Reply.Refusal refusal = (Reply.Refusal) reply;
        assertEquals(error.text(), refusal.text());
        assertEquals(error.code().value(), refusal.code());
    }
}
