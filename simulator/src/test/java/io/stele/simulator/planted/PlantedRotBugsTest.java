package io.stele.simulator.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.stele.simulator.Ports;
import io.stele.simulator.Verdict;
import io.stele.simulator.cluster.ClusterPorts;
import io.stele.simulator.cluster.ClusterSimulation;
import io.stele.storage.file.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** A disk that rots allows a member much, but not everything. */
class PlantedRotBugsTest {
    private static final int SEEDS_MAX = 60;

    /** Disks are lost in one of five clusters, and then mostly somebody is left who remembers all: it takes a while. */
    private static final long LOST_DISK_SEEDS_FROM = ClusterSimulation.FIRST_SEED_WITH_ALL + 95;

    private static final int LOST_DISK_SEEDS_MAX = 20;

    @Test
    void shouldFindThatEntriesAreForgottenWithoutBeingOwed() {
        Ports tail = PlantedDiskBugs.cutsTheTail();
        for (int i = 0; i < SEEDS_MAX; i++) {
            ClusterPorts ports = new ClusterPorts() {
                @Override
                public void afterRot(SimDisk disk, Place place) {
                    tail.afterCrash(disk);
                }
            };
            Verdict verdict = ClusterSimulation.run(ClusterSimulation.FIRST_SEED_WITH_ALL + i, ports, null);
            if (!verdict.isGood()) {
                assertEquals("rot", verdict.violation().check(), verdict.toString());
                return;
            }
        }
        fail("not found within " + SEEDS_MAX + " seeds");
    }

    @Test
    void shouldFindThatNobodyKnowsAMemberAgainThatLostItsDisk() {
        for (int i = 0; i < LOST_DISK_SEEDS_MAX; i++) {
            Verdict verdict = ClusterSimulation.run(LOST_DISK_SEEDS_FROM + i, PlantedPeerBugs.forgetsWhoWasMet(), null);
            if (!verdict.isGood()) {
                return;
            }
        }
        fail("not found within " + LOST_DISK_SEEDS_MAX + " seeds");
    }
}
