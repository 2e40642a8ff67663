package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.stele.index.KeyRecord;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Each planted disagreement is found. */
class StateCheckTest {
    @Test
    void shouldFindAnEntryMissingFromAnyTree() {
        for (int tree : new int[] {TreeIds.KEYS, TreeIds.REVISIONS, TreeIds.GRAVES, TreeIds.LEASES, TreeIds.SESSIONS}) {
            try (MachineFixture fixture = loaded()) {
                removeFirst(fixture.store().tree(tree));
                assertFalse(StateCheck.run(fixture.machine()).isEmpty(), "tree " + tree);
            }
        }
    }

    @Test
    void shouldFindAKeyMissingFromTheIndexOrLeftInIt() {
        try (MachineFixture fixture = loaded()) {
            UnsafeBuffer key = new UnsafeBuffer("a".getBytes(StandardCharsets.US_ASCII));
            fixture.machine().space().index().remove(key, 0, 1);
            assertFalse(StateCheck.run(fixture.machine()).isEmpty());
        }
        try (MachineFixture fixture = loaded()) {
            UnsafeBuffer key = new UnsafeBuffer("zz".getBytes(StandardCharsets.US_ASCII));
            fixture.machine().space().index().put(key, 0, 2, new KeyRecord());
            assertFalse(StateCheck.run(fixture.machine()).isEmpty());
        }
    }

    @Test
    void shouldFindOneChangedBitOfAKeysRecordOrAValue() {
        for (int tree : new int[] {TreeIds.KEYS, TreeIds.REVISIONS}) {
            try (MachineFixture fixture = loaded()) {
                changeLastByte(fixture.store().tree(tree));
                assertFalse(StateCheck.run(fixture.machine()).isEmpty(), "tree " + tree);
            }
        }
    }

    @Test
    void shouldFindADigestThatIsAnotherState() {
        try (MachineFixture fixture = loaded()) {
            Stamp stamp = new Stamp(fixture.store().stamp());
            stamp.digest(stamp.digestLow() + 1, stamp.digestHigh());
            assertEquals(List.of("digest differs from that of the data"), StateCheck.run(fixture.machine()));
        }
    }

    private static MachineFixture loaded() {
        MachineFixture fixture = new MachineFixture();
        fixture.settle();
        fixture.ask(new Request.LeaseGrant(5, 60));
        for (String key : List.of("a", "b", "c")) {
            fixture.ask(Request.put(key, "1", 5));
        }
        fixture.ask(Request.put("b", "2", 5));
        fixture.ask(Request.delete("c"));
        long session = ((Reply.OpenSession) fixture.ask(new Request.OpenSession(1))).id();
        fixture.ask(new Request.Once(session, 1, Request.delete("d")));
        fixture.check();
        return fixture;
    }

    private static void removeFirst(BTree tree) {
        Cursor cursor = tree.cursor();
        cursor.first();
        UnsafeBuffer key = new UnsafeBuffer(cursor.key().toByteArray());
        tree.remove(key, 0, key.capacity());
    }

    private static void changeLastByte(BTree tree) {
        Cursor cursor = tree.cursor();
        cursor.first();
        boolean counted = cursor.counted();
        UnsafeBuffer key = new UnsafeBuffer(cursor.key().toByteArray());
        Slice slice = cursor.value();
        UnsafeBuffer value = new UnsafeBuffer(slice.toByteArray());
        int last = value.capacity() - 1;
        value.putByte(last, (byte) (value.getByte(last) ^ 1));
        tree.put(key, 0, key.capacity(), value, 0, value.capacity(), counted);
    }
}
