package io.stele.simulator;

import io.stele.index.KeyIndex;
import io.stele.storage.file.FileStore;
import io.stele.transport.client.ClientLink;

/**
 * What stands between the node and its world. Tests put a planted bug here, to see that the checks find it; everyone
 * else uses {@link #HONEST}.
 */
public interface Ports {
    Ports HONEST = new Ports() {};

    /** A port for one life of the node; {@code life} counts from 1. */
    default FileStore files(FileStore files, int life) {
        return files;
    }

    default ClientLink clients(ClientLink link) {
        return link;
    }

    default KeyIndex index(KeyIndex index) {
        return index;
    }

    /** Changes what a crash leaves, before the next start. */
    default void afterCrash(io.stele.storage.file.sim.SimDisk disk) {}
}
