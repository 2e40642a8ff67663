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
        fixture.machine()
                .forEachLease(lease -> seen.add(lease.leaseId() + ":" + lease.ttl() + "@" + lease.grantedIndex()));
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
    void shouldEndALeaseOnlyInTheTermOfWhoSaidThatItsTimeIsUp() {
        fixture.ask(new Request.LeaseGrant(5, 60));
        fixture.ask(Request.put("a", "1", 5));
        fixture.applyUnheard(new Request.LeaseExpire(MachineFixture.TERM - 1, 5, 1));
        assertEquals("1", fixture.get("a").value());
        fixture.applyUnheard(new Request.LeaseExpire(MachineFixture.TERM, 5, 1));
        assertNull(fixture.get("a"));
        assertEquals(0, fixture.machine().leaseCount());
    }

    @Test
    void shouldNotEndALeaseThatIsAnotherOneOrWasRenewedSince() {
        fixture.ask(new Request.LeaseGrant(5, 60));
        fixture.ask(new Request.LeaseRevoke(5));
        fixture.ask(new Request.LeaseGrant(5, 60));
        fixture.applyUnheard(new Request.LeaseExpire(MachineFixture.TERM, 5, 1));
        assertEquals(60, fixture.machine().leaseTtl(5));
        fixture.applyUnheard(new Request.LeaseCheckpoint(MachineFixture.TERM, 5, 3, 0));
        fixture.applyUnheard(new Request.LeaseExpire(MachineFixture.TERM, 5, 3));
        assertEquals(60, fixture.machine().leaseTtl(5));
        fixture.applyUnheard(new Request.LeaseExpire(MachineFixture.TERM, 5, 5));
        assertEquals(-1, fixture.machine().leaseTtl(5));
    }

    @Test
    void shouldRememberWhatALeaseHasLeft() {
        LeaseRecord seen = new LeaseRecord();
        fixture.ask(new Request.LeaseGrant(5, 600));
        fixture.applyUnheard(new Request.LeaseCheckpoint(MachineFixture.TERM, 5, 1, 200));
        fixture.check();
        fixture.checkpoint();
        fixture.restart();
        assertTrue(fixture.machine().findLease(5, seen));
        assertEquals("600 200 1 2", text(seen));
        fixture.applyUnheard(new Request.LeaseCheckpoint(MachineFixture.TERM, 5, 1, 0));
        fixture.applyUnheard(new Request.LeaseCheckpoint(MachineFixture.TERM, 5, 2, 100)); // another lease
        fixture.applyUnheard(new Request.LeaseCheckpoint(MachineFixture.TERM, 6, 1, 100)); // none
        fixture.applyUnheard(new Request.LeaseCheckpoint(MachineFixture.TERM + 1, 5, 1, 100));
        assertTrue(fixture.machine().findLease(5, seen));
        assertEquals("600 600 1 3", text(seen));
        fixture.ask(new Request.LeaseRevoke(5));
    }

    private static String text(LeaseRecord lease) {
        return lease.ttl() + " " + lease.remaining() + " " + lease.grantedIndex() + " " + lease.epoch();
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
