package io.stele.perf.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.crash.ClusterCrashLoop.Fault;
import io.stele.perf.process.Standstills;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, a client that writes and reads, and harm done to the leader. */
final class ClusterCrashLoopTest {
    @Test
    void shouldLoseAndRepeatNothingWhateverHappensToTheLeader(@TempDir Path directory)
            throws IOException, InterruptedException {
        List<String> rounds = new ArrayList<>();
        List<String> flags = List.of("--checkpoint-bytes=1048576", "--wal-segment-bytes=4194304");
        ClusterCrashLoop loop = new ClusterCrashLoop(directory, new MemberHosts(null), 3, 42, flags, rounds::add);
        assertEquals(
                List.of(),
                loop.run(5, List.of(Fault.KILL, Fault.PAUSE, Fault.RESTART, Fault.ROLL, Fault.ROT), Duration.ZERO));
        assertEquals(5, rounds.size());
        assertTrue(loop.acknowledgedCount() > 0 && loop.readCount() > 0, "nothing was done: nothing was tested");
    }

    @Test
    void shouldTellWhatNoRegisterMayShow() {
        RegisterHistory history = new RegisterHistory();
        assertEquals(1, history.onSend());
        long early = history.onRead();
        history.onAcknowledged(1);
        assertNull(history.check("k", early, 0, 0), "it began before the write was acknowledged");
        assertNotNull(history.check("k", history.onRead(), 0, 0), "stale");
        assertEquals(2, history.onSend());
        assertNull(history.check("k", history.onRead(), 2, 2), "under way");
        assertNotNull(history.check("k", history.onRead(), 1, 1), "somebody has read 2 before");
        assertNotNull(history.check("k", history.onRead(), 2, 3), "done twice");
        assertNotNull(history.check("k", history.onRead(), 3, 3), "never sent");
    }

    @Test
    void shouldSayHowLongNothingWasWritten() {
        AtomicLong nowNs = new AtomicLong();
        Standstills standstills = new Standstills();
        WriteGaps gaps = new WriteGaps(standstills, nowNs::get);
        assertEquals(0, gaps.percentileMs(0.5));
        gaps.begin();
        for (long ms : new long[] {10, 60, 80, 5_080, 5_100}) {
            nowNs.set(TimeUnit.MILLISECONDS.toNanos(ms));
            gaps.onAcknowledged();
        }
        standstills.add(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.MILLISECONDS.toNanos(5_075));
        gaps.end();
        assertEquals("no write for 50 ms, 10 ms after it began", gaps.lastInWords());
        assertEquals(50, gaps.percentileMs(0.5));
        assertEquals(50, gaps.percentileMs(0.99));
    }
}
