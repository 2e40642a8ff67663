package io.stele.gateway.http;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** How long a caller waits, as gRPC writes it: up to eight digits and a unit. */
final class Timeout {
    static final String HEADER = "Grpc-Timeout";

    private static final Pattern FORM = Pattern.compile("[0-9]{1,8}[HMSmun]");

    private Timeout() {}

    static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    /** Of a valid one. */
    static long nanos(String text) {
        int end = text.length() - 1;
        TimeUnit unit = switch (text.charAt(end)) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            default -> TimeUnit.NANOSECONDS;
        };
        return unit.toNanos(Long.parseLong(text.substring(0, end)));
    }
}
