package io.stele.perf.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrashLoopTest {
    @Test
    void shouldLoseNothingThatWasAcknowledgedWhenKilledUnderLoad(@TempDir Path directory)
            throws IOException, InterruptedException {
        List<String> rounds = new ArrayList<>();
        List<String> flags = List.of("--checkpoint-bytes=1048576", "--wal-segment-bytes=4194304");
        CrashLoop loop = new CrashLoop(directory, 42, flags, rounds::add);
        assertEquals(List.of(), loop.run(4));
        assertEquals(4, rounds.size());
        assertTrue(loop.acknowledgedCount() > 0, "nothing was written: nothing was tested");
    }

    @Test
    void shouldTellLostAndInventedWritesFromPossibleOnes() {
        AckLedger ledger = new AckLedger(1);
        assertEquals(1, ledger.onSend(0));
        ledger.onAcknowledged(0, 1);
        assertEquals(2, ledger.onSend(0));
        assertNotNull(ledger.verify(0, 0), "lost");
        assertNull(ledger.verify(0, 1), "the unanswered write did not happen");
        assertNull(ledger.verify(0, 2), "it did happen");
        assertNotNull(ledger.verify(0, 3), "never sent");
        ledger.settle(0, 2);
        assertNotNull(ledger.verify(0, 1));
    }
}
