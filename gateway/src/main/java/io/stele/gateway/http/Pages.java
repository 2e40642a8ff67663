package io.stele.gateway.http;

import io.grpc.Status;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stele.gateway.call.CallCounts;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.StatusReader;
import java.util.List;
import java.util.function.Supplier;

/** What is no call of the API: versions, health, metrics. */
final class Pages {
    private final Supplier<NodeCalls> calls;
    private final String version;
    private final List<CallCounts> counts;
    private final HealthCounts health = new HealthCounts();

    Pages(Supplier<NodeCalls> calls, String version, List<CallCounts> counts) {
        this.calls = calls;
        this.version = version;
        this.counts = counts;
    }

    void answer(Channel channel, HttpMethod method, QueryStringDecoder uri, boolean keepAlive) {
        String path = uri.path();
        boolean isCheck = path.equals("/livez")
                || path.equals("/readyz")
                || path.startsWith("/livez/")
                || path.startsWith("/readyz/");
        if (!isCheck && !List.of("/version", "/health", "/metrics").contains(path)) {
            notFound(channel, keepAlive);
        } else if (!method.equals(HttpMethod.GET)) {
            HttpReplies.send(
                    channel,
                    keepAlive,
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    HttpReplies.TEXT,
                    "Method Not Allowed\n");
        } else if (isCheck) {
            new HealthChecks(calls.get(), version, health).answer(channel, uri, keepAlive);
        } else if (path.equals("/version")) {
            HttpReplies.send(channel, keepAlive, HttpResponseStatus.OK, HttpReplies.JSON, versions());
        } else if (path.equals("/health")) {
            new HealthChecks(calls.get(), version, health).health(channel, uri, keepAlive);
        } else {
            new MetricsPage(calls.get(), version, counts, health).answer(channel, keepAlive);
        }
    }

    /** Health and metrics alone. */
    void answerMetrics(Channel channel, HttpMethod method, QueryStringDecoder uri, boolean keepAlive) {
        if (uri.path().equals("/version")) {
            notFound(channel, keepAlive);
        } else {
            answer(channel, method, uri, keepAlive);
        }
    }

    private static void notFound(Channel channel, boolean keepAlive) {
        HttpReplies.send(channel, keepAlive, HttpResponseStatus.NOT_FOUND, HttpReplies.TEXT, "404 page not found\n");
    }

    private String versions() {
        String minor = StatusReader.minor(version);
        return "{\"etcdserver\":\"" + version + "\",\"etcdcluster\":\"" + minor + "\",\"storage\":\"" + minor + "\"}";
    }

    /** For a check that has failed: what etcd's error text would be. */
    static String text(Status status) {
        return status.getDescription() == null ? status.getCode().name() : status.getDescription();
    }
}
