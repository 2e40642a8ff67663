package io.stele.simulator.cluster;

import io.stele.index.KeyIndex;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.transport.client.ClientLink;
import io.stele.transport.peer.PeerLink;
import org.agrona.concurrent.NanoClock;

/**
 * What stands between the members and their world. Tests put a planted bug here, to see that the checks find it;
 * everyone else uses {@link #HONEST}.
 */
public interface ClusterPorts {
    ClusterPorts HONEST = new ClusterPorts() {};

    /**
     * One life of one member.
     *
     * @param member counts from 0
     * @param life counts from 1
     */
    record Place(int member, int life) {}

    default FileStore files(FileStore files, Place place) {
        return files;
    }

    default ClientLink clients(ClientLink link, Place place) {
        return link;
    }

    default PeerLink peers(PeerLink link, Place place) {
        return link;
    }

    default KeyIndex index(KeyIndex index, Place place) {
        return index;
    }

    default NanoClock clock(NanoClock clock, Place place) {
        return clock;
    }

    /** Whether who waits for a lock looks, when it is his turn, if his own key is still there. */
    default boolean lockersLookForTheirOwnKey() {
        return true;
    }

    /** Whether those who number their writes tell the numbers. */
    default boolean writesAreNumbered() {
        return true;
    }

    /** Changes what rot leaves of a member's disk. */
    default void afterRot(SimDisk disk, Place place) {}

    /** Changes what a crash leaves on a member's disk, before the next start. */
    default void afterCrash(SimDisk disk, Place place) {}
}
