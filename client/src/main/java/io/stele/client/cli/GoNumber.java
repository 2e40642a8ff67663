package io.stele.client.cli;

import java.math.BigDecimal;
import java.math.BigInteger;

/*
 * Numbers, truth values and durations read and written as Go does, with the words of its errors: what etcdctl's users
 * and their scripts know. A wrong text throws IllegalArgumentException with that error.
 */
final class GoNumber {
    private static final String[] UNITS = {"ns", "us", "\u00c2\u00b5s", "ms", "s", "m", "h"};
    private static final long[] UNITS_NS = {
        1, 1_000, 1_000, 1_000_000, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L
    };
    private static final BigInteger NS_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private GoNumber() {}

    /** A 64 bit integer of that radix; of radix 0, the text says it itself: 0x, 0o, 0b, with _ between digits. */
    static long parseLong(String text, int radix) {
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int base = radix;
        if (radix == 0) {
            base = impliedRadix(digits);
            digits = withoutPrefix(digits, base);
        }
        if (digits.isEmpty()) {
            throw wrong(text, "invalid syntax");
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) >= 0x80 || Character.digit(digits.charAt(i), base) < 0) {
                throw wrong(text, "invalid syntax");
            }
        }
        try {
            return Long.parseLong(negative ? "-" + digits : digits, base);
        } catch (NumberFormatException e) {
            throw wrong(text, "value out of range");
        }
    }

    private static int impliedRadix(String digits) {
        if (digits.length() < 2 || digits.charAt(0) != '0') {
            return 10;
        }
        return switch (digits.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
        };
    }

    private static String withoutPrefix(String digits, int radix) {
        if (radix == 10) {
            return digits.length() > 1 && !digits.startsWith("_") && !digits.endsWith("_")
                    ? digits.replace("_", "")
                    : digits;
        }
        char second = digits.charAt(1);
        boolean letter = radix != 8 || second == 'o' || second == 'O';
        String rest = digits.substring(letter ? 2 : 1);
        return rest.endsWith("_") ? "" : rest.replace("_", "");
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("strconv.ParseInt: parsing " + GoQuote.quote(text) + ": " + why);
    }

    static boolean parseBoolean(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                throw new IllegalArgumentException(
                        "strconv.ParseBool: parsing " + GoQuote.quote(text) + ": invalid syntax");
        };
    }

    /** Nanoseconds of "1m30s", "1.5h", "300ms", "0". */
    static long parseDurationNs(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return 0;
        }
        if (rest.isEmpty()) {
            throw invalidDuration(text);
        }
        BigInteger total = BigInteger.ZERO;
        while (!rest.isEmpty()) {
            int number = numberEnd(rest);
            if (rest.substring(0, number).replace(".", "").isEmpty()) {
                throw invalidDuration(text);
            }
            int unit = unitEnd(rest, number);
            if (unit == number) {
                throw new IllegalArgumentException("time: missing unit in duration " + GoQuote.quote(text));
            }
            total = total.add(part(rest.substring(0, number), rest.substring(number, unit), text));
            rest = rest.substring(unit);
        }
        if (total.compareTo(NS_MAX) > 0) {
            throw invalidDuration(text);
        }
        return negative ? -total.longValue() : total.longValue();
    }

    private static int numberEnd(String text) {
        int whole = digitsEnd(text, 0);
        return whole < text.length() && text.charAt(whole) == '.' ? digitsEnd(text, whole + 1) : whole;
    }

    private static int digitsEnd(String text, int from) {
        int at = from;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int unitEnd(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static BigInteger part(String number, String unit, String text) {
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(unit)) {
                return new BigDecimal(number.startsWith(".") ? "0" + number : number)
                        .multiply(BigDecimal.valueOf(UNITS_NS[i]))
                        .toBigInteger();
            }
        }
        throw new IllegalArgumentException(
                "time: unknown unit " + GoQuote.quote(unit) + " in duration " + GoQuote.quote(text));
    }

    private static IllegalArgumentException invalidDuration(String text) {
        return new IllegalArgumentException("time: invalid duration " + GoQuote.quote(text));
    }

    /** "1.778401ms", "5.0003s", "1m30s": as Go prints a duration. */
    static String formatDuration(long ns) {
        if (ns < 0) {
            return "-" + formatDuration(-ns);
        }
        if (ns < 1_000_000_000L) {
            return ns == 0
                    ? "0s"
                    : ns < 1_000
                            ? ns + "ns"
                            : ns < 1_000_000 ? decimal(ns, 3) + "\u00c2\u00b5s" : decimal(ns, 6) + "ms";
        }
        long minutes = ns / 60_000_000_000L;
        String seconds = decimal(ns % 60_000_000_000L, 9) + "s";
        if (minutes == 0) {
            return seconds;
        }
        return minutes < 60 ? minutes + "m" + seconds : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long value, int places) {
        long scale = 1;
        for (int i = 0; i < places; i++) {
            scale *= 10;
        }
        String fraction = String.valueOf(scale + value % scale).substring(1);
        int end = fraction.length();
        while (end > 0 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return end == 0 ? String.valueOf(value / scale) : value / scale + "." + fraction.substring(0, end);
    }

    /** "25 kB": bytes in steps of a thousand, one decimal below ten. */
    static String formatBytes(long bytes) {
        if (bytes < 10) {
            return bytes + " B";
        }
        String[] units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        long tenths = (long) Math.floor(value * 10 + 0.5);
        return (tenths < 100 ? tenths / 10 + "." + tenths % 10 : String.valueOf((long) Math.rint(tenths / 10.0))) + " "
                + units[unit];
    }

    static String hex16(long value) {
        StringBuilder out = new StringBuilder(16);
        GoQuote.hex(out, value, 16);
        return out.toString();
    }
}
