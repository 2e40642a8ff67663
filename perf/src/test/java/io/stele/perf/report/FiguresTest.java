package io.stele.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void shouldShowTimesInTheUnitThatFits() {
        assertEquals("0 ns", Figures.time(0L));
        assertEquals("999 ns", Figures.time(999L));
        assertEquals("1.00 µs", Figures.time(1000L));
        assertEquals("105 µs", Figures.time(105_300L));
        assertEquals("1.00 ms", Figures.time(999_600L));
        assertEquals("23.4 ms", Figures.time(23_400_000L));
        assertEquals("2.50 s", Figures.time(2_500_000_000L));
        assertEquals("3,600 s", Figures.time(3_600_000_000_000L));
    }

    @Test
    void shouldShowCountsWithTheDigitsThatMatter() {
        assertEquals("41,234", Figures.count(41_234L));
        assertEquals("41,234", Figures.count(41_234.4));
        assertEquals("3.27", Figures.count(3.27));
        assertEquals("7", Figures.count(7.0));
    }

    @Test
    void shouldShowBytesAndRatios() {
        assertEquals("999 B", Figures.bytes(999));
        assertEquals("1.50 MB", Figures.bytes(1_500_000));
        assertEquals("150 MB", Figures.bytes(150e6));
        assertEquals("8.00 ×", Figures.ratio(80, 10));
        assertEquals("0.25 ×", Figures.ratio(1, 4));
        assertEquals("–", Figures.ratio(1, 0));
    }
}
