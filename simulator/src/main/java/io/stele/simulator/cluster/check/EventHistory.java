package io.stele.simulator.cluster.check;

import io.stele.simulator.check.Change;
import io.stele.simulator.check.Reference;
import java.util.Arrays;
import java.util.List;

/** What everybody who watches is measured against: all changes of the committed log, in their order. */
public final class EventHistory {
    private final List<Change> changes;

    public EventHistory(Reference model) {
        changes = model.changes();
    }

    int count() {
        return changes.size();
    }

    Change at(int place) {
        return changes.get(place);
    }

    /** Place of the first change of this revision or a later one. */
    int firstAt(long revision) {
        int low = 0;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (changes.get(middle).revision() < revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Place of a change of this key in this revision; -1 if there is none. */
    int find(Change event) {
        int place = firstAt(event.revision());
        while (place < count() && at(place).revision() == event.revision()) {
            if (Arrays.equals(at(place).key(), event.key())) {
                return place;
            }
            place++;
        }
        return -1;
    }
}
