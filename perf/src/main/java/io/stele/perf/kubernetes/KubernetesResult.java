package io.stele.perf.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What was measured at one server. */
public final class KubernetesResult {
    private static final long MAX_NS = 3_600_000_000_000L;

    private final Map<String, ConcurrentHistogram> times = new LinkedHashMap<>();
    private final Map<String, Double> rates = new LinkedHashMap<>();
    private List<String> differences = List.of();
    private long differenceCount;
    private long residentBytes;
    private long anonymousBytes;
    private long expiredLists;

    ConcurrentHistogram time(String what) {
        return times.computeIfAbsent(what, name -> new ConcurrentHistogram(1_000, MAX_NS, 3));
    }

    void rate(String what, double perSecond) {
        rates.put(what, perSecond);
    }

    void memory(long resident, long anonymous) {
        residentBytes = resident;
        anonymousBytes = anonymous;
    }

    void verified(List<String> found, long count, long expired) {
        differences = found;
        differenceCount = count;
        expiredLists = expired;
    }

    public Map<String, ? extends Histogram> times() {
        return times;
    }

    /** Operations per second, by the name of their times. */
    public Map<String, Double> rates() {
        return rates;
    }

    public long residentBytes() {
        return residentBytes;
    }

    public long anonymousBytes() {
        return anonymousBytes;
    }

    /** Paged lists that a compaction overtook. */
    public long expiredLists() {
        return expiredLists;
    }

    public long differenceCount() {
        return differenceCount;
    }

    /** What was not as it should be; the first few. */
    public List<String> differences() {
        return differences;
    }
}
