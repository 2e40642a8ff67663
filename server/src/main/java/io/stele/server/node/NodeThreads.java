package io.stele.server.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Runs a node's agents on threads of their own, and stops everything when one of them fails. */
public final class NodeThreads implements AutoCloseable {
    /** How long an agent stays awake without work: about as long as a force and its wake-up take. */
    public static final long YIELD_NS = TimeUnit.MICROSECONDS.toNanos(150);

    private static final long BACKGROUND_YIELD_NS = 0;
    private static final long SLEEP_NS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<AgentRunner> runners = new ArrayList<>();
    private final FailStop failStop;

    /**
     * Starts the threads.
     *
     * @param nodeIdle how the node's agent waits; it also knows how to be woken
     * @param dedicated whether the forcing agent has a core to spin on
     */
    public <T extends IdleStrategy & Wakeable> NodeThreads(
            Node node, T nodeIdle, boolean dedicated, FailStop failStop) {
        this.failStop = failStop;
        ParkingIdleStrategy syncIdle = new ParkingIdleStrategy(YIELD_NS, SLEEP_NS_MAX);
        PacedIdleStrategy checkpointIdle =
                new PacedIdleStrategy(new ParkingIdleStrategy(BACKGROUND_YIELD_NS, SLEEP_NS_MAX));
        ParkingIdleStrategy spaceIdle = new ParkingIdleStrategy(BACKGROUND_YIELD_NS, SLEEP_NS_MAX);
        node.wakers(nodeIdle, dedicated ? Wakeable.NEVER_ASLEEP : syncIdle, checkpointIdle, spaceIdle);
        start(node.syncAgent(), dedicated ? new BusySpinIdleStrategy() : syncIdle);
        start(node.checkpointAgent(), checkpointIdle);
        start(node.spaceAgent(), spaceIdle);
        start(node.nodeAgent(), nodeIdle);
    }

    private void start(Agent agent, IdleStrategy idle) {
        AgentRunner runner = new AgentRunner(idle, e -> failStop.stop(agent.roleName(), e), null, guard(agent));
        runners.add(runner);
        AgentRunner.startOnThread(runner);
    }

    /** An agent that failed may not run again: what it left half done would go on from there. */
    private Agent guard(Agent agent) {
        return new Agent() {
            @Override
            public void onStart() {
                agent.onStart();
            }

            @Override
            public int doWork() {
                try {
                    return agent.doWork();
                } catch (Exception | Error e) {
                    failStop.stop(agent.roleName(), e);
                    throw new AgentTerminationException(e);
                }
            }

            @Override
            public void onClose() {
                agent.onClose();
            }

            @Override
            public String roleName() {
                return agent.roleName();
            }
        };
    }

    /** Stops the threads, the node's first, so that nothing new is asked of the others. */
    @Override
    public void close() {
        List<AgentRunner> nodeFirst = new ArrayList<>();
        for (int i = runners.size() - 1; i >= 0; i--) {
            nodeFirst.add(runners.get(i));
        }
        CloseHelper.closeAll(nodeFirst);
    }
}
