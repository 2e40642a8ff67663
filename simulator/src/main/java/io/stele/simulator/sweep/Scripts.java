package io.stele.simulator.sweep;

import static io.stele.simulator.sweep.Actor.bytes;
import static io.stele.simulator.sweep.Actor.times;

import io.stele.simulator.NodeSettings;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The stories that are swept. */
public final class Scripts {
    private static final int ROUNDS_FOR_CHECKPOINT = 12;

    private Scripts() {}

    /** All of them. */
    public static List<Script> all() {
        List<Script> scripts = new ArrayList<>();
        scripts.add(firstBoot());
        scripts.add(putStream());
        scripts.add(groupCommit());
        scripts.add(overwriteAndCheckpoint());
        scripts.add(segmentRoll());
        scripts.add(segmentRecycling());
        scripts.add(compaction());
        scripts.add(deleteRange());
        scripts.add(nestedTxn());
        scripts.add(leases());
        scripts.add(largeValues());
        scripts.add(restartTwice());
        scripts.add(checkpointDuringLoad());
        scripts.add(spaceShrink());
        scripts.add(refusals());
        return scripts;
    }

    public static Script named(String name) {
        for (Script script : all()) {
            if (script.name().equals(name)) {
                return script;
            }
        }
        throw new IllegalArgumentException("no script is called " + name);
    }

    private static NodeSettings noCheckpoints() {
        NodeSettings settings = new NodeSettings();
        settings.checkpointBytes = 1 << 30;
        return settings;
    }

    private static NodeSettings checkpointEvery(int bytes) {
        NodeSettings settings = new NodeSettings();
        settings.checkpointBytes = bytes;
        return settings;
    }

    private static Script script(String name, NodeSettings settings, List<Consumer<Actor>> commands) {
        return new Script(name, settings, commands);
    }

    private static Script firstBoot() {
        return script(
                "first-boot",
                noCheckpoints(),
                List.of(
                        Actor::idleUntilReady,
                        a -> a.put("a", 10).await(),
                        a -> a.get("a").await()));
    }

    private static Script putStream() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String key = "k" + i % 7;
            commands.add(a -> a.put(key, 60).await());
        }
        return script("put-stream", noCheckpoints(), commands);
    }

    private static Script groupCommit() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int batch = i;
            commands.add(a -> {
                times(9, (actor, j) -> actor.as(j % 3).put("g" + (batch + j) % 11, 90))
                        .accept(a);
                a.nodeOnly(2).as(1).put("late" + batch, 20).nodeOnly(1).await();
            });
        }
        return script("group-commit", noCheckpoints(), commands);
    }

    private static Script overwriteAndCheckpoint() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            commands.add(times(8, (a, j) -> a.put("o" + j, 150)));
            commands.add(a -> a.await().idle(ROUNDS_FOR_CHECKPOINT));
        }
        return script("overwrite-checkpoint", checkpointEvery(1000), commands);
    }

    private static Script segmentRoll() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int batch = i;
            commands.add(times(4, (a, j) -> a.put("r" + batch + j, 500)));
            commands.add(Actor::await);
        }
        return script("segment-roll", noCheckpoints(), commands);
    }

    private static Script segmentRecycling() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            commands.add(times(6, (a, j) -> a.put("c" + j, 700)));
            commands.add(a -> a.await().idle(ROUNDS_FOR_CHECKPOINT));
        }
        return script("segment-recycling", checkpointEvery(4000), commands);
    }

    private static Script compaction() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            commands.add(times(10, (a, j) -> a.put("m" + j % 5, 120)));
            commands.add(a -> a.delete("m2", "").await());
            commands.add(a -> a.compact(3).await());
            commands.add(a -> a.idle(ROUNDS_FOR_CHECKPOINT));
        }
        return script("compaction", checkpointEvery(1500), commands);
    }

    private static Script deleteRange() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            commands.add(times(20, (a, j) -> a.put("d" + (char) ('a' + j), 100)));
            commands.add(a -> a.await().delete("dc", "dp").await());
            commands.add(a -> a.idle(ROUNDS_FOR_CHECKPOINT).delete("d", "\0").await());
        }
        return script("delete-range", checkpointEvery(2500), commands);
    }

    private static Script nestedTxn() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            commands.add(a -> a.put("t", 10 + number).await());
            commands.add(a -> a.send(
                            "txn with txn",
                            (writer, id) -> writer.txn(id, 1, 3, 1)
                                    .compare(bytes("t"), bytes(""), CompareTarget.VERSION, CompareResult.LESS, 4)
                                    .put(0, bytes("t1"), new byte[300], 0, 0)
                                    .delete(0, bytes("t2"), bytes(""), true)
                                    .txn(0, 1, 2, 1)
                                    .compare(bytes("t3"), bytes(""), CompareTarget.CREATE, CompareResult.EQUAL, 0)
                                    .put(0, bytes("t3"), new byte[100], 0, 0)
                                    .put(0, bytes("t4"), new byte[100], 0, 0)
                                    .delete(0, bytes("t3"), bytes("t5"), false)
                                    .put(0, bytes("t2"), new byte[30], 0, 0))
                    .await());
            commands.add(a -> a.idle(3));
        }
        return script("nested-txn", checkpointEvery(1500), commands);
    }

    private static Script leases() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            commands.add(a -> a.grant(1).grant(2).await());
            commands.add(times(8, (a, j) -> a.put("l" + j, 80, 1 + j % 2)));
            commands.add(a -> a.await().put("l3", 20, 0).revoke(1).await());
            commands.add(a -> a.idle(ROUNDS_FOR_CHECKPOINT));
            commands.add(a -> a.revoke(2).await());
        }
        return script("leases", checkpointEvery(1200), commands);
    }

    private static Script largeValues() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            commands.add(a -> a.put("big", 20_000).put("small", 5).await());
            commands.add(a -> a.put("big2", 9_000).await().idle(ROUNDS_FOR_CHECKPOINT));
        }
        return script("large-values", checkpointEvery(25_000), commands);
    }

    private static Script restartTwice() {
        return script(
                "restart-twice",
                checkpointEvery(1500),
                List.of(
                        times(6, (a, j) -> a.put("s" + j, 200)),
                        Actor::await,
                        Actor::restart,
                        times(6, (a, j) -> a.put("s" + j, 100)),
                        Actor::await,
                        Actor::kill,
                        times(3, (a, j) -> a.put("s" + j, 50)),
                        Actor::await));
    }

    private static Script checkpointDuringLoad() {
        List<Consumer<Actor>> commands = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int batch = i;
            commands.add(times(4, (a, j) -> a.as(j % 2).put("p" + (batch * 3 + j) % 17, 220)));
            commands.add(a -> a.nodeOnly(1).idle(1));
        }
        commands.add(Actor::await);
        return script("checkpoint-during-load", checkpointEvery(900), commands);
    }

    private static Script spaceShrink() {
        NodeSettings settings = checkpointEvery(30_000);
        settings.pageRegionBytes = 64 * 1024;
        return script(
                "space-shrink",
                settings,
                List.of(
                        times(20, (a, j) -> a.put("x" + j, 9_000)),
                        Actor::await,
                        a -> a.idle(ROUNDS_FOR_CHECKPOINT),
                        a -> a.delete("x", "y").await(),
                        a -> a.compact(0).await(),
                        a -> a.idle(60),
                        times(8, (a, j) -> a.put("y" + j, 5_000)),
                        a -> a.await().idle(60)));
    }

    private static Script refusals() {
        return script(
                "refusals",
                checkpointEvery(600),
                List.of(
                        a -> a.put("", 3).put("f", 10, 99).await(),
                        a -> a.compact(-5).await(),
                        a -> a.put("f", 10).revoke(7).grant(7).grant(7).await(),
                        a -> a.send(
                                        "ill-formed: txn",
                                        (w, id) -> w.txn(id, 0, 2, 0)
                                                .put(0, bytes("q"), new byte[3], 0, 0)
                                                .put(0, bytes("q"), new byte[4], 0, 0))
                                .await(),
                        times(6, (a, j) -> a.put("f" + j, 90)),
                        a -> a.await().idle(ROUNDS_FOR_CHECKPOINT)));
    }
}
