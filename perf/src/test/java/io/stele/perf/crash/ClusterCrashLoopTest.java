package io.stele.perf.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.crash.ClusterCrashLoop.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        WriteGaps gaps = new WriteGaps();
        assertEquals(0, gaps.percentileMs(0.5));
        gaps.begin();
        gaps.onAcknowledged();
        gaps.end();
        assertTrue(gaps.lastInWords().startsWith("no write for "));
        assertEquals(gaps.percentileMs(0.5), gaps.percentileMs(0.99));
    }
}
