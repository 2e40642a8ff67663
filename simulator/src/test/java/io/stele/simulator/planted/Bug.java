package io.stele.simulator.planted;

import io.stele.simulator.Ports;

/**
 * A bug that the simulator has to find.
 *
 * @param seedsMax seeds within which it is found
 */
record Bug(String name, int seedsMax, Ports ports) {
    @Override
    public String toString() {
        return name;
    }
}
