package io.stele.client.cli;

import java.util.concurrent.CompletableFuture;

/** A lock or the lead, wanted and then had, until it is released or the session behind it is lost. */
interface Claim {
    /** Waits for its turn; the key that stands for it, as it is then. */
    Reply.Range await();

    /** Completes when the session is lost. */
    CompletableFuture<String> lost();

    /** Gives up what it has, or its place in the queue. */
    void release();
}
