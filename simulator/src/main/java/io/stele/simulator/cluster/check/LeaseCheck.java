package io.stele.simulator.cluster.check;

import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.CommittedPrefix;
import io.stele.simulator.check.Reference;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The time of leases, by the only true clock. What they do to keys, and in which revision, the model knows; here it is
 * about when they end.
 *
 * <ul>
 *   <li>Never early: a lease does not expire before its time has passed since the request was sent to which the answer
 *       was that it lives; clocks that run too fast may shorten it by as much as they are wrong. While one member
 *       leads, the time for which its process stood still does not count.
 *   <li>Not too late: while a member leads that can commit, a lease that nobody renews ends within its time, counted
 *       from its last renewal, or from an election timeout after that member began to lead.
 *   <li>What it is said to have left is within these bounds.
 * </ul>
 */
public final class LeaseCheck {
    private static final long MS_NS = 1_000_000L;
    private static final long SECOND_NS = 1000 * MS_NS;

    /** Clocks and timers count in milliseconds. */
    private static final long GRAIN_NS = 2 * MS_NS;

    /** A request whose connection is gone may be carried out for so long. */
    private static final long LOST_NS = 12 * SECOND_NS;

    /** What it may take from the end of a lease's time to the end of the lease. */
    private static final long SLACK_NS = 2 * SECOND_NS;

    /** Who leads: the member's life and term, since when, and for how long its process has stood still in all. */
    public record Leader(int member, int life, long term, long sinceNs, long sleptNs) {}

    private static final class Lease {
        final long ttlNs;
        final long grantSentNs;
        boolean isLive;
        boolean isOver;

        /** When the last request was sent that was answered well, when the answer came, and who led then. */
        long promisedNs;

        long heardNs;

        /** As it was seen first after the answer: how long it had slept until then says nothing of this promise. */
        Leader promisedUnder;

        boolean isPromiseNew;

        /** Until when a renewal may have been carried out. */
        long touchedNs;

        Lease(long ttlNs, long nowNs) {
            this.ttlNs = ttlNs;
            grantSentNs = nowNs;
        }
    }

    private final NanoClock time;
    private final Reference model;
    private final Coverage coverage;
    private final double drift;
    private final long electionNs;
    private final Map<Long, Lease> leases = new TreeMap<>();
    private Leader leader;

    /** @param driftPpm how wrong clocks may be, in millionths */
    public LeaseCheck(NanoClock time, Reference model, Coverage coverage, long driftPpm, long electionNs) {
        this.time = time;
        this.model = model;
        this.coverage = coverage;
        this.electionNs = electionNs;
        drift = driftPpm / 1e6;
    }

    // What holders do

    public void onGrantSent(long leaseId, int ttl) {
        leases.put(leaseId, new Lease(ttl * SECOND_NS, time.nanoTime()));
    }

    /** From now on it may be gone at any time. */
    public void onRevokeSent(long leaseId) {
        leases.get(leaseId).promisedNs = Long.MIN_VALUE;
    }

    public void onRenewalSent(long leaseId) {
        touch(leaseId, time.nanoTime());
    }

    public void onRenewalUnderWay(long leaseId) {
        touch(leaseId, time.nanoTime());
    }

    /** Nobody will ever know what became of it. */
    public void onRenewalLost(long leaseId) {
        touch(leaseId, time.nanoTime() + LOST_NS);
    }

    private void touch(long leaseId, long untilNs) {
        Lease lease = leases.get(leaseId);
        lease.touchedNs = Math.max(lease.touchedNs, untilNs);
    }

    public boolean isLive(long leaseId) {
        return leases.get(leaseId).isLive;
    }

    public boolean isOver(long leaseId) {
        return leases.get(leaseId).isOver;
    }

    public boolean areAllOver() {
        return leases.values().stream().noneMatch(lease -> lease.isLive);
    }

    public static long leaseIdOfRenewal(byte[] request) {
        LeaseKeepAliveRequestDecoder d = new LeaseKeepAliveRequestDecoder();
        d.wrapAndApplyHeader(new UnsafeBuffer(request), 0, new MessageHeaderDecoder());
        return d.leaseId();
    }

    // What they hear

    public void onRenewed(byte[] answer, long sentNs) {
        LeaseKeepAliveReplyDecoder d = new LeaseKeepAliveReplyDecoder();
        d.wrapAndApplyHeader(new UnsafeBuffer(answer), 0, new MessageHeaderDecoder());
        Lease lease = leases.get(d.leaseId());
        touch(d.leaseId(), time.nanoTime());
        if (d.ttl() > 0) {
            coverage.note(Sometimes.LEASE_KEPT_ALIVE);
            promise(lease, sentNs);
        }
    }

    private void promise(Lease lease, long sentNs) {
        if (sentNs > lease.promisedNs && lease.promisedNs != Long.MIN_VALUE) {
            lease.promisedNs = sentNs;
            lease.heardNs = time.nanoTime();
            lease.promisedUnder = leader != null && leader.sinceNs < sentNs ? leader : null;
            lease.isPromiseNew = true;
        }
    }

    /** Any other answer; only that to the question for the time left is looked at. */
    public void onTimeToLive(byte[] answer, long sentNs) {
        UnsafeBuffer frame = new UnsafeBuffer(answer);
        if (RequestFrame.templateId(frame, 0) != LeaseTimeToLiveReplyDecoder.TEMPLATE_ID) {
            return;
        }
        LeaseTimeToLiveReplyDecoder d = new LeaseTimeToLiveReplyDecoder();
        d.wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
        Lease lease = leases.get(d.leaseId());
        if (d.ttl() < 0) {
            return; // whether it is gone the model knows
        }
        long mostNs = lease.ttlNs + electionNs + GRAIN_NS;
        long elapsedNs = lease.promisedNs == Long.MIN_VALUE ? lease.ttlNs : time.nanoTime() - lease.promisedNs;
        boolean wasPromisedThen = lease.heardNs <= sentNs;
        double leastNs = wasPromisedThen ? lease.ttlNs - elapsedNs * (1 + drift) - GRAIN_NS : 0;
        if (d.ttl() * SECOND_NS > mostNs || (d.ttl() + 1) * SECOND_NS < leastNs) {
            throw violation(
                    "time left", d.leaseId(), lease, d.ttl() + " s, at least " + leastNs / 1e9 + " s were left");
        }
        coverage.note(Sometimes.LEASE_TIME_ASKED);
    }

    // What happens to them

    /** An entry was applied by anybody for the first time, and the model has been stepped. */
    public void onApplied(CommittedPrefix.Applied entry) {
        if (leases.isEmpty() || entry.payload().length < MessageHeaderDecoder.ENCODED_LENGTH) {
            return;
        }
        UnsafeBuffer payload = new UnsafeBuffer(entry.payload());
        MessageHeaderDecoder header = new MessageHeaderDecoder();
        switch (RequestFrame.templateId(payload, 0)) {
            case LeaseGrantRequestDecoder.TEMPLATE_ID -> {
                LeaseGrantRequestDecoder d = new LeaseGrantRequestDecoder();
                onGranted(d.wrapAndApplyHeader(payload, 0, header).leaseId());
            }
            case LeaseRevokeRequestDecoder.TEMPLATE_ID -> {
                LeaseRevokeRequestDecoder d = new LeaseRevokeRequestDecoder();
                end(leases.get(d.wrapAndApplyHeader(payload, 0, header).leaseId()));
            }
            case LeaseExpireRequestDecoder.TEMPLATE_ID -> {
                LeaseExpireRequestDecoder d = new LeaseExpireRequestDecoder();
                d.wrapAndApplyHeader(payload, 0, header);
                onExpiry(d.leaseId(), entry.term());
            }
            default -> {
                // not about leases
            }
        }
    }

    private void onGranted(long leaseId) {
        Lease lease = leases.get(leaseId);
        if (lease != null && !lease.isOver && model.hasLease(leaseId)) {
            lease.isLive = true;
            lease.touchedNs = Math.max(lease.touchedNs, time.nanoTime() + SECOND_NS);
            promise(lease, lease.grantSentNs);
        }
    }

    private static void end(Lease lease) {
        if (lease != null) {
            lease.isLive = false;
            lease.isOver = true;
        }
    }

    private void onExpiry(long leaseId, long term) {
        Lease lease = leases.get(leaseId);
        if (lease == null || !lease.isLive || model.hasLease(leaseId)) {
            return;
        }
        end(lease);
        coverage.note(Sometimes.LEASE_EXPIRED);
        if (lease.promisedNs == Long.MIN_VALUE) {
            return;
        }
        long livedNs = time.nanoTime() - lease.promisedNs;
        if (isSame(lease.promisedUnder, leader)
                && leader.term == term
                && leader.sleptNs > lease.promisedUnder.sleptNs) {
            coverage.note(Sometimes.LEASE_SLEPT);
            livedNs -= leader.sleptNs - lease.promisedUnder.sleptNs;
        }
        if (livedNs < lease.ttlNs * (1 - drift) - GRAIN_NS) {
            throw violation("never early", leaseId, lease, "expired after " + livedNs / 1e9 + " s");
        }
    }

    /**
     * Who leads now, and whether all that it has is committed, so that nothing keeps it from ending a lease; called
     * again and again.
     */
    public void observe(Leader now, boolean isFree) {
        if (!isSame(leader, now)) {
            leader = now;
            return;
        }
        leader = new Leader(now.member, now.life, now.term, leader.sinceNs, now.sleptNs);
        for (Lease lease : leases.values()) {
            if (lease.isPromiseNew) {
                lease.isPromiseNew = false;
                lease.promisedUnder = isSame(lease.promisedUnder, leader) ? leader : null;
            }
        }
        if (isFree) {
            leases.forEach(this::checkNotLate);
        }
    }

    private static boolean isSame(Leader a, Leader b) {
        return a != null && b != null && a.member == b.member && a.life == b.life && a.term == b.term;
    }

    private void checkNotLate(long leaseId, Lease lease) {
        long nowNs = time.nanoTime();
        if (!lease.isLive) {
            return;
        }
        long beganNs = Math.max(leader.sinceNs + electionNs, lease.touchedNs);
        double livesNs = lease.ttlNs * (1 + 2 * drift);
        if (nowNs > beganNs + livesNs + leader.sleptNs + SLACK_NS + 2 * electionNs) {
            throw violation("not too late", leaseId, lease, "still lives under " + leader);
        }
    }

    private Violation violation(String check, long leaseId, Lease lease, String message) {
        long nowNs = time.nanoTime();
        return new Violation(
                "lease " + check,
                "lease " + leaseId + " of " + lease.ttlNs / SECOND_NS + " s, promised "
                        + seconds(nowNs, lease.promisedNs) + " s ago, last touched " + seconds(nowNs, lease.touchedNs)
                        + " s ago: " + message);
    }

    private static double seconds(long nowNs, long thenNs) {
        return (nowNs - thenNs) / 1e9;
    }
}
