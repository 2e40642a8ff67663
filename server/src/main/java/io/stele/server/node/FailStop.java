package io.stele.server.node;

/**
 * What happens when the node may not go on: a force failed, durable bytes are corrupt, an invariant is broken (rules R2
 * and R15). In production the process halts; tests and the simulator note it and drop the node.
 */
@FunctionalInterface
public interface FailStop {
    /** Exit code of a process whose storage failed. */
    int STORAGE_FAILURE = 70;

    /** Called at most once a cause, on the failing thread; the caller does no more work after it returns. */
    void stop(String agent, Throwable cause);
}
