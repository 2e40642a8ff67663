package io.stele.gateway.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class PartialBudgetTest {
    private static final int REQUEST_LENGTH = 60_000;

    private long nowNs = 1;
    private final PartialBudget budget = new PartialBudget(100_000, REQUEST_LENGTH, () -> nowNs);
    private final EmbeddedChannel first = new EmbeddedChannel();
    private final EmbeddedChannel second = new EmbeddedChannel();
    private final PartialRequests firstRequests = budget.open(first);
    private final PartialRequests secondRequests = budget.open(second);

    private static boolean isRead(EmbeddedChannel channel) {
        return channel.config().isAutoRead();
    }

    @Test
    void shouldReadOnlyTheOldestBeyondTheBudgetUntilThereIsRoom() {
        long held = firstRequests.hold(REQUEST_LENGTH);
        secondRequests.hold(REQUEST_LENGTH);
        assertTrue(isRead(first));
        assertFalse(isRead(second));
        firstRequests.release(held);
        assertTrue(isRead(second));
    }

    @Test
    void shouldCloseOneThatStandsStillAndGoOnWithTheNext() {
        firstRequests.hold(REQUEST_LENGTH);
        secondRequests.hold(REQUEST_LENGTH);
        nowNs += PartialBudget.STALL_NS + 1;
        budget.sweep();
        assertFalse(first.isOpen());
        assertTrue(second.isOpen() && isRead(second), "it had no chance to go on before");
        var unused = second.close();
        assertEquals(0, budget.bytes());
    }

    @Test
    void shouldCloseWhoeverAsksForMoreThanTwiceTheBudget() {
        firstRequests.hold(REQUEST_LENGTH);
        secondRequests.hold(150_000);
        assertTrue(first.isOpen());
        assertFalse(second.isOpen());
    }

    @Test
    void shouldNotReadWhileARequestIsBeingAnswered() {
        firstRequests.busy();
        assertFalse(isRead(first));
        firstRequests.idle();
        assertTrue(isRead(first));
    }
}
