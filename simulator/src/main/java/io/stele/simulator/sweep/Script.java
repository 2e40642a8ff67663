package io.stele.simulator.sweep;

import io.stele.simulator.NodeSettings;
import java.util.List;
import java.util.function.Consumer;

/**
 * A short story that a node and its clients live through, always in the same order. A sweep tells it again for each
 * call of the disk port, with harm done at that call; the story then goes on with its next command.
 *
 * @param settings geometry of the node
 */
public record Script(String name, NodeSettings settings, List<Consumer<Actor>> commands) {
    @Override
    public String toString() {
        return name;
    }
}
