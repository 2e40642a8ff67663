package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseListingTest {
    private static List<Long> listed(long... idsAndTimes) {
        LeaseListing listing = new LeaseListing(idsAndTimes.length / 2);
        for (int i = 0; i < idsAndTimes.length; i += 2) {
            listing.add(idsAndTimes[i], idsAndTimes[i + 1]);
        }
        List<Long> all = new ArrayList<>();
        listing.inOrder(all::add);
        return all;
    }

    @Test
    void shouldListWhatEndsFirstFirst() {
        assertEquals(List.of(9L, -4L, 7L), listed(7, 3000, -4, 1500, 9, 200));
    }

    @Test
    void shouldKeepTheOrderOfThoseThatEndTogether() {
        assertEquals(List.of(3L, 1L, 2L), listed(3, 1000, 1, 1000, 2, 1000));
    }

    @Test
    void shouldListWhatIsOverFirstAndWhatHardlyEverEndsLast() {
        assertEquals(List.of(2L, 3L, 1L), listed(1, 9_000_000_000_000L, 2, -5, 3, 1L << 30));
    }
}
