package io.stele.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.simulator.check.Answer;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.RequestWriter;
import io.stele.simulator.workload.Session;
import io.stele.storage.file.Ballast;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.Test;

/** Others fill the disk between two looks of the node: it goes on, and takes writes again when there is space. */
class FullDiskTest {
    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";
    private static final byte[] ONE_KEY = {};

    private final World world = new World(settings(), Ports.HONEST, 2, null);
    private int keys;

    private static NodeSettings settings() {
        NodeSettings settings = new NodeSettings();
        settings.ballastBytes = 1024 * 1024;
        settings.checkpointBytes = 32 * 1024;
        return settings;
    }

    @Test
    void shouldRefuseWhatAddsDataAndLetRemovalsMakeRoom() {
        world.boot();
        world.runUntil("ready", world::isReady);
        for (int i = 0; i < 300; i++) {
            assertEquals(null, put());
        }
        assertTrue(world.disk.names().contains(Ballast.NAME));

        world.disk.quota(world.disk.usedBytes());
        int accepted = fill();
        assertTrue(accepted < 3000, accepted + " puts on a full disk");
        assertFalse(world.disk.names().contains(Ballast.NAME), "the ballast is overboard");
        assertTrue(world.node().isOutOfSpace());

        for (int i = 0; i < keys; i++) {
            byte[] key = key(i);
            assertEquals(null, call("delete", (writer, id) -> writer.delete(id, key, ONE_KEY, true)), "delete " + i);
        }
        assertEquals(null, call("compact", (writer, id) -> writer.compact(id, world.revision(), true)));
        assertEquals(NO_SPACE, put());
        world.verify(List.of(Questions::ask));

        world.disk.quota(Long.MAX_VALUE);
        world.runUntil("there is space", () -> !world.node().isOutOfSpace());
        assertTrue(world.disk.names().contains(Ballast.NAME), "the ballast is on board again");
        assertEquals(null, put());
        world.verify(List.of(Questions::ask));
        world.kill();
        world.boot();
        world.verify(List.of(Questions::ask));
        world.close();
    }

    /** The node starts on a disk that is full and has no ballast on it. */
    @Test
    void shouldStartOnAFullDisk() {
        world.boot();
        world.runUntil("ready", world::isReady);
        for (int i = 0; i < 100; i++) {
            put();
        }
        world.disk.quota(world.disk.usedBytes());
        fill();
        world.kill();
        world.boot();
        world.verify(List.of(Questions::ask));
        world.disk.quota(Long.MAX_VALUE);
        world.runUntil("there is space", () -> !world.node().isOutOfSpace());
        assertEquals(null, put());
        world.close();
    }

    /** Puts until one is refused. */
    private int fill() {
        int accepted = 0;
        String error = put();
        while (error == null) {
            accepted++;
            error = put();
        }
        assertEquals(NO_SPACE, error);
        return accepted;
    }

    private String put() {
        byte[] key = key(keys);
        String error = call("put", (writer, id) -> writer.put(id, key, new byte[600], 0, 0));
        keys += error == null ? 1 : 0;
        return error;
    }

    private static byte[] key(int number) {
        return String.format("key %06d", number).getBytes(StandardCharsets.UTF_8);
    }

    /** The error of the answer, or null. */
    private String call(String text, ObjLongConsumer<RequestWriter> request) {
        Session session = world.session(1);
        Call[] made = new Call[1];
        world.send(session, id -> {
            RequestWriter writer = new RequestWriter();
            request.accept(writer, id);
            made[0] = new Call(id, writer.take(), text);
            return made[0];
        });
        world.runUntil("answered", world::isQuiet);
        return Answer.errorText(made[0].frames.get(0));
    }
}
