package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.server.machine.model.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a compaction leaves for those who begin to watch at its revision. */
class CompactorTest {
    /** etcd's rules let siblings do that: the later one's deletions are not held against the earlier one's puts. */
    @Test
    void shouldKeepAllOfItsRevisionUntilTheNext() {
        try (MachineFixture fixture = new MachineFixture()) {
            fixture.ask(Request.put("k", "1"));
            fixture.ask(twiceInOneRevision());
            fixture.ask(new Request.Compact(3));
            fixture.settle();
            assertEquals(List.of("3/0 put k", "3/1 delete k"), changesFrom(fixture, 3));

            fixture.ask(Request.put("k", "3"));
            fixture.ask(new Request.Compact(4));
            fixture.settle();
            assertEquals(List.of("4/0 put k"), changesFrom(fixture, 4));
            assertEquals(1, fixture.machine().space().revisions.entryCount());
        }
    }

    private static Request twiceInOneRevision() {
        Request.Txn put = new Request.Txn(List.of(), List.of(Request.put("k", "2")), List.of());
        Request.Txn delete = new Request.Txn(List.of(), List.of(Request.delete("k")), List.of());
        return new Request.Txn(List.of(), List.of(put, delete), List.of());
    }

    private static List<String> changesFrom(MachineFixture fixture, long revision) {
        List<String> changes = new ArrayList<>();
        fixture.machine().history().read(revision, 0, 100, new ChangeListener() {
            @Override
            public boolean onChange(long main, int sub, RevisionView change) {
                byte[] key = new byte[change.keyLength()];
                change.buffer().getBytes(change.keyOffset(), key);
                changes.add(main + "/" + sub + (change.isTombstone() ? " delete " : " put ")
                        + new String(key, StandardCharsets.UTF_8));
                return true;
            }

            @Override
            public void onRevision(long main) {
                // only the changes are of interest
            }
        });
        return changes;
    }
}
