package io.stele.client.cli;

import java.util.Map;

/** What surrounds a run of the command line; tests put other things here. */
record CliContext(Map<String, String> environment, Console console, Store.Connector connector, Pause pause) {
    /** Waits. */
    @FunctionalInterface
    interface Pause {
        void forNs(long ns);
    }
}
