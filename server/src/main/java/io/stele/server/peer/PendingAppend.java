package io.stele.server.peer;

import io.stele.consensus.Message;

/** An append that the core has asked for, as long as it is not on the wire: its entries stay in the log. */
public final class PendingAppend {
    long term;
    long logIndex;
    long logTerm;
    long commit;
    long round;
    int entryCount;
    boolean flag;

    /** Takes over what the core's message says. */
    public PendingAppend set(Message message) {
        term = message.term();
        logIndex = message.logIndex();
        logTerm = message.logTerm();
        commit = message.commit();
        round = message.round();
        entryCount = message.entryCount();
        flag = message.flag();
        return this;
    }

    public long term() {
        return term;
    }
}
