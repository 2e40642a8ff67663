package io.stele.perf.report;

import java.util.Locale;

/** Numbers as people read them. */
public final class Figures {
    private Figures() {}

    /** {@code 105 µs}, {@code 1.23 ms}, {@code 2.50 s}: three digits that matter. */
    public static String time(double ns) {
        if (ns < 999.5) {
            return String.format(Locale.ROOT, "%.0f ns", ns);
        }
        if (ns < 999_500) {
            return digits(ns / 1e3) + " µs";
        }
        return ns < 999_500_000 ? digits(ns / 1e6) + " ms" : digits(ns / 1e9) + " s";
    }

    public static String time(long ns) {
        return time((double) ns);
    }

    /** A round time without the zeros: {@code 20 ms}, for an axis. */
    static String roundTime(double ns) {
        return time(ns).replaceFirst("\\.0+ ", " ");
    }

    /** {@code 41,234}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 41,234}, or {@code 3.27} where it is small. */
    public static String count(double number) {
        return number < 100 && number != Math.rint(number)
                ? digits(number)
                : String.format(Locale.ROOT, "%,.0f", number);
    }

    /** {@code 1.50 MB}, decimal. */
    public static String bytes(double bytes) {
        if (bytes < 1e3) {
            return String.format(Locale.ROOT, "%.0f B", bytes);
        }
        if (bytes < 1e6) {
            return digits(bytes / 1e3) + " kB";
        }
        return bytes < 1e9 ? digits(bytes / 1e6) + " MB" : digits(bytes / 1e9) + " GB";
    }

    public static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    /** {@code 8.12 ×}, or {@code –} where there is nothing to divide by. */
    public static String ratio(double numerator, double denominator) {
        return denominator == 0 ? "–" : digits(numerator / denominator) + " ×";
    }

    public static String ratio(long numerator, long denominator) {
        return ratio((double) numerator, (double) denominator);
    }

    private static String digits(double number) {
        String form = number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, form, number);
    }
}
