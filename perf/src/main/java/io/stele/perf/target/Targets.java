package io.stele.perf.target;

import io.stele.perf.load.BenchException;
import io.stele.perf.load.Target;
import java.util.List;

/** The stores that the bench can speak to. */
public final class Targets {
    private Targets() {}

    /** See {@link io.stele.perf.load.TargetFactory#open}. */
    public static Target open(String name, List<String> endpoints, int connections, int ioThreads) {
        return switch (name) {
            case "stele" -> new SteleTarget(endpoints, connections, ioThreads);
            case "etcd" -> new EtcdTarget(endpoints, ioThreads);
            default -> throw new BenchException("unknown target '" + name + "'");
        };
    }
}
