package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Numbers, durations and quoted strings are Go's. */
final class GoTextTest {
    @Test
    void shouldReadBackWhatItQuotes() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(12);
            for (int at = 0; at < length; at++) {
                boolean unicode = random.nextInt(4) == 0;
                int codePoint = random.nextInt(0x30000);
                text.append(
                        unicode && !(codePoint >= 0xd800 && codePoint < 0xe000)
                                ? Octets.utf8(Character.toString(codePoint))
                                : String.valueOf((char) random.nextInt(256)));
            }
            String quoted = GoQuote.quote(text.toString());
            assertEquals(quoted.length(), GoQuote.end(quoted, 0), quoted);
            assertEquals(text.toString(), GoQuote.unquote(quoted), quoted);
        }
    }

    @Test
    void shouldQuoteAsGo() {
        assertEquals(
                "\"a\\\"\\\\\\a\\b\\f\\n\\r\\t\\v\\x00\\x7f\"", GoQuote.quote("a\"\\\u0007\b\f\n\r\t\u000b\0\u007f"));
        assertEquals("\"\\xff\\xc3\"", GoQuote.quote("\u00ff\u00c3"));
        assertEquals("\"\\xed\\xa0\\x80\"", GoQuote.quote("\u00ed\u00a0\u0080"), "a surrogate is no character");
        assertEquals("\"\\xc0\\x80\"", GoQuote.quote("\u00c0\u0080"), "too long a form");
        assertEquals("\"" + Octets.utf8("é✓") + "\"", GoQuote.quote(Octets.utf8("é✓")));
        assertEquals("\"\\ufeff\\U000e0001\"", GoQuote.quote(Octets.utf8("\ufeff\udb40\udc01")));
    }

    @Test
    void shouldRefuseWrongEscapes() {
        for (String wrong : List.of("\\q", "\\x1", "\\xg0", "\\400", "\\ud800", "\\U00110000", "\\'", "\n")) {
            assertNull(GoQuote.unquote("\"" + wrong + "\""), wrong);
        }
        assertEquals("\\q\n", GoQuote.unquote("`\\q\n`"));
        assertEquals("A", GoQuote.unquote("\"\\101\""));
    }

    @Test
    void shouldReadNumbersOfAnyRadix() {
        assertEquals(31, GoNumber.parseLong("0x1F", 0));
        assertEquals(8, GoNumber.parseLong("010", 0));
        assertEquals(8, GoNumber.parseLong("0o10", 0));
        assertEquals(-5, GoNumber.parseLong("-0b101", 0));
        assertEquals(1000, GoNumber.parseLong("1_000", 0));
        assertEquals(Long.MIN_VALUE, GoNumber.parseLong("-9223372036854775808", 10));
        assertEquals(0x694da203dc5eec63L, GoNumber.parseLong("694da203dc5eec63", 16));
        for (String wrong : List.of("", "-", "x", "0x", "1_", "_1", "1.5", " 1", "1e3", "09", "\u0661")) {
            assertThrows(IllegalArgumentException.class, () -> GoNumber.parseLong(wrong, 0), wrong);
        }
        Exception e = assertThrows(IllegalArgumentException.class, () -> GoNumber.parseLong("ffffffffffffffff", 16));
        assertEquals("strconv.ParseInt: parsing \"ffffffffffffffff\": value out of range", e.getMessage());
    }

    @Test
    void shouldReadDurations() {
        assertEquals(5_000_000_000L, GoNumber.parseDurationNs("5s"));
        assertEquals(90_500_000_000L, GoNumber.parseDurationNs("1m30.5s"));
        assertEquals(1_500, GoNumber.parseDurationNs("1.5us"));
        assertEquals(500_000_000, GoNumber.parseDurationNs(".5s"));
        assertEquals(-1_000_000, GoNumber.parseDurationNs("-1ms"));
        assertEquals(0, GoNumber.parseDurationNs("0"));
        for (String wrong : List.of("", "5", "s", ".", ".s", "1.2.3s", "5y", "-", "9999999999h", "1 s")) {
            assertThrows(IllegalArgumentException.class, () -> GoNumber.parseDurationNs(wrong), wrong);
        }
    }

    @Test
    void shouldWriteDurationsAndLengths() {
        assertEquals("0s", GoNumber.formatDuration(0));
        assertEquals("999ns", GoNumber.formatDuration(999));
        assertEquals(Octets.utf8("1.5µs"), GoNumber.formatDuration(1_500));
        assertEquals("1.778401ms", GoNumber.formatDuration(1_778_401));
        assertEquals("5.000321368s", GoNumber.formatDuration(5_000_321_368L));
        assertEquals("1m30s", GoNumber.formatDuration(90_000_000_000L));
        assertEquals("1h1m1s", GoNumber.formatDuration(3_661_000_000_000L));
        assertEquals("0 B", GoNumber.formatBytes(0));
        assertEquals("9 B", GoNumber.formatBytes(9));
        assertEquals("999 B", GoNumber.formatBytes(999));
        assertEquals("1.0 kB", GoNumber.formatBytes(1000));
        assertEquals("25 kB", GoNumber.formatBytes(24576));
        assertEquals("2.1 GB", GoNumber.formatBytes(2L << 30));
    }

    @Test
    void shouldSplitWordsAsTransactionsDo() {
        assertEquals(List.of("put", "a b", "c\"d", "e'f"), Words.split(" put\t'a b'  c\"d e'f "));
        assertEquals(List.of("x", "y", "z"), Words.split("\"x\"y 'z'"));
        assertEquals(List.of("", "\n", "\\n"), Words.split("\"\" \"\\n\" '\\n'"));
        assertEquals(List.of("single \"quoted\" \\n"), Words.split("'single \"quoted\" \\n'"));
        assertEquals(List.of(), Words.split("  "));
        assertThrows(CliException.class, () -> Words.split("put \"x"));
        assertThrows(CliException.class, () -> Words.split("put 'x"));
        assertThrows(CliException.class, () -> Words.split("put \"\\q\""));
    }
}
