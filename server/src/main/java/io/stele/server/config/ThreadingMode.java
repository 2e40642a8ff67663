package io.stele.server.config;

/** How the node's agents are spread over threads; the agents' code is the same in each mode. */
public enum ThreadingMode {
    /** Few cores: agents yield while work is in flight and park when there is none. */
    SHARED,
    /** Bare metal: each agent has a core of its own and spins on it. */
    DEDICATED,
    /** No threads: the caller runs the agents. */
    INVOKER
}
