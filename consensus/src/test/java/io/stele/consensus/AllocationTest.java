package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stele.consensus.log.Entry;
import io.stele.consensus.log.LogReader;
import io.stele.consensus.membership.Membership;
import java.lang.management.ManagementFactory;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Once warm, the append path allocates nothing: neither at a leader nor at its followers. */
final class AllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int BATCHES = 10;
    private static final int BATCH = 2_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[256]);

    @Test
    void shouldAllocateNothingToReplicateAnEntry() {
        FlatMember leader = new FlatMember(1);
        FlatMember follower = new FlatMember(2);
        leader.raft.campaign();
        exchange(leader, follower);
        assertEquals(Role.LEADER, leader.raft.role());
        for (int i = 0; i < WARM_UP; i++) {
            replicate(leader, follower);
        }
        long committed = leader.raft.commitIndex();
        // What a round leaves behind, it leaves behind in every batch. A buffer that doubles, or a method that is
        // compiled again, is not of a round: it shows in one batch.
        long allocated = Long.MAX_VALUE;
        for (int batch = 0; batch < BATCHES; batch++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < BATCH; i++) {
                replicate(leader, follower);
            }
            allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(leader.raft.commitIndex() >= committed + 3L * BATCHES * BATCH - 3);
        assertTrue(allocated < BATCH, allocated + " bytes for " + BATCH + " rounds of three entries");
    }

    private void replicate(FlatMember leader, FlatMember follower) {
        for (int i = 0; i < 3; i++) {
            leader.raft.propose(Entry.COMMAND, payload, 0, payload.capacity());
        }
        leader.raft.requestRead(leader.raft.lastIndex());
        leader.raft.tick();
        follower.raft.tick();
        exchange(leader, follower);
    }

    private static void exchange(FlatMember one, FlatMember other) {
        boolean worked = true;
        while (worked) {
            worked = one.work(other);
            worked |= other.work(one);
        }
    }

    /** A node whose log remembers terms and types only, all payloads being the same. */
    private static final class FlatMember implements LogReader {
        private final UnsafeBuffer payload = new UnsafeBuffer(new byte[256]);
        private final Message[] inbox = new Message[64];
        private final Entry view = new Entry();
        private final long[] terms = new long[1 << 20];
        private final byte[] types = new byte[1 << 20];
        private final int[] lengths = new int[1 << 20];
        private final Raft raft;
        private long last;
        private int inboxCount;

        FlatMember(long id) {
            for (int i = 0; i < inbox.length; i++) {
                inbox[i] = new Message();
            }
            raft = new Raft(Cluster.config(id), this, HardState.INITIAL, Membership.ofVoters(1, 2));
        }

        boolean work(FlatMember peer) {
            for (int i = 0; i < inboxCount; i++) {
                raft.step(inbox[i]);
            }
            boolean worked = inboxCount > 0;
            inboxCount = 0;
            while (raft.hasReady()) {
                worked = true;
                Ready ready = raft.ready();
                for (int i = 0; i < ready.entries().count(); i++) {
                    Entry entry = ready.entries().get(i);
                    last = entry.logIndex();
                    terms[(int) last] = entry.term();
                    types[(int) last] = entry.type();
                    lengths[(int) last] = entry.length();
                }
                for (int i = 0; i < ready.messages().count(); i++) {
                    send(ready.messages().get(i), peer);
                }
                if (ready.hasCommitted()) {
                    raft.onApplied(ready.committedTo());
                }
                raft.advance();
                raft.onDurable(last, raft.logEpoch());
            }
            return worked;
        }

        private void send(Message message, FlatMember peer) {
            Message copy = peer.inbox[peer.inboxCount++];
            copy.reset(message.type(), message.from(), message.to(), message.term())
                    .log(message.logIndex(), message.logTerm())
                    .commit(message.commit())
                    .round(message.round())
                    .hint(message.hint())
                    .flag(message.flag());
            for (int i = 1; i <= message.entryCount(); i++) {
                read(message.logIndex() + i, view);
                copy.addEntry(view.term(), view.type(), view.buffer(), view.offset(), view.length());
            }
        }

        @Override
        public long firstIndex() {
            return 1;
        }

        @Override
        public long lastIndex() {
            return last;
        }

        @Override
        public long term(long logIndex) {
            return terms[(int) logIndex];
        }

        @Override
        public boolean read(long logIndex, Entry into) {
            int at = (int) logIndex;
            into.wrap(logIndex, terms[at], types[at], payload, 0, lengths[at]);
            return true;
        }
    }
}
