package io.stele.server.node;

import io.stele.server.machine.ReplyEncoder;

/** How far a read that asks for timings has come, in ns of the node's clock; empty for one that does not ask. */
final class StageTimes {
    private long receivedNs;
    private long takenNs;
    private long confirmedNs;
    private long executedNs;

    /** @param received 0: nobody asks */
    void set(long received, long taken, long confirmed) {
        receivedNs = received;
        takenNs = taken;
        confirmedNs = confirmed;
        executedNs = 0;
    }

    void set(StageTimes other) {
        set(other.receivedNs, other.takenNs, other.confirmedNs);
        executedNs = other.executedNs;
    }

    boolean areWanted() {
        return receivedNs != 0;
    }

    /** The reply, or its first slice, has been made; the first call counts. */
    void onExecuted(long nowNs) {
        if (executedNs == 0) {
            executedNs = nowNs;
        }
    }

    /** Ends the reply, which is about to be sent, with these times. */
    void end(ReplyEncoder reply, long nowNs) {
        reply.timings(takenNs - receivedNs, confirmedNs - takenNs, executedNs - confirmedNs, nowNs - executedNs);
    }
}
