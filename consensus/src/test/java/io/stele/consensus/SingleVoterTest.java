package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.consensus.log.Entry;
import io.stele.consensus.membership.Membership;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class SingleVoterTest {
    private final MemoryLog log = new MemoryLog();
    private HardState hardState = HardState.INITIAL;
    private Raft raft = start();

    @Test
    void shouldLeadAtOnceButOnlyAfterItsVoteIsDurable() {
        assertEquals(Role.CANDIDATE, raft.role());
        Ready ready = raft.ready();
        assertTrue(ready.hardStateChanged());
        assertEquals(1, ready.term());
        assertEquals(7, ready.vote());
        assertEquals(Role.CANDIDATE, raft.role());
        raft.advance();
        assertEquals(Role.LEADER, raft.role());
        assertEquals(7, raft.leaderId());
    }

    @Test
    void shouldCommitAndApplyOnlyWhatIsDurable() {
        lead();
        assertEquals(2, propose("a"));
        Ready ready = raft.ready();
        assertEquals(1, ready.entries().count());
        assertEquals(2, ready.entries().get(0).logIndex());
        assertFalse(ready.hasCommitted());
        append(ready);
        raft.advance();
        assertEquals(1, raft.commitIndex());
        assertFalse(raft.hasReady());

        raft.onDurable(2, raft.logEpoch());
        assertEquals(2, raft.commitIndex());
        ready = raft.ready();
        assertEquals(2, ready.committedFrom());
        assertEquals(2, ready.committedTo());
        raft.onApplied(2);
        raft.advance();
        assertEquals(2, raft.appliedIndex());
        assertFalse(raft.hasReady());
    }

    @Test
    void shouldHandOverAllProposalsOfOneCycleTogether() {
        lead();
        for (int i = 0; i < 100; i++) {
            assertEquals(2 + i, propose("value " + i));
        }
        Ready ready = raft.ready();
        assertEquals(100, ready.entries().count());
        Entry entry = ready.entries().get(42);
        assertEquals("value 42", entry.buffer().getStringWithoutLengthUtf8(entry.offset(), entry.length()));
    }

    @Test
    void shouldContinueItsLogAfterRestart() {
        lead();
        propose("a");
        work();
        hardState = new HardState(raft.term(), raft.vote(), 1);
        log.crash(0);

        raft = start();
        work();
        assertEquals(Role.LEADER, raft.role());
        assertEquals(2, raft.term());
        assertEquals(3, raft.lastIndex(), "a no-op of the new term behind what was there");
        assertEquals(3, raft.commitIndex());
        assertEquals(3, raft.appliedIndex());
    }

    @Test
    void shouldServeReadsOnlyAfterAnEntryOfItsTermIsCommitted() {
        raft.requestRead(1);
        assertEquals(1, raft.ready().droppedReadCount(), "no leader yet");
        raft.advance();
        raft.requestRead(2);
        Ready ready = raft.ready();
        assertEquals(0, ready.readCount());
        append(ready);
        raft.advance();
        raft.onDurable(1, raft.logEpoch());
        ready = raft.ready();
        assertEquals(1, ready.readCount());
        assertEquals(2, ready.readRequestId(0));
        assertEquals(1, ready.readIndex(0));
        raft.advance();
        assertFalse(raft.hasReady());
    }

    @Test
    void shouldKeepLeadingWhileTimePasses() {
        lead();
        for (int i = 0; i < 1000; i++) {
            raft.tick();
            work();
        }
        assertEquals(Role.LEADER, raft.role());
        assertEquals(1, raft.term());
    }

    @Test
    void shouldRefuseWhatIsTooMuch() {
        lead();
        assertEquals(ProposeResult.TOO_LARGE, raft.propose((byte) 1, new UnsafeBuffer(new byte[1025]), 0, 1025));
        UnsafeBuffer kilobyte = new UnsafeBuffer(new byte[1024]);
        for (int i = 0; i < 8; i++) {
            assertTrue(raft.propose((byte) 1, kilobyte, 0, 1024) > 0);
        }
        assertEquals(ProposeResult.OVERLOADED, raft.propose((byte) 1, kilobyte, 0, 1024));
        work();
        assertTrue(raft.propose((byte) 1, kilobyte, 0, 1024) > 0);
    }

    private Raft start() {
        RaftConfig config = new RaftConfig()
                .memberId(7)
                .seed(1)
                .entryBytesMax(1024)
                .appendBytesMax(1024)
                .unstableBytesMax(8 * 1024);
        return new Raft(config, log, hardState, Membership.ofVoters(7));
    }

    private void lead() {
        work();
        assertEquals(Role.LEADER, raft.role());
        assertEquals(1, raft.appliedIndex());
    }

    private long propose(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return raft.propose(Entry.COMMAND, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private void work() {
        while (raft.hasReady()) {
            Ready ready = raft.ready();
            append(ready);
            raft.onApplied(ready.committedTo());
            raft.advance();
            log.sync();
            raft.onDurable(log.lastIndex(), raft.logEpoch());
        }
    }

    private void append(Ready ready) {
        for (int i = 0; i < ready.entries().count(); i++) {
            log.append(ready.entries().get(i));
        }
    }
}
