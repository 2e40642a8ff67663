package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.stele.server.machine.model.Request;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What two members with the same history say of it, however far each has come with removing what was compacted. */
class HistoryHashTest {
    @Test
    void shouldNotDependOnWhatHasBeenRemovedByNow() {
        for (int seed = 0; seed < 20; seed++) {
            try (MachineFixture swept = new MachineFixture();
                    MachineFixture late = new MachineFixture()) {
                Random random = new Random(seed);
                for (int round = 0; round < 6; round++) {
                    change(random, swept, late);
                    long revision = swept.machine().revision();
                    compact(revision - random.nextInt(20), swept, late);
                    swept.settle();
                    late.machine().doBackgroundWork(random.nextInt(40));
                    assertEquals(hash(swept, revision), hash(late, revision), "seed " + seed);
                    long earlier = Math.max(swept.machine().compactRevision(), revision - random.nextInt(10));
                    assertEquals(hash(swept, earlier), hash(late, earlier), "seed " + seed);
                }
                late.settle();
                assertEquals(
                        hash(swept, swept.machine().revision()),
                        hash(late, late.machine().revision()));
            }
        }
    }

    @Test
    void shouldTellHistoriesApart() {
        try (MachineFixture one = new MachineFixture();
                MachineFixture other = new MachineFixture()) {
            one.ask(Request.put("k", "1"));
            other.ask(Request.put("k", "2"));
            assertNotEquals(hash(one, 2), hash(other, 2));
            one.ask(Request.put("k", "same"));
            other.ask(Request.put("k", "same"));
            assertNotEquals(hash(one, 3), hash(other, 3), "one version is still another");
            compact(3, one, other);
            assertEquals(hash(one, 3), hash(other, 3));
        }
    }

    @Test
    void shouldNotSeeWhatComesLater() {
        try (MachineFixture fixture = new MachineFixture()) {
            fixture.ask(Request.put("a", "1"));
            fixture.ask(Request.put("a", "2"));
            int before = hash(fixture, 3);
            fixture.ask(Request.deleteRange("a", ""));
            fixture.ask(Request.put("b", "1"));
            assertEquals(before, hash(fixture, 3));
            assertNotEquals(before, hash(fixture, 5));
        }
    }

    private static void change(Random random, MachineFixture... fixtures) {
        for (int i = 0; i < 40; i++) {
            String key = "k" + random.nextInt(8);
            Request.Put put = Request.put(key, "v" + random.nextInt(100));
            Request.DeleteRange deletion = Request.deleteRange(key, random.nextBoolean() ? "" : "k9");
            Request request = switch (random.nextInt(6)) {
                case 0 -> deletion;
                case 1 -> txn(txn(put), txn(deletion)); // twice in one revision
                default -> put;
            };
            for (MachineFixture fixture : fixtures) {
                fixture.ask(request);
            }
        }
    }

    private static Request.Txn txn(Request.Operation... operations) {
        return new Request.Txn(List.of(), List.of(operations), List.of());
    }

    private static void compact(long revision, MachineFixture... fixtures) {
        for (MachineFixture fixture : fixtures) {
            fixture.ask(new Request.Compact(revision));
        }
    }

    private static int hash(MachineFixture fixture, long revision) {
        try (HistoryHash hash = new HistoryHash(fixture.store(), revision)) {
            while (hash.add(100)) {}
            return hash.value();
        }
    }
}
