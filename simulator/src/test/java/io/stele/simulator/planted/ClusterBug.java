package io.stele.simulator.planted;

import io.stele.index.KeyIndex;
import io.stele.simulator.Ports;
import io.stele.simulator.cluster.ClusterPorts;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.transport.client.ClientLink;
import java.util.function.Supplier;

/**
 * A bug of members that the simulator of clusters has to find.
 *
 * @param seedsMax seeds within which it is found
 * @param ports made anew for each seed
 */
record ClusterBug(String name, int seedsMax, Supplier<ClusterPorts> ports) {
    /** One member has what a single node can have. */
    static ClusterPorts inOneMember(Ports ports) {
        return in(1, ports);
    }

    /** All members have it. */
    static ClusterPorts inAll(Ports ports) {
        return in(Integer.MAX_VALUE, ports);
    }

    private static ClusterPorts in(int count, Ports ports) {
        return new ClusterPorts() {
            @Override
            public FileStore files(FileStore files, Place place) {
                return place.member() < count ? ports.files(files, place.life()) : files;
            }

            @Override
            public ClientLink clients(ClientLink link, Place place) {
                return place.member() < count ? ports.clients(link) : link;
            }

            @Override
            public KeyIndex index(KeyIndex index, Place place) {
                return place.member() < count ? ports.index(index) : index;
            }

            @Override
            public void afterCrash(SimDisk disk, Place place) {
                if (place.member() < count) {
                    ports.afterCrash(disk);
                }
            }
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
