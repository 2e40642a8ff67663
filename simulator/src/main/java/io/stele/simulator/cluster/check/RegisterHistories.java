package io.stele.simulator.cluster.check;

import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.cluster.check.Linearizability.Event;
import io.stele.simulator.cluster.check.Linearizability.Kind;
import io.stele.simulator.cluster.check.Linearizability.Result;
import io.stele.simulator.model.SingleKey;
import io.stele.simulator.workload.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The black-box check: what clients have seen of single keys, by the clock alone. Runs in which keys are changed
 * only by puts and deletions are looked at; each key is a register of its own, so each has a history of its own.
 */
public final class RegisterHistories {
    private static final int EVENTS_MAX = 400;
    private static final int STEPS_MAX = 200_000;

    private final TreeMap<byte[], List<Event>> histories = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Call> removals = new ArrayList<>();
    private boolean isMixed;

    /** Takes a call as its client saw it; calls are to be given in the order of their ids. */
    public void add(Call call) {
        SingleKey seen = SingleKey.of(call.request);
        boolean isAnswered = call.outcome == Call.Outcome.ANSWERED;
        // An error that says so, or one of the keys' own: nothing was changed.
        boolean isRefused = call.hasNoEffect || (isAnswered && Answer.errorText(call.frames.get(0)) != null);
        if (isRefused) {
            return;
        }
        long returnedNs = isAnswered ? call.returnedNs : Long.MAX_VALUE;
        switch (seen.kind()) {
            case GET -> {
                if (isAnswered) {
                    byte[] value = SingleKey.shown(Answer.canonical(call.frames));
                    history(seen.key()).add(new Event(Kind.READ, value, call.invokedNs, returnedNs));
                }
            }
            case PUT -> history(seen.key()).add(new Event(Kind.WRITE, seen.value(), call.invokedNs, returnedNs));
            case DELETE -> removals.add(call);
            case OTHER -> isMixed = true;
            case NEUTRAL -> {}
        }
    }

    /** A removal of many keys is one of each: less than was promised, but nothing that was not. */
    private void spreadRemovals() {
        for (Call call : removals) {
            SingleKey seen = SingleKey.of(call.request);
            long returnedNs = call.outcome == Call.Outcome.ANSWERED ? call.returnedNs : Long.MAX_VALUE;
            for (byte[] key : histories.keySet()) {
                if (covers(seen, key)) {
                    history(key).add(new Event(Kind.WRITE, null, call.invokedNs, returnedNs));
                }
            }
        }
        removals.clear();
    }

    private static boolean covers(SingleKey removal, byte[] key) {
        byte[] end = removal.end();
        if (end.length == 0) {
            return Arrays.equals(removal.key(), key);
        }
        boolean isOpen = end.length == 1 && end[0] == 0;
        return Arrays.compareUnsigned(removal.key(), key) <= 0 && (isOpen || Arrays.compareUnsigned(key, end) < 0);
    }

    private List<Event> history(byte[] key) {
        return histories.computeIfAbsent(key, unused -> new ArrayList<>());
    }

    /** Looks at all of them; returns how many were decided. */
    public int check() {
        spreadRemovals();
        int decided = 0;
        for (var history : histories.entrySet()) {
            List<Event> events = history.getValue();
            if (isMixed || events.size() > EVENTS_MAX) {
                continue;
            }
            Result result = Linearizability.check(events, STEPS_MAX);
            if (result == Result.NOT_LINEARIZABLE) {
                throw new Violation(
                        "linearizability", "no order explains what " + events.size() + " calls have seen of one key");
            }
            decided += result == Result.LINEARIZABLE ? 1 : 0;
        }
        return decided;
    }
}
