package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PendingRepliesTest {
    @Test
    void shouldMatchEntriesByIndexAndTerm() {
        PendingReplies pending = new PendingReplies(4);
        assertFalse(pending.isNext(1, 1));
        pending.add(5, 2, 10, 100, 0);
        pending.add(6, 2, 11, 101, 0);
        assertFalse(pending.isNext(4, 2), "not ours");
        assertTrue(pending.isNext(5, 2));
        assertEquals(10, pending.connectionId());
        assertEquals(100, pending.correlationId());
        pending.removeHead();
        assertFalse(pending.isNext(6, 3), "another leader's entry");
        assertTrue(pending.isOvertaken(6, 3));
        assertTrue(pending.isOvertaken(7, 2));
        assertFalse(pending.isOvertaken(6, 2));
        pending.removeHead();
        assertEquals(0, pending.count());
        assertFalse(pending.isOvertaken(9, 9));
    }

    @Test
    void shouldGiveUpTheNewestProposals() {
        PendingReplies pending = new PendingReplies(4);
        for (int i = 5; i <= 7; i++) {
            pending.add(i, 2, 10 + i, 100 + i, 0);
        }
        assertFalse(pending.ends(8));
        assertTrue(pending.ends(6));
        assertEquals(17, pending.newestConnectionId());
        assertEquals(107, pending.newestCorrelationId());
        pending.removeNewest();
        assertFalse(pending.ends(7));
        pending.add(7, 3, 20, 200, 0);
        pending.removeHead();
        assertEquals(2, pending.count());
        pending.removeNewest();
        pending.removeNewest();
        assertFalse(pending.ends(0));
    }

    @Test
    void shouldWrapAroundWithinItsCapacity() {
        PendingReplies pending = new PendingReplies(4);
        for (int i = 0; i < 4; i++) {
            pending.add(i, 1, i, i, 0);
        }
        assertTrue(pending.isFull());
        assertFalse(pending.hasRoomFor(1));
        for (int i = 0; i < 100; i++) {
            assertTrue(pending.isNext(i, 1));
            assertEquals(i, pending.correlationId());
            pending.removeHead();
            assertTrue(pending.hasRoomFor(1));
            pending.add(i + 4, 1, i + 4, i + 4, 0);
        }
    }
}
