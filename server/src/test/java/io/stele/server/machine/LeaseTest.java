package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases as the state machine knows them: granted, held on to, revoked; time is not its business. */
class LeaseTest {
    private final MachineFixture fixture = new MachineFixture();

    @AfterEach
    void checkAndClose() {
        fixture.check();
        fixture.close();
    }

    @Test
    void shouldGrantWithAnIdOfItsOwnChoiceThatIsPositiveAndFree() {
        Reply.LeaseGrant first = (Reply.LeaseGrant) fixture.ask(new Request.LeaseGrant(0, 60));
        Reply.LeaseGrant second = (Reply.LeaseGrant) fixture.ask(new Request.LeaseGrant(0, 60));
        assertTrue(first.id() > 0 && second.id() > 0 && first.id() != second.id());
        assertEquals(1, first.revision(), "a lease is no revision");
        assertEquals(2, fixture.machine().leaseCount());
    }

    @Test
    void shouldRefuseAnIdInUseAndATimeToLiveBeyondTheLimit() {
        fixture.ask(new Request.LeaseGrant(5, 60));
        assertEquals(new Reply.Refusal(9, ApiError.LEASE_EXISTS.text(), 1), fixture.ask(new Request.LeaseGrant(5, 60)));
        Request tooLong = new Request.LeaseGrant(6, 9_000_000_001L);
        assertEquals(new Reply.Refusal(11, ApiError.LEASE_TTL_TOO_LARGE.text(), 1), fixture.ask(tooLong));
        assertEquals(new Reply.Refusal(11, ApiError.LEASE_TTL_TOO_LARGE.text(), 1), fixture.apply(tooLong));
    }

    @Test
    void shouldRaiseATimeToLiveThatIsTooShort() {
        assertEquals(new Reply.LeaseGrant(1, 5, 2), fixture.ask(new Request.LeaseGrant(5, 1)));
        assertEquals(new Reply.LeaseGrant(1, 6, 2), fixture.ask(new Request.LeaseGrant(6, -3)));
        assertEquals(new Reply.LeaseGrant(1, 7, 60), fixture.ask(new Request.LeaseGrant(7, 60)));
        List<String> seen = new ArrayList<>();
        fixture.machine().forEachLease((id, ttl, index) -> seen.add(id + ":" + ttl + "@" + index));
        assertEquals(List.of("5:2@1", "6:2@2", "7:60@3"), seen);
    }

    @Test
    void shouldDeleteAllKeysOfARevokedLeaseInOneRevisionInOrder() {
        fixture.ask(new Request.LeaseGrant(5, 60));
        for (int i = 999; i >= 0; i--) {
            fixture.ask(Request.put("k" + i, "v", 5));
        }
        fixture.ask(Request.put("other", "v"));
        assertEquals(new Reply.LeaseRevoke(1003), fixture.ask(new Request.LeaseRevoke(5)));
        assertNull(fixture.get("k0"));
        assertEquals("v", fixture.get("other").value());
        assertEquals(-1, fixture.machine().leaseTtl(5));
        RevisionView first = fixture.machine().space().content(1003, 0, new RevisionView());
        assertTrue(first.isTombstone());
        assertEquals(2, first.keyLength(), "k0");
        assertTrue(
                fixture.machine().space().content(1003, 999, new RevisionView()).isTombstone());
        assertEquals(
                new Reply.Refusal(5, ApiError.LEASE_NOT_FOUND.text(), 1003), fixture.ask(new Request.LeaseRevoke(5)));
    }

    @Test
    void shouldMoveAKeyBetweenLeases() {
        fixture.ask(new Request.LeaseGrant(5, 60));
        fixture.ask(new Request.LeaseGrant(6, 60));
        fixture.ask(Request.put("a", "1", 5));
        fixture.ask(Request.put("a", "2", 6));
        fixture.ask(new Request.LeaseRevoke(5));
        assertEquals("2", fixture.get("a").value());
        fixture.ask(new Request.LeaseRevoke(6));
        assertNull(fixture.get("a"));
    }

    @Test
    void shouldKeepLeasesOverARestart() {
        fixture.ask(new Request.LeaseGrant(5, 60));
        fixture.ask(Request.put("a", "1", 5));
        fixture.checkpoint();
        fixture.restart();
        assertEquals(60, fixture.machine().leaseTtl(5));
        fixture.ask(new Request.LeaseRevoke(5));
        assertNull(fixture.get("a"));
    }
}
