package io.stele.perf.kubernetes;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** All that was written, by revision: what every list and every watcher has to agree with. */
final class WriteLog {
    /** In place of a generation. */
    static final int DELETED = -1;

    private final int objects;
    private final ConcurrentSkipListMap<Long, Write> writes = new ConcurrentSkipListMap<>();
    /** Of the newest write of each object; the writer of an object is one at a time. */
    private final long[] revisions;

    private final int[] generations;

    /** One write, and revision and generation of the one before: 0 and {@link #DELETED} if there is none. */
    record Write(int object, int generation, long previousRevision, int previousGeneration) {}

    WriteLog(int objects) {
        this.objects = objects;
        revisions = new long[objects];
        generations = new int[objects];
        Arrays.fill(generations, DELETED);
    }

    int objects() {
        return objects;
    }

    synchronized long revision(int object) {
        return revisions[object];
    }

    synchronized int generation(int object) {
        return generations[object];
    }

    /** False when something else was written at this revision: then the server is wrong. */
    synchronized boolean add(int object, int generation, long revision) {
        Write write = new Write(object, generation, revisions[object], generations[object]);
        boolean isNew = writes.putIfAbsent(revision, write) == null;
        isNew &= revision > revisions[object];
        generations[object] = generation;
        revisions[object] = generation == DELETED ? 0 : revision;
        return isNew;
    }

    NavigableMap<Long, Write> writes() {
        return writes;
    }

    /** The mod revision of each object at this revision, 0 where there is none. */
    long[] at(long revision) {
        long[] state = new long[objects];
        for (Map.Entry<Long, Write> entry : writes.headMap(revision, true).entrySet()) {
            Write write = entry.getValue();
            state[write.object()] = write.generation() == DELETED ? 0 : entry.getKey();
        }
        return state;
    }
}
