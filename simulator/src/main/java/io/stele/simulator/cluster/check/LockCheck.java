package io.stele.simulator.cluster.check;

import io.stele.simulator.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * A lock excludes others in this sense: whoever gets it has a higher token than all who had it before it asked. So what
 * the lock is for can refuse those who do not know yet that they have lost it; who gets it can never be one of them.
 */
public final class LockCheck {
    private record Taken(long leaseId, long token, long returnedNs) {}

    private final List<Taken> history = new ArrayList<>();

    /** Somebody has the lock, by what he asked then and was answered now. */
    public void onTaken(long leaseId, long token, long askedNs, long returnedNs) {
        for (Taken before : history) {
            if (before.returnedNs < askedNs && before.token >= token) {
                throw new Violation(
                        "lock",
                        "lease " + leaseId + " has the lock with token " + token + ", which lease " + before.leaseId
                                + " had with token " + before.token + " before");
            }
        }
        history.add(new Taken(leaseId, token, returnedNs));
    }
}
