package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateMachineTest {
    @Test
    void shouldPutGetDeleteAndComeBackFromACheckpoint() {
        try (MachineFixture fixture = new MachineFixture()) {
            assertEquals(1, fixture.machine().revision());
            assertEquals(new Reply.Put(2, null), fixture.ask(Request.put("a", "1")));
            assertEquals(new Reply.Put(3, null), fixture.ask(Request.put("b", "2")));
            assertEquals(new Reply.Put(4, null), fixture.ask(Request.put("a", "3")));
            assertEquals(new Reply.Pair("a", "3", 2, 4, 2, 0), fixture.get("a"));
            fixture.checkpoint();
            assertEquals(new Reply.DeleteRange(5, 1, List.of()), fixture.ask(Request.delete("a")));
            assertNull(fixture.get("a"));
            fixture.check();
            fixture.restart();
            assertEquals(3, fixture.machine().appliedIndex());
            assertEquals(new Reply.Pair("a", "3", 2, 4, 2, 0), fixture.get("a"));
            fixture.settle();
            fixture.check();
            assertEquals(
                    new Reply.Range(
                            4,
                            2,
                            false,
                            List.of(new Reply.Pair("a", "3", 2, 4, 2, 0), new Reply.Pair("b", "2", 3, 3, 1, 0))),
                    fixture.ask(Request.range("a", "z")));
        }
    }
}
