package io.stele.gateway.http;

import io.grpc.Status;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.stele.gateway.call.CallCounts;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.StatusReader;
import io.stele.transport.MessageSequence;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What is measured, in Prometheus' text form, under etcd's names where the thing exists: the node's page, then what is
 * known here.
 */
final class MetricsPage {
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final NodeCalls node;
    private final String version;
    private final List<CallCounts> calls;
    private final HealthCounts health;
    private final MetricsWriter out = new MetricsWriter();

    MetricsPage(NodeCalls node, String version, List<CallCounts> calls, HealthCounts health) {
        this.node = node;
        this.version = version;
        this.calls = calls;
        this.health = health;
    }

    void answer(Channel channel, boolean keepAlive) {
        var unused = node.connection().call(node.writer().metrics(), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                out.raw(StatusReader.metrics(reply));
                write();
                HttpReplies.send(channel, keepAlive, HttpResponseStatus.OK, TYPE, out.text());
            }

            @Override
            public void onFailure(Status status) {
                HttpReplies.send(
                        channel,
                        keepAlive,
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        HttpReplies.TEXT,
                        Pages.text(status) + '\n');
            }
        });
    }

    private void write() {
        out.head("etcd_server_version", "Which version of etcd is spoken.", "gauge");
        out.sample("etcd_server_version", "server_version=\"" + version + '"', 1);
        out.head("etcd_cluster_version", "Which version the cluster speaks.", "gauge");
        String minor = version.substring(0, version.lastIndexOf('.'));
        out.sample("etcd_cluster_version", "cluster_version=\"" + minor + '"', 1);
        health.write(out);
        requests();
        calls("grpc_server_started_total", "Calls that were begun.", CallCounts::started);
        handled();
        calls("grpc_server_msg_received_total", "Messages that were received.", CallCounts::received);
        calls("grpc_server_msg_sent_total", "Messages that were sent.", CallCounts::sent);
        new ProcessMetrics(out).write();
    }

    private void requests() {
        long unary = 0;
        long stream = 0;
        for (CallCounts counts : calls) {
            if (counts.type().equals("unary")) {
                unary += counts.started();
            } else {
                stream += counts.started();
            }
        }
        String name = "etcd_server_client_requests_total";
        out.head(name, "Calls by gRPC; which version the client speaks is not asked.", "counter");
        out.sample(name, "type=\"unary\",client_api_version=\"unknown\"", unary);
        out.sample(name, "type=\"stream\",client_api_version=\"unknown\"", stream);
    }

    private void calls(String name, String help, ToLongFunction<CallCounts> count) {
        out.head(name, help, "counter");
        for (CallCounts counts : calls) {
            if (counts.started() > 0) {
                out.sample(name, labels(counts), count.applyAsLong(counts));
            }
        }
    }

    private void handled() {
        String name = "grpc_server_handled_total";
        out.head(name, "Calls that are over.", "counter");
        for (CallCounts counts : calls) {
            for (Status.Code code : Status.Code.values()) {
                long count = counts.handled(code);
                if (count > 0) {
                    out.sample(name, "grpc_code=\"" + goName(code) + "\"," + labels(counts), count);
                }
            }
        }
    }

    private static String labels(CallCounts counts) {
        return "grpc_method=\"" + counts.method() + "\",grpc_service=\"" + counts.service() + "\",grpc_type=\""
                + counts.type() + '"';
    }

    /** FAILED_PRECONDITION is FailedPrecondition there, CANCELLED is Canceled, OK is OK. */
    private static String goName(Status.Code code) {
        if (code == Status.Code.OK) {
            return "OK";
        }
        if (code == Status.Code.CANCELLED) {
            return "Canceled";
        }
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
