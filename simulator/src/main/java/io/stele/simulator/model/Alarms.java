package io.stele.simulator.model;

import io.stele.transport.ApiError;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which alarms are raised, and what is refused for them. */
final class Alarms {
    private static final int RAISE = 1;
    private static final int NO_SPACE = 1;

    private final Set<Long> noSpace = new TreeSet<>();
    private final Set<Long> corrupt = new TreeSet<>();

    void note(Op.Alarm alarm) {
        Set<Long> members = alarm.alarm() == NO_SPACE ? noSpace : corrupt;
        if (alarm.action() == RAISE) {
            members.add(alarm.memberId());
        } else {
            members.remove(alarm.memberId());
        }
    }

    boolean refuses(Op op) {
        return error(op) != null;
    }

    ApiError error(Op op) {
        if (!corrupt.isEmpty() && changes(op)) {
            return ApiError.CORRUPT;
        }
        return !noSpace.isEmpty() && adds(op) ? ApiError.NO_SPACE : null;
    }

    private static boolean changes(Op op) {
        return op instanceof Op.Put
                || op instanceof Op.Delete
                || op instanceof Op.Txn
                || op instanceof Op.Compact
                || op instanceof Op.Grant
                || op instanceof Op.Revoke
                || op instanceof Op.Expire;
    }

    private static boolean adds(Op op) {
        return op instanceof Op.Put
                || op instanceof Op.Grant
                || (op instanceof Op.Txn txn && (anyAdds(txn.success()) || anyAdds(txn.failure())));
    }

    /** A grant is no operation of a transaction. */
    private static boolean anyAdds(List<Op> operations) {
        return operations.stream().anyMatch(Alarms::adds);
    }
}
