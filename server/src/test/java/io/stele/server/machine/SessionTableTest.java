package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.index.HeapKeyIndex;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.storage.page.BTree;
import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A write of a session that comes again is answered again, not done again. */
class SessionTableTest {
    private static final int SLOTS = SessionDescriptor.SLOT_COUNT;

    private final MachineFixture fixture = new MachineFixture();

    @AfterEach
    void close() {
        fixture.check();
        fixture.close();
    }

    @Test
    void shouldDoARepeatedPutOnce() {
        long session = open();
        Request put = new Request.Once(session, 1, Request.put("a", "1"));
        Reply first = fixture.ask(put);
        assertEquals(new Reply.Put(2, null), first);
        fixture.ask(Request.put("b", "1"));
        assertEquals(first, fixture.ask(put));
        assertEquals(first, fixture.ask(put));
        assertEquals(1, fixture.get("a").version());
        assertEquals(3, fixture.machine().revision());
    }

    @Test
    void shouldGiveEachKindOfReplyAgain() {
        long session = open();
        fixture.ask(Request.put("a", "0"));
        fixture.ask(new Request.LeaseGrant(77, 60));
        List<Request> writes = List.of(
                new Request.Put("a", "1", 0, true, false, false),
                new Request.Txn(
                        List.of(),
                        List.of(Request.put("b", "1"), Request.get("a"), new Request.DeleteRange("a", "", true)),
                        List.of()),
                new Request.DeleteRange("b", "", true),
                new Request.DeleteRange("nothing", "", false),
                new Request.LeaseGrant(0, 60),
                new Request.LeaseRevoke(77),
                new Request.LeaseRevoke(78),
                Request.put("a", "2", 79),
                new Request.Compact(3));
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            replies.add(fixture.ask(new Request.Once(session, i + 1, writes.get(i))));
        }
        fixture.ask(new Request.LeaseGrant(79, 60));
        long revision = fixture.machine().revision();
        for (int i = 0; i < writes.size(); i++) {
            assertEquals(replies.get(i), fixture.ask(new Request.Once(session, i + 1, writes.get(i))));
        }
        assertInstanceOf(Reply.Refusal.class, replies.get(7), "a refusal stays one, though it would not be now");
        assertEquals(revision, fixture.machine().revision());
    }

    @Test
    void shouldTakeWritesOfDifferentSlotsInAnyOrder() {
        long session = open();
        for (int sequence = SLOTS; sequence >= 1; sequence--) {
            fixture.ask(new Request.Once(session, sequence, Request.put("k" + sequence, "v")));
        }
        long revision = fixture.machine().revision();
        for (int sequence = 1; sequence <= SLOTS; sequence++) {
            Reply again = fixture.ask(new Request.Once(session, sequence, Request.put("k" + sequence, "v")));
            assertEquals(new Reply.Put(SLOTS + 2 - sequence, null), again);
        }
        assertEquals(revision, fixture.machine().revision());
    }

    @Test
    void shouldRefuseASequenceThatALaterOneHasOvertaken() {
        long session = open();
        fixture.ask(new Request.Once(session, 5 + SLOTS, Request.put("a", "1")));
        Reply.Refusal late = new Reply.Refusal(10, ApiError.SEQUENCE_OVERTAKEN.text(), 2);
        assertEquals(late, fixture.ask(new Request.Once(session, 5, Request.put("a", "2"))));
        assertEquals(late, fixture.ask(new Request.Once(session, 0, Request.put("a", "2"))));
        assertEquals(late, fixture.ask(new Request.Once(session, -SLOTS, Request.put("a", "2"))));
        assertEquals(new Reply.Put(3, null), fixture.ask(new Request.Once(session, 6, Request.put("b", "2"))));
        assertEquals("1", fixture.get("a").value());
    }

    @Test
    void shouldRefuseAWriteOfASessionThatIsNotKnown() {
        Reply.Refusal unknown = new Reply.Refusal(10, ApiError.SESSION_NOT_FOUND.text(), 1);
        assertEquals(unknown, fixture.ask(new Request.Once(4711, 1, Request.put("a", "1"))));
        assertEquals(unknown, fixture.ask(new Request.CloseSession(4711)));
        assertNull(fixture.get("a"));
    }

    @Test
    void shouldSayThatAReplyTooLongToBeKeptIsLost() {
        long session = open();
        fixture.ask(Request.put("a", "x".repeat(SessionTable.REPLY_LENGTH_MAX)));
        Request put = new Request.Once(session, 1, new Request.Put("a", "1", 0, true, false, false));
        assertEquals(2, ((Reply.Put) fixture.ask(put)).previous().mod());
        assertEquals(new Reply.Refusal(10, ApiError.REPLY_LOST.text(), 3), fixture.ask(put));
        assertEquals("1", fixture.get("a").value());
        assertEquals(3, fixture.machine().revision());
    }

    @Test
    void shouldRememberWhatNobodyHereHasWaitedFor() {
        long session = open();
        Request delete = new Request.Once(session, 1, new Request.DeleteRange("a", "", true));
        fixture.ask(Request.put("a", "1"));
        fixture.applyUnheard(delete);
        Reply.DeleteRange reply = (Reply.DeleteRange) fixture.ask(delete);
        assertEquals(1, reply.deleted());
        assertEquals("1", reply.previous().get(0).value());
    }

    @Test
    void shouldRememberAcrossARestart() {
        long session = open();
        Request put = new Request.Once(session, 1, Request.put("a", "1"));
        Reply first = fixture.ask(put);
        Request delete = new Request.Once(session, 2, Request.delete("a"));
        Reply second = fixture.ask(delete);
        fixture.checkpoint();
        fixture.restart();
        assertEquals(first, fixture.ask(put));
        assertEquals(second, fixture.ask(delete));
        assertNull(fixture.get("a"));
    }

    @Test
    void shouldLeaveNothingOfAClosedSession() {
        long before = fixture.machine().digestLow();
        long session = open();
        assertNotEquals(before, fixture.machine().digestLow());
        for (int sequence = 1; sequence <= 3 * SLOTS; sequence++) {
            fixture.ask(new Request.Once(session, sequence, Request.delete("nothing")));
        }
        assertEquals(new Reply.CloseSession(1), fixture.ask(new Request.CloseSession(session)));
        assertEquals(before, fixture.machine().digestLow());
        assertEquals(0, sessions().entryCount());
        assertInstanceOf(Reply.Refusal.class, fixture.ask(new Request.Once(session, 500, Request.put("a", "1"))));
    }

    @Test
    void shouldForgetTheSessionsUsedLongestAgo() {
        MachineLimits limits = new MachineLimits().sessionsMax(40);
        try (MachineFixture small = new MachineFixture(limits, HeapKeyIndex::new)) {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                ids.add(((Reply.OpenSession) small.ask(new Request.OpenSession(5))).id());
            }
            small.ask(new Request.Once(ids.get(0), 1, Request.put("a", "1")));
            small.ask(new Request.Once(ids.get(3), 100, Request.put("a", "1")));
            small.ask(new Request.OpenSession(6));
            assertEquals(40 - SessionTable.EVICTED_AT_ONCE + 1, small.machine().sessionCount());
            for (int i = 0; i < 40; i++) {
                boolean isOld = i != 0 && i != 3 && i < SessionTable.EVICTED_AT_ONCE + 2;
                assertEquals(!isOld, small.machine().sessions().exists(ids.get(i)), "session " + i);
            }
            assertEquals(ids.size(), ids.stream().distinct().count(), "the same number, and yet other sessions");
            small.check();
        }
    }

    /** One machine is heard, the other is not; writes come once, twice, late; both are restarted now and then. */
    @Test
    void shouldAgreeWhateverIsRepeated() {
        try (MachineFixture heard = new MachineFixture(new MachineLimits().sessionsMax(30), HeapKeyIndex::new);
                MachineFixture unheard = new MachineFixture(new MachineLimits().sessionsMax(30), HeapKeyIndex::new)) {
            Random random = new Random(3);
            List<Long> ids = new ArrayList<>();
            List<Request> sent = new ArrayList<>();
            for (int step = 0; step < 5000; step++) {
                Request request;
                if (ids.isEmpty() || random.nextInt(100) == 0) {
                    request = new Request.OpenSession(random.nextInt(3));
                } else if (random.nextInt(300) == 0) {
                    request = new Request.CloseSession(ids.get(random.nextInt(ids.size())));
                } else if (!sent.isEmpty() && random.nextInt(3) == 0) {
                    request = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(50)));
                } else {
                    long id = ids.get(Math.max(0, ids.size() - 1 - random.nextInt(5)));
                    request = new Request.Once(id, 1 + random.nextInt(500), write(random));
                    sent.add(request);
                }
                Reply reply = heard.apply(request);
                unheard.applyUnheard(request);
                if (reply instanceof Reply.OpenSession opened) {
                    ids.add(opened.id());
                }
                if (random.nextInt(500) == 0) {
                    heard.checkpoint();
                    heard.restart();
                    heard.check();
                    unheard.check();
                }
                assertEquals(heard.machine().digestLow(), unheard.machine().digestLow(), "step " + step);
            }
            assertTrue(heard.machine().sessionCount() > 10);
            assertEquals(heard.machine().revision(), unheard.machine().revision());
        }
    }

    private static Request write(Random random) {
        String key = "k" + random.nextInt(20);
        return switch (random.nextInt(4)) {
            case 0 -> new Request.DeleteRange(key, "", random.nextBoolean());
            case 1 -> new Request.Txn(List.of(), List.of(Request.put(key, "t"), Request.get("k1")), List.of());
            default -> new Request.Put(key, "v".repeat(random.nextInt(3000)), 0, random.nextBoolean(), false, false);
        };
    }

    private long open() {
        Reply.OpenSession opened = (Reply.OpenSession) fixture.ask(new Request.OpenSession(11));
        assertEquals(SLOTS, opened.slotCount());
        return opened.id();
    }

    private BTree sessions() {
        return fixture.store().tree(TreeIds.SESSIONS);
    }
}
