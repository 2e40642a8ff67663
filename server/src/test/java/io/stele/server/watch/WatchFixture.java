package io.stele.server.watch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stele.index.HeapKeyIndex;
import io.stele.index.KeyIndex;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.ReplyEncoder;
import io.stele.server.machine.StateMachine;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.ReplyCodec;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestCodec;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.codec.WatchFlagsDecoder;
import io.stele.transport.codec.WatchFlagsEncoder;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A state machine and its watches, with connections that take what they want. */
final class WatchFixture implements WatchOutput, AutoCloseable {
    /** One connection: what it got, and whether it can get more. */
    static final class Connection {
        final Received received = new Received();
        boolean hasRoom = true;
        /** Asked for each frame of events: false refuses it. */
        BooleanSupplier takesFrame = () -> true;
    }

    final Map<Long, Connection> connections = new TreeMap<>();
    StateMachine machine;
    WatchHub hub;
    long nowNs;
    private final RequestCodec requests = new RequestCodec();
    private final ReplyCodec replies = new ReplyCodec();
    private final ReplyEncoder encoder = new ReplyEncoder();
    private FileStore files;
    private PageStore store;
    private KeyIndex index;
    private long correlationId;

    WatchFixture() {
        this(new WatchLimits());
    }

    WatchFixture(WatchLimits limits) {
        machine = newMachine();
        hub = new WatchHub(machine, limits, this, 5);
    }

    private StateMachine newMachine() {
        files = new SimDisk().mount();
        store = PageStore.open(files, new PageStoreContext().regionBytes(4 * 1024 * 1024));
        index = new HeapKeyIndex();
        return new StateMachine(store, index, new MachineLimits());
    }

    Connection connection(long connectionId) {
        return connections.computeIfAbsent(connectionId, id -> new Connection());
    }

    Received received(long connectionId) {
        return connection(connectionId).received;
    }

    Received.Watch watch(long connectionId, long watchId) {
        return received(connectionId).watches.get(watchId);
    }

    /** Applies a request, unless it makes no sense; what it means for watchers waits for {@link #deliver}. */
    Reply apply(Request request) {
        int length = requests.encode(request, ++correlationId);
        if (machine.validate(requests.buffer(), 0, length) != null) {
            return null;
        }
        encoder.reset();
        machine.apply(machine.appliedIndex() + 1, 1, StateMachine.COMMAND, requests.buffer(), 0, length, encoder);
        return replies.decode(encoder.buffer(), 0, encoder.length());
    }

    Reply read(Request request) {
        int length = requests.encode(request, ++correlationId);
        encoder.reset();
        machine.read(requests.buffer(), 0, length, Integer.MAX_VALUE, encoder);
        return replies.decode(encoder.buffer(), 0, encoder.length());
    }

    void put(String key, String value) {
        apply(Request.put(key, value));
    }

    void putAndDeliver(String key, String value) {
        put(key, value);
        deliver();
    }

    void create(long connectionId, long watchId, String key, String end, long start, String... options) {
        byte flags = 0;
        for (String option : options) {
            flags = switch (option) {
                case "previous" -> WatchFlagsEncoder.previous(flags, true);
                case "progress" -> WatchFlagsEncoder.progressNotify(flags, true);
                case "noPut" -> WatchFlagsEncoder.noPut(flags, true);
                case "noDelete" -> WatchFlagsEncoder.noDelete(flags, true);
                case "leader" -> WatchFlagsEncoder.requireLeader(flags, true);
                default -> throw new IllegalArgumentException(option);
            };
        }
        connection(connectionId);
        WatchFlagsDecoder decoder = new WatchFlagsDecoder().wrap(new UnsafeBuffer(new byte[] {flags}), 0);
        hub.create(
                connectionId,
                ++correlationId,
                watchId,
                start,
                decoder,
                key.getBytes(ISO_8859_1),
                end.getBytes(ISO_8859_1),
                nowNs);
    }

    void cancel(long connectionId, long watchId) {
        hub.cancel(connectionId, ++correlationId, watchId);
    }

    void progress(long connectionId) {
        hub.progress(connectionId, ++correlationId);
    }

    void disconnect(long connectionId) {
        hub.onDisconnected(connectionId);
        connections.remove(connectionId);
    }

    int deliver() {
        return hub.deliver(nowNs);
    }

    /** Until nobody can be served. */
    void catchUp() {
        int rounds = 0;
        while (deliver() + hub.catchUp(4096, nowNs) > 0 || hub.restingNs(nowNs) > 0) {
            nowNs += hub.restingNs(nowNs);
            if (++rounds > 1_000_000) {
                throw new AssertionError("no end of catching up");
            }
        }
    }

    /** Removes what compactions gave up. */
    void sweep() {
        while (machine.doBackgroundWork(1000) > 0) {
            // all of it
        }
    }

    /** As if a snapshot had come: the state grows in a store of its own and takes the place of the present one. */
    void replaceState(java.util.function.Consumer<WatchFixture> growth, Iterable<Request> past) {
        PageStore oldStore = store;
        KeyIndex oldIndex = index;
        FileStore oldFiles = files;
        machine = newMachine();
        past.forEach(this::apply);
        growth.accept(this);
        oldIndex.close();
        oldStore.close();
        oldFiles.close();
        hub.machine(machine);
    }

    @Override
    public boolean hasRoom(long connectionId) {
        return connections.containsKey(connectionId) && connections.get(connectionId).hasRoom;
    }

    @Override
    public boolean send(long connectionId, DirectBuffer buffer, int offset, int length) {
        Connection connection = connections.get(connectionId);
        if (!connection.takesFrame.getAsBoolean()) {
            return false;
        }
        connection.received.onFrame(buffer, offset, length);
        return true;
    }

    @Override
    public void reply(long connectionId, DirectBuffer buffer, int offset, int length) {
        connections.get(connectionId).received.onFrame(buffer, offset, length);
    }

    @Override
    public long raftTerm() {
        return 1;
    }

    @Override
    public void close() {
        index.close();
        store.close();
        files.close();
    }
}
