package io.stele.perf.watch;

import java.util.List;

/** The servers of a run. */
public interface WatchedServers {
    List<String> endpoints();

    /** Kills the leader and starts it again. */
    void killLeader() throws InterruptedException;

    /** Memory of the server that has most; 0 if nobody knows. */
    long memoryBytes();

    /** Servers that are somebody else's. */
    static WatchedServers at(List<String> endpoints) {
        return new WatchedServers() {
            @Override
            public List<String> endpoints() {
                return endpoints;
            }

            @Override
            public void killLeader() {
                throw new UnsupportedOperationException("they are not ours");
            }

            @Override
            public long memoryBytes() {
                return 0;
            }
        };
    }
}
