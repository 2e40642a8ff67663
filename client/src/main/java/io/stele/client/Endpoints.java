package io.stele.client;

import io.stele.client.ClientContext.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where servers are, as far as this client knows: those it was told of, and, of a cluster, those that its members say
 * there are. Says which one to try next: the leader, if it is known and has not just failed, else the one whose last
 * failure is longest ago, in turn.
 *
 * <p>What a member says counts unless another has spoken of a later term.
 */
final class Endpoints {
    /** So long an endpoint that has failed is not taken for the leader's, whatever the others still believe. */
    private static final long RECENT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int SUSPICIONS_MAX = 5;
    private static final long SUSPICION_LIFE_NS = TimeUnit.SECONDS.toNanos(2);

    private static final class Known {
        private final Endpoint endpoint;
        private final boolean isConfigured;
        private long memberId;
        private boolean hasFailed;
        private long failedNs;

        Known(Endpoint endpoint, boolean isConfigured, long memberId) {
            this.endpoint = endpoint;
            this.isConfigured = isConfigured;
            this.memberId = memberId;
        }
    }

    private final List<Known> all = new ArrayList<>();
    private int suspicionCount;
    private long suspicionNs;
    private long leaderId;
    private long term;

    Endpoints(List<Endpoint> configured) {
        for (Endpoint endpoint : configured) {
            all.add(new Known(endpoint, true, 0));
        }
    }

    synchronized int count() {
        return all.size();
    }

    /** The one to connect to; {@code turn} counts the attempts of one place for a connection. */
    synchronized Endpoint next(int turn, long nowNs) {
        Endpoint leader = leader(nowNs);
        if (leader != null) {
            return leader;
        }
        Known best = null;
        for (int i = 0; i < all.size(); i++) {
            Known known = all.get(Math.floorMod(turn + i, all.size()));
            if (best == null || isBetter(known, best)) {
                best = known;
            }
        }
        return best.endpoint;
    }

    private static boolean isBetter(Known known, Known than) {
        if (!known.hasFailed || !than.hasFailed) {
            return !known.hasFailed && than.hasFailed;
        }
        return known.failedNs - than.failedNs < 0;
    }

    /** Where the leader is; null if that is not known, or it has just failed there. */
    synchronized Endpoint leader(long nowNs) {
        if (leaderId == 0) {
            return null;
        }
        for (Known known : all) {
            boolean hasJustFailed = known.hasFailed && nowNs - known.failedNs < RECENT_NS;
            if (known.memberId == leaderId && !hasJustFailed) {
                return known.endpoint;
            }
        }
        return null;
    }

    synchronized boolean isLeader(long memberId) {
        return memberId == leaderId;
    }

    /** A member has answered there. */
    synchronized void connected(Endpoint endpoint, long memberId) {
        Known known = find(endpoint);
        if (known != null) {
            known.memberId = memberId;
            known.hasFailed = false;
        }
    }

    /** There is no connection there, or it is of no use. */
    synchronized void failed(Endpoint endpoint, long nowNs) {
        Known known = find(endpoint);
        if (known != null) {
            known.hasFailed = true;
            known.failedNs = nowNs;
        }
    }

    /** A server was left because it was silent. Slow ones must not be left again and again. */
    synchronized void onSuspicion(long nowNs) {
        suspicionCount = Math.min(suspicionCount(nowNs) + 1, SUSPICIONS_MAX);
        suspicionNs = nowNs;
    }

    /** How long a server may be silent: longer after suspicions, as before when there were none for some time. */
    synchronized long patienceNs(long leastNs, long nowNs) {
        return leastNs << Math.max(0, suspicionCount(nowNs) - 1);
    }

    private int suspicionCount(long nowNs) {
        return suspicionCount == 0 ? 0 : (int) Math.max(0, suspicionCount - (nowNs - suspicionNs) / SUSPICION_LIFE_NS);
    }

    /** What a member knows of the cluster. */
    synchronized void learn(List<Member> members, long newLeaderId, long newTerm) {
        if (newTerm < term) {
            return;
        }
        term = newTerm;
        leaderId = newLeaderId;
        Map<Endpoint, Long> told = new LinkedHashMap<>();
        for (Member member : members) {
            for (String url : member.clientUrls()) {
                tell(url, member.id(), told);
            }
        }
        all.removeIf(known -> !known.isConfigured && !told.containsKey(known.endpoint));
        told.forEach(this::add);
    }

    private static void tell(String url, long memberId, Map<Endpoint, Long> told) {
        try {
            told.put(Endpoint.parse(url), memberId);
        } catch (IllegalArgumentException e) {
            // an address for others than us
        }
    }

    /** What a member calls itself need not be what it is called here: an address that we were given goes first. */
    private void add(Endpoint endpoint, long memberId) {
        Known known = find(endpoint);
        if (known != null) {
            known.memberId = memberId;
        } else if (all.stream().noneMatch(other -> other.memberId == memberId && !other.hasFailed)) {
            all.add(new Known(endpoint, false, memberId));
        }
    }

    private Known find(Endpoint endpoint) {
        for (Known known : all) {
            if (known.endpoint.equals(endpoint)) {
                return known;
            }
        }
        return null;
    }
}
