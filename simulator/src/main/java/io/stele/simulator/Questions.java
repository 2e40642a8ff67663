package io.stele.simulator;

import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.RequestWriter;
import io.stele.simulator.workload.Session;

/** Requests that together ask for all that a node holds. */
public final class Questions {
    private Questions() {}

    /** Asks a node for everything; the answers are checked like any other. */
    public static void ask(World world) {
        Session session = world.session(0);
        long revision = world.revision();
        world.send(session, id -> everything(id, 0));
        world.send(session, id -> everything(id, Math.max(1, revision - 1)));
        world.send(session, id -> everything(id, Math.max(1, revision / 2)));
        world.send(session, Questions::leases);
    }

    private static Call everything(long correlationId, long revision) {
        return new Call(
                correlationId,
                new RequestWriter().everything(correlationId, revision).take(),
                "everything at revision " + revision);
    }

    private static Call leases(long correlationId) {
        return new Call(correlationId, new RequestWriter().leases(correlationId).take(), "list leases");
    }
}
