package io.stele.simulator.workload;

import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;

/** What a range asks for besides its keys. */
final class RangeShape {
    long revision;
    long pairLimit;
    long minModRevision;
    long maxModRevision;
    long minCreateRevision;
    long maxCreateRevision;
    SortOrder order = SortOrder.NONE;
    SortTarget target = SortTarget.KEY;
    int options;
}
