package io.stele.server.config;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as etcd's flags write them: {@code 300ms}, {@code 1.5h}, {@code 2h45m}. */
final class GoDuration {
    private static final Pattern PART = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Map<String, Long> UNITS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDuration() {}

    /** Nanoseconds; negative for what is no time, or one that is negative or longer than 292 years. */
    static long parseNs(String text) {
        String unsigned = text.startsWith("+") ? text.substring(1) : text;
        if (unsigned.equals("0")) {
            return 0;
        }
        BigDecimal sum = BigDecimal.ZERO;
        Matcher part = PART.matcher(unsigned);
        int at = 0;
        while (at < unsigned.length() && part.find(at) && part.start() == at) {
            sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(UNITS.get(part.group(2)))));
            at = part.end();
        }
        boolean isWhole = at == unsigned.length() && at > 0;
        return isWhole && sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0 ? sum.longValue() : -1;
    }
}
