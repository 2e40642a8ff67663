package io.stele.simulator.cluster.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.simulator.Violation;
import io.stele.simulator.model.ReferenceModel;
import io.stele.simulator.workload.OnceWrite;
import io.stele.simulator.workload.OnceWrite.Kind;
import io.stele.simulator.workload.RequestWriter;
import org.junit.jupiter.api.Test;

/** The check of writes exactly once, and the model's sessions, which are not to agree by looking at each other. */
class OnceKeyTest {
    private static final long SESSION = 7;

    private final ReferenceModel model = new ReferenceModel();
    private final OnceKey key = new OnceKey("~once/test");
    private long entry;
    private long sequence;

    private byte[] apply(byte[] request) {
        model.beginEntry(++entry, 1);
        return model.apply(request);
    }

    private void openSession() {
        apply(new RequestWriter().openSession(1, 2).take());
        assertTrue(model.nameSession(entry, SESSION));
    }

    private void begin() {
        openSession();
        write(Kind.SET, new byte[] {1});
        key.onLook(model.read(new RequestWriter().get(1, key.key()).take()));
        assertTrue(key.isKnown());
    }

    private OnceWrite write(Kind kind, byte[] value) {
        OnceWrite write = key.write(kind, value);
        key.onDone(write, apply(write.request(1, SESSION, ++sequence)));
        return write;
    }

    @Test
    void shouldAcceptWhatIsDoneOnceThoughItIsSentTwice() {
        begin();
        for (Kind kind : new Kind[] {Kind.PUT, Kind.ADVANCE, Kind.REMOVE, Kind.PUT}) {
            OnceWrite write = write(kind, kind == Kind.REMOVE ? null : new byte[] {2});
            apply(write.request(2, SESSION, sequence));
        }
        write(Kind.PUT, new byte[] {3});
    }

    @Test
    void shouldFindAPutThatWasDoneTwice() {
        begin();
        OnceWrite write = write(Kind.PUT, new byte[] {2});
        apply(write.request(2, 0, 0));
        Violation violation = assertThrows(Violation.class, () -> write(Kind.PUT, new byte[] {3}));
        assertEquals("exactly once", violation.check());
    }

    @Test
    void shouldFindAPutThatWasSaidToBeDone() {
        begin();
        OnceWrite write = key.write(Kind.PUT, new byte[] {2});
        key.onDoneUnseen(write);
        assertThrows(Violation.class, () -> write(Kind.ADVANCE, new byte[] {3}));
    }

    @Test
    void shouldNotKnowWhatBecameOfAWriteThatWasGivenUp() {
        begin();
        key.onGivenUp();
        assertTrue(key.isUnknown());
        write(Kind.SET, new byte[] {5});
        assertFalse(key.isKnown());
        key.onLook(model.read(new RequestWriter().get(1, key.key()).take()));
        write(Kind.REMOVE, null);
    }

    @Test
    void shouldRememberSessionsByTheirIds() {
        openSession();
        apply(new RequestWriter().openSession(2, 2).take());
        assertFalse(model.nameSession(entry, SESSION), "the id of another session");
        assertTrue(model.nameSession(entry, SESSION + 1));
        assertFalse(model.nameSession(entry, SESSION + 2), "a second id");
    }
}
