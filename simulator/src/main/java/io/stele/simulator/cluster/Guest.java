package io.stele.simulator.cluster;

/** Somebody who has a connection to a member. */
interface Guest {
    /** The member has moved: takes what has come. */
    void receive();

    /** The connection or the node is gone. */
    void lose();
}
