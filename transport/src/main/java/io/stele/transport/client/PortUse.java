package io.stele.transport.client;

/** Whom a port is for, which decides what is spoken there. */
public enum PortUse {
    /** Clients of every kind. */
    CLIENTS,
    /** Clients of every kind but those of HTTP/1.1, who have a port of their own. */
    CLIENTS_WITHOUT_HTTP,
    /** Clients of HTTP/1.1 alone. */
    HTTP,
    /** Those who watch over a member: whether it is healthy, and what it counts. */
    METRICS,
    /** The members of the cluster and those who want to join, who ask in Stele's own protocol. */
    MEMBERS;

    /** Whether Stele's own protocol is spoken there. */
    public boolean isNative() {
        return this != HTTP && this != METRICS;
    }
}
