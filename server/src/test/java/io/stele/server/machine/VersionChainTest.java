package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One key with thousands of versions: each is found at each revision, whatever was compacted meanwhile. */
class VersionChainTest {
    private static final int VERSIONS = 4_500; // deeper than 16^3

    private final List<String> valueAt = new ArrayList<>(List.of("", ""));

    @Test
    void shouldFindEachVersionOfALongHistory() {
        try (MachineFixture fixture = new MachineFixture()) {
            write(fixture, new Random(1), VERSIONS);
            fixture.check();
            for (int revision = 2; revision < valueAt.size(); revision++) {
                assertEquals(valueAt.get(revision), valueAt(fixture, revision), "revision " + revision);
            }
        }
    }

    @Test
    void shouldFindWhatCompactionsHaveLeft() {
        for (int seed = 0; seed < 8; seed++) {
            valueAt.subList(2, valueAt.size()).clear();
            Random random = new Random(seed);
            try (MachineFixture fixture = new MachineFixture()) {
                while (valueAt.size() < VERSIONS / 2) {
                    write(fixture, random, 1 + random.nextInt(400));
                    long newest = fixture.machine().revision();
                    long oldest = Math.max(2, fixture.machine().compactRevision());
                    if (newest - oldest > 100) {
                        long target = oldest + 1 + random.nextInt((int) (newest - oldest));
                        fixture.ask(new Request.Compact(target));
                        fixture.machine().doBackgroundWork(random.nextInt(400));
                        oldest = target;
                    }
                    for (int i = 0; i < 50; i++) {
                        int revision = (int) oldest + random.nextInt((int) (newest - oldest) + 1);
                        assertEquals(valueAt.get(revision), valueAt(fixture, revision), "revision " + revision);
                    }
                    fixture.check();
                }
            }
        }
    }

    @Test
    void shouldReachAnyDepthInFewSteps() {
        for (int depth = 1; depth < 100_000; depth++) {
            int anchor = VersionChain.anchorDepth(depth);
            assertTrue(anchor >= 0 && anchor < depth);
        }
        Random random = new Random(2);
        for (int i = 0; i < 10_000; i++) {
            int depth = 1 + random.nextInt(1 << 24);
            int target = random.nextInt(depth);
            int steps = 0;
            while (depth > target) {
                int anchor = VersionChain.anchorDepth(depth);
                depth = anchor >= target ? anchor : depth - 1;
                steps++;
            }
            assertTrue(steps <= 15 * (1 + 2 + 3 + 4 + 5 + 6), steps + " steps");
        }
    }

    /** Puts and deletions of one key, among those of another one. */
    private void write(MachineFixture fixture, Random random, int count) {
        for (int i = 0; i < count; i++) {
            String before = valueAt.get(valueAt.size() - 1);
            if (random.nextInt(4) == 0) {
                fixture.ask(Request.put("other", "x"));
                valueAt.add(before);
            } else if (random.nextInt(20) == 0 && !before.isEmpty()) {
                fixture.ask(Request.delete("key"));
                valueAt.add("");
            } else {
                String value = "v" + valueAt.size();
                fixture.ask(Request.put("key", value));
                valueAt.add(value);
            }
            assertEquals(valueAt.size() - 1, fixture.machine().revision());
        }
    }

    private static String valueAt(MachineFixture fixture, int revision) {
        Reply.Range point = (Reply.Range) fixture.ask(Request.rangeAt("key", "", revision));
        Reply.Range range = (Reply.Range) fixture.ask(Request.rangeAt("key", "l", revision));
        assertEquals(point.pairs(), range.pairs(), "revision " + revision);
        return point.pairs().isEmpty() ? "" : point.pairs().get(0).value();
    }
}
