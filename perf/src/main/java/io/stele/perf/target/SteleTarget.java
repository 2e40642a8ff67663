package io.stele.perf.target;

import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.client.SteleException;
import io.stele.perf.load.BenchException;
import io.stele.perf.load.Session;
import io.stele.perf.load.Target;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Stele through its Java client's callback interface: each session has one of the client's connections to itself. */
final class SteleTarget implements Target {
    private static final int IN_FLIGHT_MAX = 16 * 1024;

    private final SteleClient client;
    private final int connections;
    private final ThreadLocal<SteleRequests> requests = ThreadLocal.withInitial(SteleRequests::new);
    private final SteleBacklog backlog = new SteleBacklog();
    private int connectionCount;

    SteleTarget(List<String> endpoints, int connections, int ioThreads) {
        this.connections = connections;
        try {
            client = SteleClient.connect(new ClientContext()
                    .endpoints(String.join(",", endpoints))
                    .cluster(false) // the load goes where it is told to go
                    .connectionCount(connections)
                    .threadCount(ioThreads)
                    .inFlightMax(IN_FLIGHT_MAX));
        } catch (SteleException e) {
            throw new BenchException(e.getMessage(), e);
        }
    }

    @Override
    public String describe() {
        try {
            return "stele " + client.maintenance().status().join().version();
        } catch (CompletionException e) {
            throw new BenchException(e.getCause().getMessage(), e);
        }
    }

    @Override
    public Session connect() {
        return new SteleSession(client.raw(connectionCount++ % connections), requests, backlog);
    }

    @Override
    public void compact() {
        try {
            long revision = client.maintenance().status().join().header().revision();
            var unused = client.kv().compact(revision, false).join();
        } catch (CompletionException e) {
            throw new BenchException("cannot compact: " + e.getCause().getMessage(), e);
        }
    }

    @Override
    public void close() {
        backlog.close();
        client.close();
    }
}
