package io.stele.perf.fencing;

import io.stele.client.Bytes;
import io.stele.client.SteleClient;
import io.stele.client.recipes.LeaseSession;
import io.stele.client.recipes.Mutex;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The process that stands still: takes locks, each on a lease of its own that it keeps alive, writes what they protect,
 * waits for a word, and writes again at once. A holder that has just looked whether it holds its lock and is stopped
 * before it writes does the same: there is nothing more that it could look at.
 *
 * <pre>
 *   it says   held RUN TOKEN                              for each lock
 *   it hears  write                                       while it stands still: the first that it finds when it wakes
 *   it says   late RUN TOKEN BELIEVED GUARDED UNGUARDED   true or false for each: told that its lease lives; written
 * </pre>
 */
public final class LockHolder {
    static final String HELD = "held";
    static final String WRITE = "write";
    static final String LATE = "late";
    static final String ON_TIME = "the holder, on time";
    static final String TOO_LATE = "the holder, too late";

    private final FencedKeys keys;
    private final long ttlSeconds;
    private final List<LeaseSession> sessions = new ArrayList<>();

    private LockHolder(FencedKeys keys, long ttlSeconds) {
        this.keys = keys;
        this.ttlSeconds = ttlSeconds;
    }

    /** Arguments: endpoints, prefix of the keys, seconds of the leases, first run, number of runs. */
    public static void main(String[] arguments) throws IOException {
        try (SteleClient client = FencedKeys.connect(arguments[0])) {
            LockHolder holder = new LockHolder(new FencedKeys(client, arguments[1]), Long.parseLong(arguments[2]));
            holder.run(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
        }
    }

    private void run(int first, int count) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<Mutex.Held> held = holdAll(first, count);
        for (int i = 0; i < count; i++) {
            System.out.println(HELD + " " + (first + i) + " " + held.get(i).revision());
        }
        if (!WRITE.equals(in.readLine())) {
            return; // the harness is gone
        }
        for (String line : inOrder(count, i -> writeLate(first + i, sessions.get(i), held.get(i)))) {
            System.out.println(line);
        }
    }

    private List<Mutex.Held> holdAll(int first, int count) {
        sessions.addAll(inOrder(count, i -> LeaseSession.open(keys.client(), ttlSeconds)));
        return inOrder(count, i -> hold(first + i, sessions.get(i)));
    }

    private CompletableFuture<Mutex.Held> hold(int run, LeaseSession session) {
        return new Mutex(session, keys.lock(run))
                .lock()
                .thenCompose(held -> keys.writeGuarded(run, held, Bytes.of(ON_TIME))
                        .thenCombine(keys.writeUnguarded(run, Bytes.of(ON_TIME)), (guarded, unguarded) -> {
                            if (!guarded) {
                                throw new IllegalStateException(
                                        "the lock of run " + run + " was lost before the pause");
                            }
                            return held;
                        }));
    }

    private CompletableFuture<String> writeLate(int run, LeaseSession session, Mutex.Held held) {
        boolean believed = session.isLive();
        Bytes content = Bytes.of(TOO_LATE);
        return keys.writeGuarded(run, held, content)
                .thenCombine(
                        keys.writeUnguarded(run, content),
                        (guarded, unguarded) -> LATE + " " + run + " " + held.revision() + " " + believed + " "
                                + guarded + " " + unguarded);
    }

    private interface Step<T> {
        CompletableFuture<T> begin(int number);
    }

    /** Begins all, then waits for each. */
    private static <T> List<T> inOrder(int count, Step<T> step) {
        List<CompletableFuture<T>> begun = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            begun.add(step.begin(i));
        }
        return begun.stream().map(CompletableFuture::join).toList();
    }
}
