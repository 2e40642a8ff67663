package io.stele.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How a {@link SteleClient} is to be. */
public final class ClientContext {
    private static final int PORT_DEFAULT = 2379;

    final List<Endpoint> endpoints = new ArrayList<>();
    long connectTimeoutNs = Duration.ofSeconds(5).toNanos();
    long requestTimeoutNs = Duration.ofSeconds(10).toNanos();
    int connectionCount = 1;
    int inFlightMax = 1024;
    int threadCount = 1;
    boolean useEpoll = true;
    boolean failFast;
    long answerTimeoutNs = Duration.ofMillis(500).toNanos();
    private Boolean isCluster;
    private Boolean isExactlyOnce;

    /** Where a server listens. */
    record Endpoint(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        static Endpoint parse(String text) {
            URI uri;
            try {
                uri = URI.create(text.contains("://") ? text : "http://" + text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("endpoint \"" + text + "\" is not host:port", e);
            }
            if (uri.getHost() == null || !"http".equals(uri.getScheme())) {
                throw new IllegalArgumentException("endpoint \"" + text + "\" is not host:port");
            }
            String host = uri.getHost().startsWith("[")
                    ? uri.getHost().substring(1, uri.getHost().length() - 1)
                    : uri.getHost();
            return new Endpoint(host, uri.getPort() < 0 ? PORT_DEFAULT : uri.getPort());
        }
    }

    /** Adds servers: {@code host:port} or {@code http://host:port}, several separated by commas. */
    public ClientContext endpoints(String list) {
        for (String text : list.split(",", -1)) {
            endpoints.add(Endpoint.parse(text.trim()));
        }
        return this;
    }

    /** For one attempt to connect to one server. */
    public ClientContext connectTimeout(Duration value) {
        connectTimeoutNs = value.toNanos();
        return this;
    }

    /** For one request, all its attempts included. A streamed range may take as long for each step. */
    public ClientContext requestTimeout(Duration value) {
        requestTimeoutNs = value.toNanos();
        return this;
    }

    /** Connections to keep, spread over the endpoints. One is enough for most. */
    public ClientContext connectionCount(int value) {
        connectionCount = value;
        return this;
    }

    /** Unanswered requests per connection; who has more to send waits, see {@link #failFast}. */
    public ClientContext inFlightMax(int value) {
        inFlightMax = value;
        return this;
    }

    /**
     * Whether a request fails at once, with {@code RESOURCE_EXHAUSTED} and certainly not applied, when the connections
     * have no room for it. Otherwise it waits for room, and its caller with it, as long as it has time: what is sent
     * too fast becomes slow. Nobody waits on a network thread; there the request alone does. Default: false.
     */
    public ClientContext failFast(boolean value) {
        failFast = value;
        return this;
    }

    /**
     * Whether to treat the endpoints as those of one cluster: to learn who its members are, to go where the leader is,
     * and to leave a member that gives no sign of life. Otherwise only the given endpoints are used, one after the
     * other, and one that answers is stayed with. Default: when more than one is given.
     */
    public ClientContext cluster(boolean value) {
        isCluster = value;
        return this;
    }

    /**
     * Whether writes are numbered within a session that the servers remember, so that one whose reply was lost can be
     * sent again without being done again. Default: for clusters, see {@link #cluster}.
     */
    public ClientContext exactlyOnce(boolean value) {
        isExactlyOnce = value;
        return this;
    }

    /** In a cluster: how long a server with requests of this client may be silent before another is asked. */
    public ClientContext answerTimeout(Duration value) {
        answerTimeoutNs = value.toNanos();
        return this;
    }

    boolean isCluster() {
        return isCluster;
    }

    boolean isExactlyOnce() {
        return isExactlyOnce;
    }

    /** Network threads. */
    public ClientContext threadCount(int value) {
        threadCount = value;
        return this;
    }

    /** False: Java's own selector even where epoll is there. */
    public ClientContext useEpoll(boolean value) {
        useEpoll = value;
        return this;
    }

    void conclude() {
        if (endpoints.isEmpty()) {
            endpoints("127.0.0.1:" + PORT_DEFAULT);
        }
        if (isCluster == null) {
            isCluster = endpoints.size() > 1;
        }
        if (isExactlyOnce == null) {
            isExactlyOnce = isCluster;
        }
        if (connectionCount < 1 || inFlightMax < 1 || inFlightMax > 32 * 1024 || threadCount < 1) {
            throw new IllegalArgumentException("connectionCount, inFlightMax or threadCount out of range");
        }
        if (connectTimeoutNs <= 0 || requestTimeoutNs <= 0 || answerTimeoutNs <= 0) {
            throw new IllegalArgumentException("timeouts must be positive");
        }
    }
}
