package io.stele.server.node;

import io.stele.consensus.Raft;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says who leads, and since when nobody does: what an operator looks for first when writes have stood still. */
final class LeadershipLog {
    private static final Logger LOG = LoggerFactory.getLogger(LeadershipLog.class);

    private final Raft raft;
    private long leaderId;
    private long term;

    LeadershipLog(Raft raft) {
        this.raft = raft;
    }

    /** Role, term or leader are different. */
    void onChange() {
        long newLeaderId = raft.leaderId();
        if (newLeaderId == leaderId && (newLeaderId == 0 || raft.term() == term)) {
            return;
        }
        if (newLeaderId == 0) {
            LOG.info("member {}, which led in term {}, is heard no longer", Long.toHexString(leaderId), term);
        } else if (newLeaderId == raft.memberId()) {
            LOG.info("this member leads in term {}", raft.term());
        } else {
            LOG.info("member {} leads in term {}", Long.toHexString(newLeaderId), raft.term());
        }
        leaderId = newLeaderId;
        term = raft.term();
    }
}
