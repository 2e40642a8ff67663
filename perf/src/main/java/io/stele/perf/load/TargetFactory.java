package io.stele.perf.load;

import java.util.List;

/** Opens targets by name. */
@FunctionalInterface
public interface TargetFactory {
    /**
     * Opens a target.
     *
     * @param name        what {@code --target} says.
     * @param endpoints   host and port of each member.
     * @param connections how many sessions will be opened.
     * @param ioThreads   how many threads the target's client reads and writes with.
     */
    Target open(String name, List<String> endpoints, int connections, int ioThreads);
}
