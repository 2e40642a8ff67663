package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.index.AbsentKeyIndex;
import io.stele.index.ChronicleKeyIndex;
import io.stele.index.HeapKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.server.machine.model.ModelCheck;
import io.stele.server.machine.model.ReferenceModel;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestGenerator;
import io.stele.storage.page.Cursor;
import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The same seeded requests to the state machine and to the model: every reply is the same, and so is the state. */
class DifferentialTest {
    private static final int OPERATIONS_MAX = 6;

    @Test
    void shouldAnswerLikeTheModelWithAHeapIndex() {
        for (long seed = 1; seed <= 12; seed++) {
            run(seed, 2500, HeapKeyIndex::new);
        }
    }

    @Test
    void shouldAnswerLikeTheModelWithAChronicleIndex() {
        IndexContext context =
                new IndexContext().buildInBackground(false).firstCapacity(64).growthFactor(2);
        for (long seed = 101; seed <= 103; seed++) {
            run(seed, 2500, () -> new ChronicleKeyIndex(context));
        }
    }

    @Test
    void shouldAnswerLikeTheModelWithAnIndexThatLeavesKeysOut() {
        IndexContext context = new IndexContext().keyLengthMax(3);
        run(201, 2500, () -> new HeapKeyIndex(context));
        run(202, 2500, AbsentKeyIndex::new);
    }

    private static void run(long seed, int requests, Supplier<KeyIndex> indexes) {
        MachineLimits limits = new MachineLimits()
                .txnOperationsMax(OPERATIONS_MAX)
                .scanRowsPerSlice(seed % 2 == 0 ? 3 : 4096)
                .countedChangesMax(seed % 3 == 0 ? 4 : 8192);
        Random random = new Random(seed);
        int keyCount = 10 + random.nextInt(200);
        RequestGenerator generator = new RequestGenerator(seed, keyCount, 5);
        ReferenceModel model = new ReferenceModel();
        List<Request> sinceCheckpoint = new ArrayList<>();
        try (MachineFixture fixture = new MachineFixture(limits, indexes)) {
            for (int i = 0; i < requests; i++) {
                Request request = generator.next(model.revision());
                long before = fixture.machine().appliedIndex();
                Reply expected = expect(model, request);
                Reply actual = fixture.ask(request);
                String where = "seed " + seed + " request " + i + " " + request;
                assertEquals(expected, actual, where);
                assertEquals(model.revision(), fixture.machine().revision(), where);
                if (fixture.machine().appliedIndex() > before) {
                    sinceCheckpoint.add(request);
                }
                if (random.nextInt(4) == 0) {
                    fixture.machine().doBackgroundWork(1 + random.nextInt(30));
                }
                if (random.nextInt(200) == 0) {
                    disturb(random, fixture, sinceCheckpoint);
                }
            }
            compareStates(seed, model, fixture);
        }
    }

    private static Reply expect(ReferenceModel model, Request request) {
        ApiError error = ModelCheck.check(request, OPERATIONS_MAX);
        return error == null
                ? model.apply(request)
                : new Reply.Refusal(error.code().value(), error.text(), model.revision());
    }

    private static void disturb(Random random, MachineFixture fixture, List<Request> sinceCheckpoint) {
        switch (random.nextInt(3)) {
            case 0 -> {
                fixture.checkpoint();
                sinceCheckpoint.clear();
            }
            case 1 -> {
                long low = fixture.machine().digestLow();
                long high = fixture.machine().digestHigh();
                long applied = fixture.machine().appliedIndex();
                fixture.restart();
                for (int i = 0; i < sinceCheckpoint.size(); i++) {
                    if (i % 2 == 0) {
                        fixture.apply(sinceCheckpoint.get(i));
                    } else {
                        fixture.applyUnheard(sinceCheckpoint.get(i));
                    }
                }
                assertEquals(applied, fixture.machine().appliedIndex());
                assertEquals(low, fixture.machine().digestLow());
                assertEquals(high, fixture.machine().digestHigh());
            }
            default -> fixture.check();
        }
    }

    private static void compareStates(long seed, ReferenceModel model, MachineFixture fixture) {
        Reply.Range all = (Reply.Range) fixture.ask(Request.range("\0", "\0"));
        assertEquals(model.liveKeys(), all.pairs(), "seed " + seed);
        assertEquals(model.leases().size(), fixture.machine().leaseCount(), "seed " + seed);
        model.leases().forEach((id, ttl) -> assertEquals(ttl, fixture.machine().leaseTtl(id)));
        fixture.check();
        fixture.settle();
        fixture.check();
        assertEquals(all, fixture.ask(Request.range("\0", "\0")), "seed " + seed);
        // Once all history is compacted nothing but the live keys is left, and deletions at that very revision.
        if (model.revision() > model.compactRevision()) {
            Request compact = new Request.Compact(model.revision());
            assertEquals(model.apply(compact), fixture.ask(compact));
            fixture.settle();
            fixture.check();
        }
        Cursor graves = fixture.store().tree(TreeIds.GRAVES).cursor();
        KeyRecord grave = new KeyRecord();
        for (boolean on = graves.first(); on; on = graves.next()) {
            GraveDescriptor.decode(graves.value(), grave);
            assertEquals(model.compactRevision(), grave.modRevision, "seed " + seed);
        }
        assertEquals(all, fixture.ask(Request.range("\0", "\0")), "seed " + seed);
    }
}
