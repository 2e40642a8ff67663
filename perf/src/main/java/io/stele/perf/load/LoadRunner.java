package io.stele.perf.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Connections to one target, and phases of load run over them one after the other. */
public final class LoadRunner implements AutoCloseable {
    private static final long CONNECT_MAX_MS = 5_000;
    private static final long ANSWER_MAX_MS = 30_000;

    private final List<Session> sessions = new ArrayList<>();

    public LoadRunner(Target target, int connections) {
        try {
            for (int i = 0; i < connections; i++) {
                sessions.add(target.connect());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    public PhaseResult run(Phase phase, PhaseListener listener) throws InterruptedException {
        return new PhaseRun(phase, sessions, listener).run();
    }

    /** Keys that are there already. */
    public long count(KeySpace keys) {
        Await reply = new Await();
        sessions.get(0).count(keys.from(), keys.to(), reply);
        return reply.keyCount(ANSWER_MAX_MS);
    }

    /** Opens what a first request would open, so that no run pays for it. */
    public void connect(KeySpace keys) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MAX_MS);
        for (Session session : sessions) {
            while (!answers(session, keys, endNs)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private static boolean answers(Session session, KeySpace keys, long endNs) {
        Await reply = new Await();
        session.get(keys.newKey(), true, reply);
        try {
            reply.keyCount(ANSWER_MAX_MS);
            return true;
        } catch (BenchException e) {
            if (System.nanoTime() < endNs) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
    }
}
