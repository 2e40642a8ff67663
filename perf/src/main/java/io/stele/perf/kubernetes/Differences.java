package io.stele.perf.kubernetes;

import java.util.ArrayList;
import java.util.List;

/**
 * What was not as it should be: the first few in words, the others counted. Events after a bookmark that covers them
 * are one difference, however many there are: etcd 3.4 before April 2023 answers a request for progress beside the
 * stream of events, and so ahead of some of them (etcd-io/etcd issue 15220, mended by 15237), all the time.
 */
final class Differences {
    private static final int TOLD_MAX = 10;

    private final List<String> told = new ArrayList<>();
    private long count;
    private long coveredCount;
    private String firstCovered;

    synchronized void add(String what) {
        count++;
        if (told.size() < TOLD_MAX) {
            told.add(what);
        }
    }

    /** An event that came after a bookmark which said that there was none up to there. */
    synchronized void addCovered(String what) {
        count += coveredCount == 0 ? 1 : 0;
        firstCovered = coveredCount == 0 ? what : firstCovered;
        coveredCount++;
    }

    synchronized long count() {
        return count;
    }

    synchronized List<String> list() {
        List<String> all = new ArrayList<>(told);
        long untold = count - told.size() - (coveredCount > 0 ? 1 : 0);
        if (untold > 0) {
            all.add("and " + untold + " more");
        }
        if (coveredCount > 0) {
            all.add(coveredCount + " events after a bookmark that covers them, the first: " + firstCovered);
        }
        return all;
    }
}
