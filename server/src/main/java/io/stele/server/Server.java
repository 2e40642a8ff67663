package io.stele.server;

import io.stele.index.ChronicleKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import io.stele.server.config.Version;
import io.stele.server.node.FailStop;
import io.stele.server.node.Node;
import io.stele.server.node.NodeContext;
import io.stele.server.node.NodeIdentity;
import io.stele.server.node.NodeStatus;
import io.stele.server.node.NodeThreads;
import io.stele.server.node.ParkingIdleStrategy;
import io.stele.server.watch.WatchLimits;
import io.stele.transport.client.ClientFace;
import io.stele.transport.client.ClientLinkContext;
import io.stele.transport.client.FaceContext;
import io.stele.transport.client.NettyClientLink;
import io.stele.transport.client.PortProtocol;
import io.stele.transport.client.PortUse;
import io.stele.transport.peer.AeronPeerLink;
import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerIdentity;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.PeerLinkContext;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node: the real side of every port, on threads. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    /** Log kept for followers that are behind: so much they catch up from it, else from a snapshot. */
    private static final long WAL_RETAINED_BYTES = 256L * 1024 * 1024;

    /** Of the heap, one part in so many may be watches: who makes too many is refused before others suffer. */
    private static final int WATCH_HEAP_SHARE = 3;

    /** Events are gathered so long for each connection that gets some: a send takes a tenth of it. */
    private static final long WATCH_REST_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final long WATCH_REST_NS_MAX = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long a stopping server goes on answering clients that do not leave: they may have nowhere to go. */
    private static final long LEAVE_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long LEAVE_CLUSTER_NS = TimeUnit.SECONDS.toNanos(1);

    private static final String FAILED = "the node failed while it started; see the log";
    private static final String REMOVED = "this member has been removed from its cluster: to join again, add it with"
            + " 'stelectl member add' and start it with an empty --data-dir and --initial-cluster-state existing";
    private static final String CLONE = "another process is this member already: a data directory serves one process,"
            + " and its copy cannot join beside it; to have one more member, add it with 'stelectl member add' and"
            + " start it with an empty --data-dir and --initial-cluster-state existing";
    private static final long READY_POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ServerConfig config;
    private final Node node;
    private final NodeThreads threads;
    private final List<ListenUrl> clientUrls;
    private final List<ListenUrl> httpUrls;
    private final List<ListenUrl> metricsUrls;
    private final List<ClientFace> faces;
    private final NettyClientLink link;
    private final PeerBuffers buffers;

    private Server(Launch launch, Node node, NodeThreads threads) {
        config = launch.config;
        this.node = node;
        this.threads = threads;
        clientUrls = launch.bound(config.listenClientUrls(), 0);
        httpUrls = launch.bound(config.faces().listenHttpUrls(), clientUrls.size());
        metricsUrls = launch.bound(config.faces().listenMetricsUrls(), clientUrls.size() + httpUrls.size());
        faces = launch.faces;
        link = launch.link;
        buffers = launch.buffers;
    }

    /** Starts a node and returns when it serves. When it cannot, throws with one clear line and leaves nothing open. */
    public static Server launch(ServerConfig config, FailStop failStop) {
        Launch launch = new Launch(config, failStop);
        return launch.run();
    }

    /** Where clients may connect to, with the ports that were really taken. */
    public List<ListenUrl> clientUrls() {
        return clientUrls;
    }

    /** Where HTTP/1.1 has ports of its own, if it has. */
    public List<ListenUrl> httpUrls() {
        return httpUrls;
    }

    /** Where metrics have ports of their own, if they have. */
    public List<ListenUrl> metricsUrls() {
        return metricsUrls;
    }

    public Node node() {
        return node;
    }

    /** Whether this member was removed from its cluster: it has nothing to do any more. */
    public boolean isRemoved() {
        return node.status().removed();
    }

    /** Whether another process is this member: this one has to go. */
    public boolean isClone() {
        return node.status().duplicate();
    }

    /** Makes another member lead, if this one does; gives up after two election timeouts. */
    private void handOver() {
        node.handOver();
        long deadlineNs = System.nanoTime() + 2 * TimeUnit.MILLISECONDS.toNanos(config.electionTimeoutMs());
        while (node.status().leads() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(READY_POLL_NS);
        }
    }

    /** Clients that know of other members go there, and get from here what they wait for; the others are cut off. */
    private void sendClientsAway() {
        link.announceEnd("server stopped");
        long deadlineNs = System.nanoTime() + (config.cluster().isListening() ? LEAVE_CLUSTER_NS : LEAVE_NS);
        while (link.openCount() > 0 && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(READY_POLL_NS);
        }
    }

    /** Hands leadership over, stops serving, leaves a checkpoint and closes everything. */
    @Override
    public void close() {
        handOver();
        CloseHelper.closeAll(faces);
        sendClientsAway();
        threads.close();
        node.closeCleanly();
        node.close();
        buffers.close();
        LOG.info("data directory {} is closed", config.dataDirectory());
    }

    private static final class Launch {
        private final ServerConfig config;
        private final FailStop failStop;
        private final PeerSockets peerSockets = new PeerSockets();
        private final List<ClientFace> faces = new ArrayList<>();
        private NettyClientLink link;
        private PeerBuffers buffers;
        private ParkingIdleStrategy idle;
        private volatile boolean failed;

        Launch(ServerConfig config, FailStop failStop) {
            this.config = config;
            this.failStop = failStop;
        }

        Server run() {
            long startNs = System.nanoTime();
            boolean dedicated = config.threadingMode() == ThreadingMode.DEDICATED;
            Node node = Node.open(new NodeContext()
                    .config(config)
                    .files(DataDirectory.open(config.dataDirectory()))
                    .index(Launch::keyIndex)
                    .clients(this::listen)
                    .peers(this::peers)
                    .joining(new ClusterInquiry(config.cluster(), config.name())::ask)
                    .walRetainedBytes(config.cluster().isListening() ? WAL_RETAINED_BYTES : 0)
                    .watchLimits(new WatchLimits()
                            .restNs(WATCH_REST_NS, WATCH_REST_NS_MAX)
                            .heapBytesMax(Runtime.getRuntime().maxMemory() / WATCH_HEAP_SHARE)
                            .progressIntervalNs(TimeUnit.MILLISECONDS.toNanos(config.watchProgressNotifyMs())))
                    .spaceListener(Launch::onSpaceChanged)
                    .clock(SystemNanoClock.INSTANCE)
                    .seed(new SecureRandom().nextLong()));
            NodeThreads threads = new NodeThreads(node, idle, dedicated, this::onFailure);
            Server server = new Server(this, node, threads);
            NodeStatus status = node.status();
            while (!status.ready() && !status.removed() && !status.duplicate() && !failed) {
                LockSupport.parkNanos(READY_POLL_NS);
                status = node.status();
            }
            if (!status.ready() || status.duplicate()) {
                CloseHelper.closeAll(faces);
                CloseHelper.closeAll(threads, node, buffers);
                throw new IllegalStateException(failed ? FAILED : status.duplicate() ? CLONE : REMOVED);
            }
            LOG.info(
                    "member {} of cluster {} is ready: revision {}, applied index {}, {} ms",
                    Long.toHexString(node.identity().memberId()),
                    Long.toHexString(node.identity().clusterId()),
                    node.status().revision(),
                    node.status().appliedIndex(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
            return server;
        }

        private void onFailure(String agent, Throwable cause) {
            failed = true;
            failStop.stop(agent, cause);
        }

        private static void onSpaceChanged(boolean outOfSpace, long freeBytes) {
            if (outOfSpace) {
                LOG.warn("the disk is nearly full, {} bytes are free: writes that add data are refused", freeBytes);
            } else {
                LOG.info("the disk has space again, {} bytes are free: writes are accepted", freeBytes);
            }
        }

        private static KeyIndex keyIndex() {
            return new ChronicleKeyIndex(new IndexContext());
        }

        private NettyClientLink listen(NodeIdentity identity) {
            ClientLinkContext context = new ClientLinkContext()
                    .identity(identity.clusterId(), identity.memberId(), config.name(), Version.NUMBER)
                    .requestBytesMax(config.maxRequestBytes())
                    .goodbyes(new GoodbyeLog(SystemNanoClock.INSTANCE, LOG::warn));
            ServiceLoader.load(ClientFace.class).forEach(faces::add);
            FaceConfig face = config.faces();
            boolean isHttpApart = !face.listenHttpUrls().isEmpty();
            listen(context, config.listenClientUrls(), isHttpApart ? PortUse.CLIENTS_WITHOUT_HTTP : PortUse.CLIENTS);
            listen(context, face.listenHttpUrls(), PortUse.HTTP);
            listen(context, face.listenMetricsUrls(), PortUse.METRICS);
            if (config.cluster().isListening()) { // those who want to join ask there who they are: ClusterInquiry
                listen(context, config.cluster().listenPeerUrls().subList(0, 1), PortUse.MEMBERS);
            }
            context.localWakeup(() -> idle.wake());
            long yieldNs = config.threadingMode() == ThreadingMode.DEDICATED ? Long.MAX_VALUE : NodeThreads.YIELD_NS;
            long sleepNsMax = TimeUnit.MILLISECONDS.toNanos(config.heartbeatIntervalMs()) / 2;
            if (config.ioThreads() == 0) {
                link = new NettyClientLink(context.driven(true));
                idle = new ParkingIdleStrategy(yieldNs, sleepNsMax, link::await, link::wakeup);
                peerSockets.watchWith(channel -> link.watch(channel, idle::wake));
            } else {
                idle = new ParkingIdleStrategy(yieldNs, sleepNsMax);
                link = new NettyClientLink(context.loopCount(config.ioThreads()).wakeup(idle::wake));
            }
            for (ClientFace each : faces) {
                each.start(new FaceContext(
                        link,
                        identity.clusterId(),
                        identity.memberId(),
                        config.name(),
                        Version.ETCD_API,
                        config.maxRequestBytes(),
                        config.electionTimeoutMs(),
                        face.settings(),
                        LOG::info));
            }
            return link;
        }

        private void listen(ClientLinkContext context, List<ListenUrl> urls, PortUse use) {
            List<PortProtocol> protocols = new ArrayList<>();
            faces.forEach(face -> protocols.addAll(face.protocols(use)));
            for (ListenUrl url : urls) {
                context.address(url.address(), use, protocols);
            }
        }

        private PeerLink peers(PeerIdentity identity) {
            ListenUrl listen = config.cluster().listenPeerUrls().get(0);
            buffers = PeerBuffers.open(config.dataDirectory());
            return new AeronPeerLink(new PeerLinkContext()
                    .identity(identity)
                    .listen(new PeerAddress(listen.host(), listen.port()))
                    .directory(buffers.directory())
                    .mtu(isLocal() ? PeerLinkContext.MTU_LOOPBACK : PeerLinkContext.MTU_DEFAULT)
                    .dedicated(config.threadingMode() == ThreadingMode.DEDICATED)
                    .sockets(peerSockets)
                    .log(LOG::warn));
        }

        /** Whether all members are on this machine. */
        private boolean isLocal() {
            return config.cluster().members().stream()
                    .flatMap(member -> member.peerUrls().stream())
                    .allMatch(
                            url -> url.host().equals("localhost") || url.host().startsWith("127."));
        }

        /** With the ports that were really taken, in the order in which they were listened on. */
        private List<ListenUrl> bound(List<ListenUrl> urls, int firstPort) {
            List<ListenUrl> bound = new ArrayList<>();
            for (int i = 0; i < urls.size(); i++) {
                bound.add(new ListenUrl(urls.get(i).host(), link.ports()[firstPort + i]));
            }
            return bound;
        }
    }
}
