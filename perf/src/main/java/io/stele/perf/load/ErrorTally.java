package io.stele.perf.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts failures by reason; the number of reasons kept apart is limited. */
final class ErrorTally {
    private static final int REASONS_MAX = 32;
    private static final String OTHER = "other reasons";

    private final Map<String, LongAdder> byReason = new ConcurrentHashMap<>();
    private final LongAdder all = new LongAdder();

    void add(String reason) {
        add(reason, 1);
    }

    void add(String reason, long count) {
        all.add(count);
        LongAdder adder = byReason.get(reason);
        if (adder == null) {
            adder = byReason.computeIfAbsent(byReason.size() < REASONS_MAX ? reason : OTHER, r -> new LongAdder());
        }
        adder.add(count);
    }

    long count() {
        return all.sum();
    }

    Map<String, Long> reasons() {
        Map<String, Long> reasons = new TreeMap<>();
        byReason.forEach((reason, adder) -> reasons.put(reason, adder.sum()));
        return reasons;
    }
}
