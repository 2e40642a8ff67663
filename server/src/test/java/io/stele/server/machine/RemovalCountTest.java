package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.server.machine.model.Request;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RemovalCountTest {
    private final MachineFixture fixture = new MachineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldCountKeysInRangesAndOnLeases() {
        fixture.ask(new Request.LeaseGrant(7, 1000));
        fixture.ask(new Request.LeaseGrant(8, 1000));
        for (int i = 0; i < 10; i++) {
            fixture.ask(Request.put("k" + i, "v", i < 4 ? 7 : 0));
        }
        fixture.ask(Request.put("other", "v", 8));
        assertEquals(1, fixture.removalCount(Request.delete("k1")));
        assertEquals(10, fixture.removalCount(Request.deleteRange("k", "l")));
        assertEquals(11, fixture.removalCount(Request.deleteRange("\0", "\0")));
        assertEquals(0, fixture.removalCount(Request.deleteRange("x", "a")));
        assertEquals(4, fixture.removalCount(new Request.LeaseRevoke(7)));
        assertEquals(0, fixture.removalCount(new Request.LeaseRevoke(9)));
        assertEquals(0, fixture.removalCount(new Request.Compact(3)));
        Request deletions =
                new Request.Txn(List.of(), List.of(Request.delete("a")), List.of(Request.deleteRange("k", "l")));
        assertEquals(11, fixture.removalCount(deletions));
    }

    @Test
    void shouldKnowWhatAddsData() {
        assertEquals(-1, fixture.removalCount(Request.put("a", "v")));
        assertEquals(-1, fixture.removalCount(new Request.LeaseGrant(7, 1000)));
        Request.Txn inner = new Request.Txn(List.of(), List.of(), List.of(Request.put("a", "v")));
        assertEquals(
                -1, fixture.removalCount(new Request.Txn(List.of(), List.of(Request.delete("a"), inner), List.of())));
    }
}
