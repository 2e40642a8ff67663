package io.stele.gateway.http;

import io.grpc.Status;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.StatusReader;
import io.stele.transport.MessageSequence;
import java.lang.management.ManagementFactory;

/** What is measured, in Prometheus' text form, under etcd's names where the thing exists. */
final class MetricsPage {
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final NodeCalls node;
    private final String version;
    private final StringBuilder out = new StringBuilder(4096);

    MetricsPage(NodeCalls node, String version) {
        this.node = node;
        this.version = version;
    }

    void answer(Channel channel, boolean keepAlive) {
        var unused = node.connection().call(node.writer().status(), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                write(StatusReader.read(node.reader(), reply, version));
                HttpReplies.send(channel, keepAlive, HttpResponseStatus.OK, TYPE, out.toString());
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

    private void write(StatusResponse status) {
        boolean leads = status.getLeader() == status.getHeader().getMemberId();
        gauge("etcd_server_has_leader", "Whether or not a leader exists.", status.getLeader() != 0 ? 1 : 0);
        gauge("etcd_server_is_leader", "Whether or not this member leads.", leads ? 1 : 0);
        gauge("etcd_server_is_learner", "Whether or not this member is a learner.", status.getIsLearner() ? 1 : 0);
        gauge("etcd_server_proposals_committed_total", "Log index committed.", status.getRaftIndex());
        gauge("etcd_server_proposals_applied_total", "Log index applied.", status.getRaftAppliedIndex());
        gauge("etcd_server_quota_backend_bytes", "Bytes that data may take.", status.getDbSizeQuota());
        alarms(status);
        labelled("etcd_server_version", "Which version is running.", "server_version", version);
        labelled("etcd_cluster_version", "Which version the cluster speaks.", "cluster_version", minor());
        gauge("etcd_mvcc_db_total_size_in_bytes", "Bytes of the page file.", status.getDbSize());
        gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Bytes of it that hold data.", status.getDbSizeInUse());
        gauge(
                "etcd_debugging_mvcc_current_revision",
                "Newest revision of the key space.",
                status.getHeader().getRevision());
        process();
    }

    /** One line for each alarm, as etcd tells them in its status. */
    private void alarms(StatusResponse status) {
        head("etcd_debugging_server_alarms", "Alarms raised: 1 for each.");
        for (String error : status.getErrorsList()) {
            int at = error.indexOf(" alarm:");
            if (error.startsWith("memberID:") && at > 0) {
                long memberId = Long.parseUnsignedLong(error.substring("memberID:".length(), at));
                out.append("etcd_debugging_server_alarms{server_id=\"")
                        .append(Long.toHexString(memberId))
                        .append("\",alarm_type=\"")
                        .append(error.substring(at + " alarm:".length()).trim())
                        .append("\"} 1\n");
            }
        }
    }

    private String minor() {
        return version.substring(0, version.lastIndexOf('.'));
    }

    private void process() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        gauge("process_start_time_seconds", "Start of the process since the epoch.", runtime.getStartTime() / 1000);
        Runtime memory = Runtime.getRuntime();
        gauge("stele_heap_used_bytes", "Bytes of the heap in use.", memory.totalMemory() - memory.freeMemory());
    }

    private void gauge(String name, String help, long value) {
        head(name, help);
        out.append(name).append(' ').append(value).append('\n');
    }

    private void labelled(String name, String help, String label, String value) {
        head(name, help);
        out.append(name).append('{').append(label).append("=\"").append(value).append("\"} 1\n");
    }

    private void head(String name, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(" gauge\n");
    }
}
