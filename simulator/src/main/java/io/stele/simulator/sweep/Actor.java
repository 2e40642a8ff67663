package io.stele.simulator.sweep;

import io.stele.simulator.World;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.RequestWriter;
import io.stele.simulator.workload.Session;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** What a {@link Script} can do. */
public final class Actor {
    private static final byte[] NONE = {};

    private final World world;
    private int client;
    private int fill;

    Actor(World world) {
        this.world = world;
    }

    /** From now on another client speaks. */
    public Actor as(int number) {
        client = 1 + number;
        return this;
    }

    public Actor put(String key, int valueLength) {
        return put(key, valueLength, 0);
    }

    public Actor put(String key, int valueLength, long lease) {
        byte[] value = new byte[valueLength];
        java.util.Arrays.fill(value, (byte) ++fill);
        return send("put " + key, (writer, id) -> writer.put(id, bytes(key), value, lease, 0));
    }

    public Actor get(String key) {
        return send("get " + key, (writer, id) -> writer.get(id, bytes(key)));
    }

    public Actor delete(String from, String end) {
        return send("delete " + from, (writer, id) -> writer.delete(id, bytes(from), bytes(end), true));
    }

    public Actor compact(int back) {
        long revision = Math.max(1, world.revision() - back);
        return send("compact " + revision, (writer, id) -> writer.compact(id, revision, true));
    }

    public Actor grant(long lease) {
        return send("grant lease " + lease, (writer, id) -> writer.grant(id, lease, 1000));
    }

    public Actor revoke(long lease) {
        return send("revoke lease " + lease, (writer, id) -> writer.revoke(id, lease));
    }

    /** Any other request. */
    public Actor send(String text, java.util.function.ObjLongConsumer<RequestWriter> request) {
        Session session = world.session(Math.max(1, client));
        world.send(session, id -> {
            RequestWriter writer = new RequestWriter();
            request.accept(writer, id);
            return new Call(id, writer.take(), text);
        });
        return this;
    }

    /** Until every client has its answers. */
    public Actor await() {
        world.runUntil("answered", world::isQuiet);
        return this;
    }

    /** Only the node's own thread: what it appends waits for a force. */
    public Actor nodeOnly(int cycles) {
        world.nodeCycles(cycles);
        return this;
    }

    /** Everybody, so many times, whatever there is to do. */
    public Actor idle(int rounds) {
        world.rounds(rounds);
        return this;
    }

    /** Stops in good order and starts again. */
    public Actor restart() {
        world.close();
        return start();
    }

    /** The process is killed and starts again. */
    public Actor kill() {
        world.kill();
        return start();
    }

    private Actor start() {
        world.boot();
        return idleUntilReady();
    }

    Actor idleUntilReady() {
        world.runUntil("ready", world::isReady);
        return this;
    }

    /** Repeats a command. */
    static Consumer<Actor> times(int count, java.util.function.ObjIntConsumer<Actor> command) {
        return actor -> {
            for (int i = 0; i < count; i++) {
                command.accept(actor, i);
            }
        };
    }

    static byte[] bytes(String text) {
        return text.isEmpty() ? NONE : text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
