package io.stele.perf.load;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One operation under way at a time, again and again. In a closed loop whoever completes an operation starts the next,
 * so no thread is woken for it; in an open loop the pacer starts it and a completed slot goes back to the pacer.
 *
 * <p>A completion may come before the call that started the operation returns, on the same or on another thread. The
 * state decides who goes on: the starter where the reply was first, else the completing thread. That also keeps a
 * target that answers within the call from recursing.
 */
final class Slot implements Completion {
    private static final int IDLE = 0;
    private static final int STARTING = 1;
    private static final int UNDER_WAY = 2;
    private static final int ANSWERED = 3;

    /** Replies within the call after which a slot yields to others: a real store never gets there. */
    private static final int INLINE_REPLIES_MAX = 256;

    private static final int READ_LANE = 0;
    private static final int MIXED_WRITE_LANE = 1;

    private final PhaseRun run;
    private final Phase phase;
    private final Session session;
    private final LatencyRecorder recorder;
    private final byte[] key;
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private long random;

    private int lane;
    private long dueNs;
    private long sentNs;
    private boolean failed;
    private Object attachment;

    // Read when the phase is over.
    private long lastReplyNs = Long.MIN_VALUE;
    private long keyCount;
    private long byteCount;
    private long emptyCount;

    Slot(PhaseRun run, int number, Session session, LatencyRecorder recorder) {
        this.run = run;
        this.phase = run.phase();
        this.session = session;
        this.recorder = recorder;
        this.key = phase.keys().newKey();
        this.random = phase.seed() * 0x9E3779B97F4A7C15L + number;
    }

    /** Closed loop: operation after operation until the phase has enough, or one is under way. */
    void drive() {
        int inlineReplies = 0;
        for (long ticket = run.claim(); ticket != PhaseRun.NO_TICKET; ticket = run.claim()) {
            start(ticket, System.nanoTime());
            if (state.compareAndSet(STARTING, UNDER_WAY)) {
                return;
            }
            state.set(IDLE);
            if (failed || ++inlineReplies > INLINE_REPLIES_MAX) {
                run.park(this);
                return;
            }
        }
        run.retire();
    }

    /** Open loop: one operation, due at a time that may have passed. */
    void startDue(long ticket, long whenNs) {
        start(ticket, whenNs);
        if (!state.compareAndSet(STARTING, UNDER_WAY)) {
            state.set(IDLE);
            run.release(this);
        }
    }

    private void start(long ticket, long whenNs) {
        dueNs = whenNs;
        failed = false;
        if (!state.compareAndSet(IDLE, STARTING)) {
            throw new IllegalStateException("an operation is under way");
        }
        sentNs = phase.openLoop() ? System.nanoTime() : whenNs;
        try {
            send(ticket);
        } catch (RuntimeException e) {
            onFailure(e.toString());
        }
    }

    private void send(long ticket) {
        KeySpace keys = phase.keys();
        long drawn = nextRandom();
        keys.number(
                key, phase.sequential() ? ticket % keys.keyCount() : Long.remainderUnsigned(drawn, keys.keyCount()));
        int valueOffset = keys.valueOffset(drawn >>> 20);
        lane = READ_LANE;
        switch (phase.scenario()) {
            case PUT -> session.put(key, keys.values(), valueOffset, keys.valueLength(), this);
            case RANGE -> session.get(key, phase.serializable(), this);
            case TXN -> session.txn(key, keys.values(), valueOffset, keys.valueLength(), this);
            case DELETE -> session.delete(key, this);
            case LIST -> session.list(keys.from(), keys.to(), phase.listLimit(), phase.serializable(), this);
            case MIXED -> {
                if ((drawn >>> 11) * 0x1.0p-53 < phase.readRatio()) {
                    session.get(key, phase.serializable(), this);
                } else {
                    lane = MIXED_WRITE_LANE;
                    session.put(key, keys.values(), valueOffset, keys.valueLength(), this);
                }
            }
        }
    }

    /** SplitMix64. */
    private long nextRandom() {
        random += 0x9E3779B97F4A7C15L;
        long z = random;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public void onSuccess(long replyKeyCount, long bytes) {
        long nowNs = System.nanoTime();
        recorder.record(lane, nowNs - dueNs);
        if (phase.openLoop()) {
            recorder.record(phase.lanes().size(), nowNs - sentNs);
        }
        lastReplyNs = nowNs;
        keyCount += replyKeyCount;
        byteCount += bytes;
        if (replyKeyCount == 0) {
            emptyCount++;
        }
        answered();
    }

    @Override
    public void onFailure(String reason) {
        lastReplyNs = System.nanoTime();
        failed = true;
        run.errors().add(reason);
        answered();
    }

    private void answered() {
        if (state.compareAndSet(STARTING, ANSWERED)) {
            return; // whoever is starting it goes on
        }
        if (!state.compareAndSet(UNDER_WAY, IDLE)) {
            run.errors().add("completed more than once");
        } else if (phase.openLoop()) {
            run.release(this);
        } else if (failed) {
            run.park(this);
        } else {
            drive();
        }
    }

    @Override
    public Object attachment() {
        return attachment;
    }

    @Override
    public void attach(Object newAttachment) {
        attachment = newAttachment;
    }

    long lastReplyNs() {
        return lastReplyNs;
    }

    long keyCount() {
        return keyCount;
    }

    long byteCount() {
        return byteCount;
    }

    long emptyCount() {
        return emptyCount;
    }
}
