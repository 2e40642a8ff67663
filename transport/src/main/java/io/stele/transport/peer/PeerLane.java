package io.stele.transport.peer;

/**
 * The streams to a peer. They never wait for each other: what must arrive within a fraction of an election timeout
 * does not queue behind bulk.
 */
public enum PeerLane {
    /** Votes, heartbeats, read indices, acknowledgements: small, and late is as bad as lost. */
    URGENT(0),
    /** Entries, forwarded requests, snapshots. */
    BULK(1);

    private static final PeerLane[] BY_CODE = values();

    private final int code;

    PeerLane(int code) {
        this.code = code;
    }

    /** What goes over the wire. */
    public int code() {
        return code;
    }

    /** The lane of a code, null if there is none. */
    static PeerLane of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
