package io.stele.perf.jmh;

import io.stele.consensus.HardState;
import io.stele.consensus.Raft;
import io.stele.consensus.RaftConfig;
import io.stele.consensus.Ready;
import io.stele.consensus.Role;
import io.stele.consensus.log.Entry;
import io.stele.consensus.log.EntryList;
import io.stele.consensus.log.LogReader;
import io.stele.consensus.membership.Membership;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The core's share of a write on a single voter: propose, hand over, hear that it is durable, commit, apply. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RaftStepBenchmark {
    private static final int BATCH = 64;
    private static final int PAYLOAD_LENGTH = 300;

    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[PAYLOAD_LENGTH]);
    private final EndlessLog log = new EndlessLog();
    private Raft raft;

    @Setup
    public void setUp() {
        raft = new Raft(new RaftConfig().memberId(7).seed(1), log, HardState.INITIAL, Membership.ofVoters(7));
        while (raft.role() != Role.LEADER || raft.hasReady()) {
            if (!raft.hasReady()) {
                raft.tick();
            } else {
                turn();
            }
        }
    }

    @Benchmark
    public long one() {
        long index = raft.propose(Entry.COMMAND, payload, 0, PAYLOAD_LENGTH);
        turn();
        turn();
        return index;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long batch() {
        long index = 0;
        for (int i = 0; i < BATCH; i++) {
            index = raft.propose(Entry.COMMAND, payload, 0, PAYLOAD_LENGTH);
        }
        turn();
        turn();
        return index;
    }

    /** What the node does with a batch, with a disk that takes no time. */
    private void turn() {
        Ready ready = raft.ready();
        EntryList entries = ready.entries();
        long epoch = ready.logEpoch();
        int count = entries.count();
        if (count > 0) {
            Entry last = entries.get(count - 1);
            log.extendTo(last.logIndex(), last.term());
        }
        long committedTo = ready.hasCommitted() ? ready.committedTo() : 0;
        raft.advance();
        if (committedTo > 0) {
            raft.onApplied(committedTo);
        }
        if (count > 0) {
            raft.onDurable(log.lastIndex(), epoch);
        }
    }

    /** A log of which only the ends are kept. */
    private static final class EndlessLog implements LogReader {
        private final DirectBuffer payload = new UnsafeBuffer(new byte[PAYLOAD_LENGTH]);
        private long lastIndex;
        private long lastTerm;

        void extendTo(long index, long term) {
            lastIndex = index;
            lastTerm = term;
        }

        @Override
        public long firstIndex() {
            return 1;
        }

        @Override
        public long lastIndex() {
            return lastIndex;
        }

        @Override
        public long term(long logIndex) {
            return logIndex == 0 ? 0 : lastTerm;
        }

        @Override
        public boolean read(long logIndex, Entry into) {
            into.wrap(logIndex, lastTerm, Entry.COMMAND, payload, 0, PAYLOAD_LENGTH);
            return true;
        }
    }
}
