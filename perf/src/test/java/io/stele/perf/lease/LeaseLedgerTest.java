package io.stele.perf.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.process.Standstills;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseLedgerTest {
    private static final long MS = 1_000_000;

    private final Standstills standstills = new Standstills();
    private final LeaseLedger ledger = new LeaseLedger(1, standstills);

    private List<String> ended(long atMs) {
        ledger.ttlNs(1000 * MS);
        ledger.onRenewed(0, 100 * MS, 150 * MS);
        ledger.onEnded(0, atMs * MS);
        ledger.checkLate(300 * MS);
        return ledger.violations();
    }

    @Test
    void shouldFindNothingWrongWithAnEndInTime() {
        assertEquals(List.of(), ended(1100));
        assertTrue(ledger.beyond().getMaxValue() < MS);
    }

    @Test
    void shouldAllowForAnAnswerThatTookLong() {
        assertEquals(List.of(), ended(1450));
    }

    @Test
    void shouldNoticeAnEarlyEnd() {
        assertEquals(List.of("lease 0 ended 5 ms too early"), ended(1095));
    }

    @Test
    void shouldNoticeALateEnd() {
        assertEquals(List.of("lease 0 ended 10 ms too late: it was renewed 1,310 ms before"), ended(1460));
    }

    @Test
    void shouldNoticeThatOneNeverEnds() {
        ledger.checkLate(0);
        assertEquals(List.of("lease 0 has not ended"), ledger.violations());
    }

    @Test
    void shouldCountFromTheLastRenewalThatMayHaveBeen() {
        ledger.onUnknown(0, 900 * MS);
        assertEquals(List.of(), ended(2200));
    }

    @Test
    void shouldCountFromTheLastLeadersBeginning() {
        ledger.onTerm(7, 200 * MS);
        assertEquals(List.of("lease 0 ended 50 ms too late: it was renewed 1,350 ms before"), ended(1500));
        LeaseLedger other = new LeaseLedger(1, standstills);
        other.ttlNs(1000 * MS);
        other.onRenewed(0, 100 * MS, 150 * MS);
        other.onTerm(7, 200 * MS);
        other.onTerm(8, 300 * MS);
        other.onTerm(8, 900 * MS);
        other.onEnded(0, 1500 * MS);
        other.checkLate(300 * MS);
        assertEquals(List.of(), other.violations());
        assertEquals(1, other.leaderChangeCount());
    }

    @Test
    void shouldNotCountFromALeaderWhoCameAfterTheEnd() {
        ledger.onTerm(7, 200 * MS);
        ledger.ttlNs(1000 * MS);
        ledger.onRenewed(0, 100 * MS, 150 * MS);
        ledger.onTerm(8, 160 * MS);
        ledger.onEnded(0, 1470 * MS);
        ledger.onTerm(9, 1480 * MS);
        ledger.checkLate(300 * MS);
        assertEquals(
                List.of("lease 0 ended 10 ms too late: it was renewed 1,320, the leader had changed 1,310 ms before"),
                ledger.violations());
    }

    @Test
    void shouldTakeOffWhatEverythingStoodStillMeanwhile() {
        standstills.add(0, 160 * MS);
        assertEquals(10 * MS, standstills.within(150 * MS, 1460 * MS));
        assertEquals(List.of(), ended(1460));
        standstills.add(2000 * MS, 3000 * MS);
        assertEquals(10 * MS, standstills.within(150 * MS, 1460 * MS));
    }

    @Test
    void shouldBelieveTheFirstNewsOfAnEnd() {
        ledger.onEnded(0, 5);
        ledger.onEnded(0, 5000 * MS);
        assertEquals(1, ledger.endedCount());
        ledger.onAbandoned();
        assertTrue(ledger.unrenewedCount() == 1 && ledger.isEnded(0));
    }
}
