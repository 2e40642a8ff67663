package io.stele.perf.kubernetes;

import java.util.ArrayList;
import java.util.List;

/** What was not as it should be: the first few in words, the others counted. */
final class Differences {
    private static final int TOLD_MAX = 10;

    private final List<String> told = new ArrayList<>();
    private long count;

    synchronized void add(String what) {
        count++;
        if (told.size() < TOLD_MAX) {
            told.add(what);
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized List<String> list() {
        List<String> all = new ArrayList<>(told);
        if (count > told.size()) {
            all.add("and " + (count - told.size()) + " more");
        }
        return all;
    }
}
