package io.stele.gateway.v2;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What this member's clients did in the tree of version 2; from any thread. */
final class KeysStats {
    /** In etcd's order and words. */
    private static final Map<Action, String> NAMES = new EnumMap<>(Map.of(
            Action.GET, "gets",
            Action.SET, "sets",
            Action.CREATE, "create",
            Action.UPDATE, "update",
            Action.DELETE, "delete",
            Action.COMPARE_AND_SWAP, "compareAndSwap",
            Action.COMPARE_AND_DELETE, "compareAndDelete"));

    private final Map<Action, LongAdder> succeeded = new EnumMap<>(Action.class);
    private final Map<Action, LongAdder> failed = new EnumMap<>(Action.class);
    private final LongAdder waits = new LongAdder();

    KeysStats() {
        for (Action action : NAMES.keySet()) {
            succeeded.put(action, new LongAdder());
            failed.put(action, new LongAdder());
        }
    }

    void onDone(Action action, boolean success) {
        (success ? succeeded : failed).get(action).increment();
    }

    void onWaitBegun() {
        waits.increment();
    }

    void onWaitEnded() {
        waits.decrement();
    }

    String json() {
        StringBuilder json = new StringBuilder("{");
        NAMES.forEach((action, name) -> {
            json.append('"').append(name).append("Success\":").append(succeeded.get(action));
            json.append(",\"")
                    .append(name)
                    .append("Fail\":")
                    .append(failed.get(action))
                    .append(',');
        });
        return json.append("\"watchers\":").append(waits).append('}').toString();
    }
}
