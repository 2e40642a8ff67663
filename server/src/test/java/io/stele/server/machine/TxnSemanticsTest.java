package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.index.HeapKeyIndex;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** etcd's transactions, one test for each row of the feature table (KV-22 to KV-34). */
class TxnSemanticsTest {
    private static final int VERSION = 0;
    private static final int CREATE = 1;
    private static final int MOD = 2;
    private static final int VALUE = 3;
    private static final int LEASE = 4;
    private static final int EQUAL = 0;
    private static final int GREATER = 1;
    private static final int LESS = 2;
    private static final int NOT_EQUAL = 3;

    private final MachineFixture fixture = new MachineFixture();

    @AfterEach
    void checkAndClose() {
        fixture.check();
        fixture.close();
    }

    @Test
    void kv22ShouldCompareAnyFieldInAnyRelation() {
        fixture.ask(new Request.LeaseGrant(7, 60));
        fixture.ask(Request.put("a", "v"));
        fixture.ask(Request.put("a", "w", 7)); // create 2, mod 3, version 2
        assertTrue(holds(compare("a", VERSION, EQUAL, 2), compare("a", CREATE, EQUAL, 2)));
        assertFalse(holds(compare("a", VERSION, EQUAL, 2), compare("a", CREATE, EQUAL, 3)));
        assertTrue(holds(compare("a", MOD, GREATER, 2)));
        assertFalse(holds(compare("a", MOD, GREATER, 3)));
        assertTrue(holds(compare("a", MOD, LESS, 4)));
        assertTrue(holds(compare("a", LEASE, EQUAL, 7)));
        assertTrue(holds(compare("a", LEASE, NOT_EQUAL, 0)));
        assertTrue(holds(value("a", EQUAL, "w")));
        assertTrue(holds(value("a", GREATER, "v")));
        assertTrue(holds(value("a", LESS, "wa")));
        assertFalse(holds(value("a", NOT_EQUAL, "w")));
        assertTrue(holds(), "no comparison at all");
        assertRefused(ApiError.KEY_NOT_PROVIDED, fixture.ask(txn(List.of(compare("", MOD, EQUAL, 0)), List.of())));
    }

    @Test
    void kv23ShouldTakeNumbersOfAMissingKeyForZeroButItsValueForIncomparable() {
        assertTrue(holds(compare("a", MOD, EQUAL, 0), compare("a", VERSION, EQUAL, 0)));
        assertTrue(holds(compare("a", CREATE, LESS, 1), compare("a", LEASE, EQUAL, 0)));
        assertFalse(holds(value("a", EQUAL, "")));
        assertFalse(holds(value("a", NOT_EQUAL, "v")));
    }

    @Test
    void kv24ShouldCompareEveryKeyOfARange() {
        fixture.ask(Request.put("a", "1"));
        fixture.ask(Request.put("b", "2"));
        assertTrue(holds(new Request.Compare("a", "c", VERSION, EQUAL, 1, "")));
        assertFalse(holds(new Request.Compare("a", "c", VALUE, EQUAL, 0, "1")));
        assertTrue(holds(new Request.Compare("a", "\0", VALUE, LESS, 0, "3")));
        assertTrue(holds(new Request.Compare("x", "z", MOD, EQUAL, 0, "")), "an empty range is one missing key");
        assertFalse(holds(new Request.Compare("x", "z", VALUE, NOT_EQUAL, 0, "v")));
        assertTrue(holds(new Request.Compare("b", "a", MOD, EQUAL, 0, "")));
    }

    @Test
    void kv25ShouldTakeAnUnknownTargetForEqualAndAnUnknownRelationForTrue() {
        fixture.ask(Request.put("a", "1"));
        assertTrue(holds(compare("a", 9, EQUAL, 5)));
        assertFalse(holds(compare("a", 9, GREATER, 5)));
        assertTrue(holds(compare("a", MOD, 9, 5)));
    }

    @Test
    void kv26ShouldLimitOperationsAndGiveInnerTransactionsWhatIsLeft() {
        List<Request.Operation> most = Collections.nCopies(128, Request.get("a"));
        List<Request.Operation> tooMany = Collections.nCopies(129, Request.get("a"));
        assertTrue(fixture.ask(txn(List.of(), most)) instanceof Reply.Txn);
        assertRefused(ApiError.TOO_MANY_OPERATIONS, fixture.ask(txn(List.of(), tooMany)));
        assertRefused(ApiError.TOO_MANY_OPERATIONS, fixture.ask(new Request.Txn(List.of(), List.of(), tooMany)));
        assertRefused(
                ApiError.TOO_MANY_OPERATIONS,
                fixture.ask(txn(Collections.nCopies(129, compare("", MOD, EQUAL, 0)), List.of())));
        List<Request.Operation> outer = new ArrayList<>(Collections.nCopies(99, Request.get("a")));
        outer.add(txn(List.of(), Collections.nCopies(28, Request.get("a"))));
        assertTrue(fixture.ask(txn(List.of(), outer)) instanceof Reply.Txn);
        outer.set(99, txn(List.of(), Collections.nCopies(29, Request.get("a"))));
        assertRefused(ApiError.TOO_MANY_OPERATIONS, fixture.ask(txn(List.of(), outer)));
    }

    @Test
    void kv26ShouldCheckBothBranchesAndRefuseAnOperationThatNamesNone() {
        assertRefused(ApiError.KEY_NOT_FOUND, fixture.ask(txn(List.of(), List.of(new Request.None()))));
        assertRefused(
                ApiError.KEY_NOT_PROVIDED,
                fixture.ask(new Request.Txn(List.of(), List.of(Request.put("a", "1")), List.of(Request.put("", "1")))));
        assertRefused(
                ApiError.VALUE_PROVIDED,
                fixture.ask(txn(List.of(), List.of(new Request.Put("a", "1", 0, false, true, false)))));
        assertRefused(
                ApiError.INVALID_SORT_OPTION, fixture.ask(txn(List.of(), List.of(Request.sorted("a", "b", 0, 9, 0)))));
        assertEquals(1, fixture.machine().revision());
    }

    @Test
    void kv27ShouldRefuseAKeyThatIsChangedTwice() {
        assertDuplicate(Request.put("a", "1"), Request.put("a", "2"));
        assertDuplicate(Request.put("b", "1"), Request.deleteRange("a", "c"));
        assertDuplicate(Request.deleteRange("a", "c"), Request.put("b", "1"));
        assertDuplicate(Request.delete("a"), Request.put("a", "1"));
        assertAccepted(Request.deleteRange("a", "c"), Request.deleteRange("b", "d"));
        assertAccepted(Request.put("c", "1"), Request.deleteRange("a", "c"));
        assertAccepted(Request.put("a", "1"), Request.get("a"), Request.range("a", "z"));
        assertAccepted(new Request.Txn(List.of(), List.of(Request.put("a", "1")), List.of(Request.put("a", "2"))));
        // In the branch that is not taken, too.
        assertRefused(
                ApiError.DUPLICATE_KEY,
                fixture.ask(
                        new Request.Txn(List.of(), List.of(), List.of(Request.put("a", "1"), Request.put("a", "2")))));
    }

    @Test
    void kv27ShouldLookForKeysChangedTwiceAfterAllOtherChecks() {
        assertRefused(
                ApiError.KEY_NOT_PROVIDED,
                fixture.ask(
                        txn(List.of(), List.of(Request.put("a", "1"), Request.put("a", "2"), Request.put("", "3")))));
    }

    @Test
    void kv28ShouldScanInnerTransactionsInOrder() {
        Request.Txn deletes = txn(List.of(), List.of(Request.delete("k")));
        Request.Txn puts = txn(List.of(), List.of(Request.put("k", "1")));
        assertDuplicate(deletes, puts);
        assertAccepted(puts, deletes);
        assertNull(fixture.get("k"));
        assertDuplicate(puts, puts);
        assertDuplicate(Request.put("k", "1"), puts);
        assertDuplicate(puts, Request.put("k", "1"));
        assertDuplicate(deletes, Request.put("k", "1"));
        assertDuplicate(Request.put("k", "1"), deletes);
        assertDuplicate(Request.deleteRange("a", "z"), puts);
        assertDuplicate(puts, Request.deleteRange("a", "z"));
    }

    @Test
    void kv29ShouldCompareAgainstTheStateBeforeInInnerTransactionsToo() {
        Request.Txn inner = new Request.Txn(
                List.of(compare("a", MOD, EQUAL, 0)),
                List.of(Request.put("b", "a was missing")),
                List.of(Request.put("b", "a was there")));
        Reply.Txn reply = (Reply.Txn) fixture.ask(txn(List.of(), List.of(Request.put("a", "1"), inner)));
        assertTrue(((Reply.Txn) reply.replies().get(1)).succeeded());
        assertEquals("a was missing", fixture.get("b").value());
    }

    @Test
    void kv30ShouldReadItsOwnWrites() {
        Reply.Txn reply = (Reply.Txn) fixture.ask(txn(
                List.of(),
                List.of(
                        Request.get("a"),
                        Request.put("a", "1"),
                        Request.get("a"),
                        Request.put("b", "2"),
                        Request.range("a", "z"),
                        Request.delete("x"),
                        Request.rangeAt("a", "z", 1))));
        Reply.Pair a = new Reply.Pair("a", "1", 2, 2, 1, 0);
        Reply.Pair b = new Reply.Pair("b", "2", 2, 2, 1, 0);
        assertEquals(
                List.of(
                        new Reply.Range(1, 0, false, List.of()),
                        new Reply.Put(2, null),
                        new Reply.Range(2, 1, false, List.of(a)),
                        new Reply.Put(2, null),
                        new Reply.Range(2, 2, false, List.of(a, b)),
                        new Reply.DeleteRange(2, 0, List.of()),
                        new Reply.Range(2, 0, false, List.of())),
                reply.replies());
        assertEquals(2, reply.revision());
        assertEquals(
                1, fixture.machine().space().content(2, 1, new RevisionView()).keyLength());
    }

    @Test
    void kv31ShouldCheckTheTakenPathBeforeAnyWrite() {
        Request.Put put = Request.put("a", "1");
        assertRefused(ApiError.FUTURE_REVISION, ask(put, Request.rangeAt("a", "", 2)));
        assertRefused(ApiError.LEASE_NOT_FOUND, ask(put, Request.put("b", "1", 9)));
        assertRefused(ApiError.KEY_NOT_FOUND, ask(put, new Request.Put("b", "", 0, false, true, false)));
        // Here the key is looked for before the lease; alone it is the other way round.
        assertRefused(ApiError.KEY_NOT_FOUND, ask(new Request.Put("b", "", 9, false, true, false)));
        assertEquals(1, fixture.machine().revision());
        fixture.ask(put);
        fixture.ask(put);
        assertTrue(ask(put, Request.rangeAt("a", "", -1)) instanceof Reply.Txn, "-1 is not compacted yet");
        fixture.ask(new Request.Compact(3));
        assertRefused(ApiError.COMPACTED, ask(put, Request.rangeAt("a", "", 2)));
        assertRefused(ApiError.COMPACTED, ask(put, Request.rangeAt("a", "", -1)));
        // What is not on the path does not matter.
        assertTrue(
                fixture.ask(new Request.Txn(List.of(), List.of(put), List.of(Request.put("b", "1", 9))))
                        instanceof Reply.Txn);
    }

    @Test
    void kv32ShouldMakeARevisionOnlyIfSomethingChanged() {
        assertEquals(1, ask(Request.delete("a")).revision());
        assertEquals(1, fixture.machine().revision());
        assertEquals(2, ask(Request.put("a", "1"), Request.put("b", "1")).revision());
        assertEquals(2, fixture.machine().revision());
        assertEquals(3, ask(Request.deleteRange("a", "z"), Request.delete("x")).revision());
    }

    @Test
    void kv33ShouldTellReadOnlyTransactionsFromOthers() {
        Request.Range local = new Request.Range("a", "", 0, 0, 0, 0, 0, 0, 0, 0, false, false, true);
        assertEquals(RequestPath.READ_LINEARIZABLE, fixture.path(txn(List.of(), List.of(Request.get("a")))));
        assertEquals(RequestPath.READ_LINEARIZABLE, fixture.path(txn(List.of(), List.of(local, Request.get("a")))));
        assertEquals(RequestPath.READ_LOCAL, fixture.path(txn(List.of(), List.of(local))));
        assertEquals(RequestPath.READ_LOCAL, fixture.path(txn(List.of(compare("a", MOD, EQUAL, 0)), List.of())));
        assertEquals(
                RequestPath.PROPOSE,
                fixture.path(new Request.Txn(List.of(), List.of(local), List.of(Request.put("a", "")))));
        assertEquals(RequestPath.PROPOSE, fixture.path(txn(List.of(), List.of(txn(List.of(), List.of(local))))));
    }

    @Test
    void kv34ShouldAnswerInTheShapeOfTheTakenBranch() {
        Reply.Txn reply = (Reply.Txn) fixture.ask(new Request.Txn(
                List.of(compare("a", MOD, GREATER, 0)),
                List.of(Request.get("x")),
                List.of(
                        txn(List.of(), List.of(Request.put("a", "1"), txn(List.of(), List.of()))),
                        Request.delete("b"))));
        assertEquals(
                new Reply.Txn(
                        2,
                        false,
                        List.of(
                                new Reply.Txn(
                                        0, true, List.of(new Reply.Put(2, null), new Reply.Txn(0, true, List.of()))),
                                new Reply.DeleteRange(2, 0, List.of()))),
                reply);
    }

    @Test
    void shouldRefuseNestingBeyondItsDepth() {
        Request.Txn nested = txn(List.of(), List.of(Request.put("a", "1")));
        for (int depth = 1; depth < MachineLimits.TXN_DEPTH_MAX; depth++) {
            nested = txn(List.of(), List.of(nested));
        }
        assertTrue(fixture.ask(nested) instanceof Reply.Txn);
    }

    @Test
    void shouldReplaceAReplyThatGrowsTooLong() {
        MachineLimits limits = new MachineLimits().replyLengthMax(10_000);
        try (MachineFixture small = new MachineFixture(limits, HeapKeyIndex::new)) {
            small.ask(Request.put("a", "v".repeat(6000)));
            Reply reply = small.ask(txn(
                    List.of(),
                    List.of(
                            Request.put("b", "1"),
                            Request.get("a"),
                            txn(List.of(), List.of()),
                            Request.range("a", "c"))));
            assertEquals(8, ((Reply.Refusal) reply).code());
            assertEquals("1", small.get("b").value(), "what was done stays done");
            small.check();
        }
    }

    private Reply ask(Request.Operation... operations) {
        return fixture.ask(txn(List.of(), List.of(operations)));
    }

    private boolean holds(Request.Compare... compares) {
        return ((Reply.Txn) fixture.ask(txn(List.of(compares), List.of()))).succeeded();
    }

    private void assertDuplicate(Request.Operation... operations) {
        assertRefused(ApiError.DUPLICATE_KEY, ask(operations));
    }

    private void assertAccepted(Request.Operation... operations) {
        assertTrue(ask(operations) instanceof Reply.Txn);
    }

    private static Request.Txn txn(List<Request.Compare> compares, List<? extends Request.Operation> success) {
        return new Request.Txn(compares, List.copyOf(success), List.of());
    }

    private static Request.Compare compare(String key, int target, int result, long number) {
        return new Request.Compare(key, "", target, result, number, "");
    }

    private static Request.Compare value(String key, int result, String value) {
        return new Request.Compare(key, "", VALUE, result, 0, value);
    }

    private static void assertRefused(ApiError error, Reply reply) {
        Reply.Refusal refusal = (Reply.Refusal) reply;
        assertEquals(error.text(), refusal.text());
        assertEquals(error.code().value(), refusal.code());
    }
}
