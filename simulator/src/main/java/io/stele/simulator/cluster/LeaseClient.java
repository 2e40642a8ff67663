package io.stele.simulator.cluster;

import io.stele.simulator.Decision;
import io.stele.simulator.Sometimes;
import io.stele.simulator.check.Answer;
import io.stele.simulator.cluster.check.LeaseCheck;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.LeaseOptions;
import io.stele.simulator.workload.RequestWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * One who holds leases, one after the other: has one granted, hangs keys on it, keeps it alive for as long as it
 * pleases, and asks what it has left. In the end revokes it, or keeps it alive no more.
 */
final class LeaseClient {
    private static final int FIRST_NUMBER = 200;
    private static final long FIRST_LEASE_ID = 1L << 32;
    private static final int KEYS_OF_ONE = 3;

    private enum State {
        /** Has none, and asks for one. */
        NONE,
        /** Has asked for one. */
        ASKED,
        /** Keeps one alive. */
        KEPT,
        /** Waits for its end. */
        NEGLECTED
    }

    private final ClusterWorld world;
    private final int number;
    private final LeaseOptions options;
    private final LeaseCheck check;
    private final SplittableRandom random;
    private final ClusterClient client;
    private final int place;
    private final List<Call> renewals = new ArrayList<>();
    private State state = State.NONE;
    private long leaseId;
    private long leaseCount;
    private int ttl;
    private Call grant;

    /** Its wish for the lock, with the lease that it has; null: it does not want it. */
    private Locker locker;

    private long nextRenewalNs;
    private boolean isSettled;

    LeaseClient(ClusterWorld world, int number) {
        this.world = world;
        this.number = number;
        options = world.options.leases;
        check = world.leases;
        random = world.dice.stream(Decision.LEASE, number, 0);
        client = new ClusterClient(world, FIRST_NUMBER + number);
        client.stop();
        client.listener(this::onAnswered);
        place = world.agenda.add(this::turn);
        world.agenda.set(place, world.time.nanoTime() + ClusterOptions.around(random, options.thinkNs));
    }

    /** Asks for nothing more. */
    void settle() {
        isSettled = true;
    }

    boolean isQuiet() {
        return client.isQuiet();
    }

    private void turn() {
        long nowNs = world.time.nanoTime();
        world.agenda.set(place, nowNs + ClusterOptions.around(random, options.thinkNs));
        noteLostRenewals();
        if (isSettled) {
            return;
        }
        if (client.member() == null) {
            List<SimMember> up = world.up();
            if (up.isEmpty()) {
                return;
            }
            client.connect(up.get(random.nextInt(up.size())));
        }
        switch (state) {
            case NONE -> grant();
            case ASKED -> onAsked();
            case KEPT -> keep(nowNs);
            case NEGLECTED -> {
                lock();
                if (check.isOver(leaseId) && random.nextInt(4) == 0) {
                    state = State.NONE;
                } else if (random.nextInt(8) == 0) {
                    timeToLive();
                }
            }
        }
    }

    private void grant() {
        leaseId = FIRST_LEASE_ID * (number + 1) + ++leaseCount;
        ttl = LeaseOptions.ttl(random);
        check.onGrantSent(leaseId, ttl);
        grant = send(
                id -> new RequestWriter().grant(id, leaseId, ttl).take(), "grant lease " + leaseId + " for " + ttl);
        state = State.ASKED;
    }

    private void onAsked() {
        if (grant.outcome == Call.Outcome.ANSWERED && check.isLive(leaseId)) {
            state = State.KEPT;
            locker = random.nextBoolean() ? null : new Locker(world, client, leaseId);
            nextRenewalNs = world.time.nanoTime();
        } else if (grant.outcome != Call.Outcome.WAITING) {
            state = State.NONE; // if it comes to be nevertheless, it ends by itself
        }
    }

    private void keep(long nowNs) {
        if (check.isOver(leaseId)) {
            world.coverage.note(Sometimes.LEASE_LOST);
            state = State.NONE;
            return;
        }
        if (nowNs >= nextRenewalNs) {
            nextRenewalNs = nowNs + ttl * SimTime.SECOND_NS / 4;
            renew();
        }
        switch (random.nextInt(4)) {
            case 0 -> put();
            case 1 -> timeToLive();
            case 2 -> lock();
            default -> {
                // not always something else
            }
        }
        if (options.revokeOneIn > 0 && random.nextInt(options.revokeOneIn) == 0) {
            check.onRevokeSent(leaseId);
            send(id -> new RequestWriter().revoke(id, leaseId).take(), "revoke lease " + leaseId);
            state = State.NEGLECTED;
        } else if (random.nextInt(options.neglectOneIn) == 0) {
            state = State.NEGLECTED;
        }
    }

    private void lock() {
        if (locker != null) {
            locker.step(random.nextInt(4) == 0);
        }
    }

    private void renew() {
        check.onRenewalSent(leaseId);
        renewals.add(send(id -> new RequestWriter().keepAlive(id, leaseId).take(), "keep lease " + leaseId + " alive"));
    }

    private void put() {
        byte[] key = ("lease/" + number + "/" + random.nextInt(KEYS_OF_ONE)).getBytes(StandardCharsets.US_ASCII);
        byte[] value = new byte[random.nextInt(20)];
        send(id -> new RequestWriter().put(id, key, value, leaseId, 0).take(), "put with lease " + leaseId);
    }

    private void timeToLive() {
        boolean withKeys = random.nextBoolean();
        send(id -> new RequestWriter().timeToLive(id, leaseId, withKeys).take(), "time to live of lease " + leaseId);
    }

    private Call send(LongFunction<byte[]> request, String text) {
        return client.send(id -> new Call(id, request.apply(id), text));
    }

    private void onAnswered(Call call) {
        if (locker != null) {
            locker.onAnswered(call);
        }
        byte[] frame = call.frames.get(0);
        boolean isRenewal = renewals.remove(call);
        if (Answer.errorText(frame) != null) {
            if (isRenewal) {
                check.onRenewalLost(leaseIdOf(call));
            }
            if (call.wasRefused && random.nextBoolean()) {
                client.cut();
            }
        } else if (isRenewal) {
            check.onRenewed(frame, call.invokedNs);
        } else {
            check.onTimeToLive(frame, call.invokedNs);
        }
    }

    /** What became of them nobody knows: they may still be on their way. */
    private void noteLostRenewals() {
        for (int i = renewals.size() - 1; i >= 0; i--) {
            Call call = renewals.get(i);
            if (call.outcome == Call.Outcome.UNKNOWN) {
                renewals.remove(i);
                check.onRenewalLost(leaseIdOf(call));
            } else {
                check.onRenewalUnderWay(leaseIdOf(call));
            }
        }
    }

    private static long leaseIdOf(Call call) {
        return LeaseCheck.leaseIdOfRenewal(call.request);
    }
}
