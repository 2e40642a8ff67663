package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.index.HeapKeyIndex;
import io.stele.server.config.AutoCompaction;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.MemberRules;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.ReplyCodec;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestCodec;
import io.stele.storage.file.sim.SimDisk;
import io.stele.transport.client.sim.SimClient;
import io.stele.transport.client.sim.SimClientLink;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.MemberChangeRequestEncoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.MoveLeaderRequestEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import io.stele.transport.peer.sim.SimPeerNetwork;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Whole nodes in one thread, over a simulated network and simulated disks. */
final class SimCluster implements AutoCloseable {
    private static final long ROUND_NS = 1_000_000;
    private static final int ROUNDS_MAX = 20_000;

    /** One member, through its lives. */
    final class Member {
        final String name;
        final SimDisk disk = new SimDisk();
        Node node;
        private SimClientLink clients;
        private SimClient client;
        private int life;
        private Joining joining;

        /** How long its disk takes for a force. */
        long forceNs;

        private long nextForceNs;

        /** Time that goes by whenever it removes a key, while the others go on. */
        long removalNs;

        /** The process is paused. */
        long standsStillUntilNs;

        Member(String name) {
            this.name = name;
        }

        void start() {
            life++;
            clients = new SimClientLink(1024, 16 * 1024 * 1024);
            client = clients.connect();
            node = Node.open(new NodeContext()
                    .config(config(name, joining != null))
                    .joining(() -> joining)
                    .files(disk.mount())
                    .index(() -> new SlowIndex(new HeapKeyIndex(), this::onRemoval))
                    .clients(identity -> clients)
                    .peers(identity -> new GarblingPeers(network.open(identity), frame -> garbler.accept(frame)))
                    .clock(() -> nowNs)
                    .seed(1000L * life + name.hashCode())
                    .log(log -> log.segmentLength(64 * 1024)
                            .headerCount(256)
                            .spareSegmentMax(1)
                            .freshBytes(1024))
                    .pages(pages -> pages.regionBytes(1024 * 1024))
                    .checkpointBytes(256 * 1024)
                    .reserveBytes(reserveBytes)
                    .ballastBytes(ballastBytes)
                    .walRetainedBytes(1024 * 1024));
            node.nodeAgent().onStart();
        }

        void round() {
            if (node != null && nowNs >= standsStillUntilNs) {
                node.nodeAgent().doWork();
                if (nowNs >= nextForceNs && node.syncAgent().doWork() > 0) {
                    nextForceNs = nowNs + forceNs;
                }
                node.spaceAgent().doWork();
                node.checkpointAgent().doWork();
            }
        }

        private void onRemoval() {
            if (removalNs > 0) {
                nowNs += removalNs;
                members.stream().filter(member -> member != this).forEach(Member::round);
            }
        }

        /** The process ends at once. */
        void kill() {
            network.drop(node.identity().memberId());
            node = null;
            disk.kill();
        }

        /** The process ends in good order. */
        void stop() {
            node.nodeAgent().onClose();
            node.closeCleanly();
            node.close();
            node = null;
        }

        /** One more client of it. */
        SimClient connect() {
            return clients.connect();
        }

        boolean isLeader() {
            return node != null
                    && node.raft().role() == Role.LEADER
                    && node.raft().hasCommittedInTerm();
        }

        long id() {
            return node.identity().memberId();
        }

        void put(long correlationId, String key, String value) {
            put.wrapAndApplyHeader(buffer, 0, header)
                    .correlationId(correlationId)
                    .sessionId(0)
                    .sequence(0)
                    .lease(0)
                    .flags()
                    .clear();
            byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
            byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
            put.putKey(keyBytes, 0, keyBytes.length).putValue(valueBytes, 0, valueBytes.length);
            client.send(buffer, 0, put.limit());
        }

        void get(long correlationId, String key, boolean serializable) {
            range.wrapAndApplyHeader(buffer, 0, header)
                    .correlationId(correlationId)
                    .revision(0)
                    .pairLimit(0)
                    .minModRevision(0)
                    .maxModRevision(0)
                    .minCreateRevision(0)
                    .maxCreateRevision(0)
                    .sortOrder(SortOrder.NONE)
                    .sortTarget(SortTarget.KEY)
                    .flags()
                    .clear()
                    .serializable(serializable);
            byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
            range.putKey(keyBytes, 0, keyBytes.length).putRangeEnd(keyBytes, 0, 0);
            client.send(buffer, 0, range.limit());
        }

        /** Asks for a change of the membership; the answer is {@code ok} or an error. */
        String change(int operation, long memberId, String peerUrls) {
            MemberChangeRequestEncoder change = new MemberChangeRequestEncoder();
            change.wrapAndApplyHeader(buffer, 0, header)
                    .correlationId(++lastCorrelationId)
                    .memberId(memberId)
                    .operation((short) operation);
            change.name("").peerUrls(peerUrls).clientUrls("");
            client.send(buffer, 0, change.limit());
            return answer();
        }

        String moveLeader(long target) {
            MoveLeaderRequestEncoder move = new MoveLeaderRequestEncoder();
            move.wrapAndApplyHeader(buffer, 0, header)
                    .correlationId(++lastCorrelationId)
                    .targetId(target);
            client.send(buffer, 0, move.limit());
            return answer();
        }

        /** Asks in plain data and waits for the whole answer. */
        Reply ask(Request request) {
            RequestCodec codec = new RequestCodec();
            int length = codec.encode(request, ++lastCorrelationId);
            client.send(codec.buffer(), 0, length);
            byte[][] answer = new byte[1][];
            until("answered by " + name, () -> (answer[0] = client.receive()) != null);
            return new ReplyCodec().decode(new UnsafeBuffer(answer[0]), 0, answer[0].length);
        }

        /** Sends a request as it is. */
        void send(DirectBuffer request, int length) {
            client.send(request, 0, length);
        }

        /** Sends a request as it is, and waits for the answer. */
        String sendNow(DirectBuffer request, int length) {
            send(request, length);
            return answer();
        }

        /** The next reply as it is, null if there is none. */
        byte[] receiveFrame() {
            return client.receive();
        }

        /** The next reply, null if there is none: {@code ok}, the value got, or an error's text. */
        String receive() {
            byte[] frame = client.receive();
            return frame == null ? null : describe(frame);
        }

        /** The answer to a put. */
        String putNow(String key, String value) {
            put(++lastCorrelationId, key, value);
            return answer();
        }

        String getNow(String key, boolean serializable) {
            get(++lastCorrelationId, key, serializable);
            return answer();
        }

        String answer() {
            return describe(answerFrame());
        }

        byte[] answerFrame() {
            byte[][] answer = new byte[1][];
            until("answered by " + name, () -> (answer[0] = client.receive()) != null);
            return answer[0];
        }
    }

    final List<Member> members = new ArrayList<>();
    final SimPeerNetwork network;
    private final List<InitialMember> initial = new ArrayList<>();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PutRequestEncoder put = new PutRequestEncoder();
    private final RangeRequestEncoder range = new RangeRequestEncoder();
    private long lastCorrelationId = 1_000_000;
    private long falseAlarms;

    /** Whether members may be fenced; all other tests prove that nobody ever is without need. */
    boolean expectsFences;

    long nowNs;

    /** What changes frames between members before they leave. */
    Consumer<UnsafeBuffer> garbler = frame -> {};

    /** As of the next start of a member. */
    AutoCompaction autoCompaction = AutoCompaction.OFF;

    /** Likewise. */
    MemberRules rules = MemberRules.DEFAULT;

    /** Likewise: free bytes on a disk below which it counts as full. */
    long reserveBytes;

    /** Likewise: kept for what is under way when the disk is found full; -1 for what is usual. */
    long ballastBytes = -1;

    /** Likewise: what the data may take; 0 for no limit. */
    long quotaBytes;

    SimCluster(int count, SimPeerWeather weather) {
        this(count, weather, 0);
    }

    SimCluster(int count, SimPeerWeather weather, long quotaBytes) {
        this.quotaBytes = quotaBytes;
        network = new SimPeerNetwork(() -> nowNs, weather);
        for (int i = 1; i <= count; i++) {
            initial.add(new InitialMember("m" + i, List.of(new ListenUrl("m" + i, 2380))));
            members.add(new Member("m" + i));
        }
        members.forEach(Member::start);
    }

    private ServerConfig config(String name, boolean existing) {
        ListenUrl client = new ListenUrl("127.0.0.1", 0);
        List<ListenUrl> peer = List.of(new ListenUrl(name, 2380));
        return new ServerConfig(
                name,
                Path.of(name),
                List.of(client),
                List.of(client),
                new ClusterConfig("sim", peer, peer, existing ? withSelf(name) : initial, existing, rules),
                10,
                50,
                64 * 1024,
                ServerConfig.MAX_TXN_OPS_DEFAULT,
                ServerConfig.CHECKPOINT_BYTES_DEFAULT,
                ServerConfig.WAL_SEGMENT_BYTES_DEFAULT,
                quotaBytes,
                1,
                ThreadingMode.INVOKER,
                autoCompaction,
                ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT,
                FaceConfig.DEFAULT,
                "error");
    }

    private List<InitialMember> withSelf(String name) {
        List<InitialMember> all = new ArrayList<>(initial);
        all.add(new InitialMember(name, List.of(new ListenUrl(name, 2380))));
        return all;
    }

    /** Starts a member that was added to the cluster before. */
    Member join(String name, long memberId) {
        Member host = leader();
        Member member = new Member(name);
        member.joining = new Joining(
                new NodeIdentity(host.node.identity().clusterId(), memberId),
                host.node.machine().members().members());
        members.add(member);
        member.start();
        return member;
    }

    void round() {
        nowNs += ROUND_NS;
        members.forEach(Member::round);
    }

    void rounds(int count) {
        for (int i = 0; i < count; i++) {
            round();
        }
    }

    void until(String what, BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (i == ROUNDS_MAX) {
                throw new AssertionError("not after " + ROUNDS_MAX + " rounds: " + what);
            }
            round();
        }
    }

    Member leader() {
        until("somebody leads", () -> members.stream().anyMatch(Member::isLeader));
        return members.stream().filter(Member::isLeader).findFirst().orElseThrow();
    }

    Member follower() {
        Member leader = leader();
        return members.stream()
                .filter(member -> member != leader && member.node != null)
                .findFirst()
                .orElseThrow();
    }

    private static String describe(byte[] bytes) {
        UnsafeBuffer frame = new UnsafeBuffer(bytes);
        MessageHeaderDecoder head = new MessageHeaderDecoder().wrap(frame, 0);
        if (head.templateId() == ErrorReplyDecoder.TEMPLATE_ID) {
            return new ErrorReplyDecoder().wrapAndApplyHeader(frame, 0, head).text();
        }
        if (head.templateId() != RangeReplyDecoder.TEMPLATE_ID) {
            return "ok";
        }
        RangeReplyDecoder reply = new RangeReplyDecoder().wrapAndApplyHeader(frame, 0, head);
        if (reply.kvCount() == 0) {
            return "none";
        }
        KeyValueDecoder pair = new KeyValueDecoder().wrapAndApplyHeader(frame, reply.limit(), head);
        pair.skipKey();
        byte[] value = new byte[pair.valueLength()];
        pair.getValue(value, 0, value.length);
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        for (Member member : members) {
            if (member.node != null) {
                falseAlarms += member.node.fencedCount() + (member.node.isClusterCorrupt() ? 1 : 0);
                member.node.nodeAgent().onClose();
                member.node.close();
            }
        }
        if (falseAlarms > 0 && !expectsFences) {
            throw new AssertionError("members were fenced");
        }
    }
}
