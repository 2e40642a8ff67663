package io.stele.gateway.http;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.StatusReader;
import io.stele.transport.MessageSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How the member is, in etcd's words: {@code /health} in one go, {@code /livez} and {@code /readyz} check by check.
 */
final class HealthChecks {
    private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[] {0});
    static final Map<String, List<String>> CHECKS = Map.of(
            "/livez",
            List.of("serializable_read"),
            "/readyz",
            List.of("data_corruption", "serializable_read", "linearizable_read", "non_learner"));

    private final NodeCalls node;
    private final String version;
    private final HealthCounts counts;

    HealthChecks(NodeCalls node, String version, HealthCounts counts) {
        this.node = node;
        this.version = version;
        this.counts = counts;
    }

    // ---- /health

    void health(Channel channel, QueryStringDecoder uri, boolean keepAlive) {
        boolean serializable =
                uri.parameters().getOrDefault("serializable", List.of()).contains("true");
        List<String> excluded = uri.parameters().getOrDefault("exclude", List.of());
        status(status -> {
            String alarm = alarm(status, excluded);
            if (alarm != null) {
                healthAnswer(channel, keepAlive, alarm);
            } else if (status.getLeader() == 0 && !serializable) {
                healthAnswer(channel, keepAlive, "RAFT NO LEADER");
            } else {
                read(
                        serializable,
                        failure -> healthAnswer(
                                channel, keepAlive, failure == null ? null : "RANGE ERROR:" + Pages.text(failure)));
            }
        });
    }

    private static String alarm(StatusResponse status, List<String> excluded) {
        for (String name : List.of("NOSPACE", "CORRUPT")) {
            boolean isRaised = status.getErrorsList().stream().anyMatch(error -> error.contains(name));
            if (isRaised && !excluded.contains(name)) {
                return "ALARM " + name;
            }
        }
        return null;
    }

    private void healthAnswer(Channel channel, boolean keepAlive, String reason) {
        counts.onHealth(reason == null);
        HttpReplies.send(
                channel,
                keepAlive,
                reason == null ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                HttpReplies.TEXT, // though it is JSON: etcd says so
                "{\"health\":\"" + (reason == null) + "\",\"reason\":" + Json.quoted(reason == null ? "" : reason)
                        + (reason == null ? "}" : "}\n"));
    }

    // ---- /livez, /readyz

    void answer(Channel channel, QueryStringDecoder uri, boolean keepAlive) {
        String path = uri.path();
        int slash = path.indexOf('/', 1);
        String root = slash < 0 ? path : path.substring(0, slash);
        List<String> names = new ArrayList<>(CHECKS.get(root));
        if (slash >= 0) {
            names.retainAll(List.of(path.substring(slash + 1)));
        }
        if (names.isEmpty()) {
            HttpReplies.send(
                    channel, keepAlive, HttpResponseStatus.NOT_FOUND, HttpReplies.TEXT, "404 page not found\n");
            return;
        }
        names.removeAll(uri.parameters().getOrDefault("exclude", List.of()));
        boolean verbose = uri.parameters().containsKey("verbose");
        new Round(
                        root,
                        names,
                        (report, passed) -> HttpReplies.send(
                                channel,
                                keepAlive,
                                passed ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                                HttpReplies.TEXT,
                                passed ? (verbose ? report : "") + "ok\n" : report + '\n'))
                .next();
    }

    private interface Verdict {
        void onDone(String report, boolean passed);
    }

    /** One check after the other. */
    private final class Round {
        private final String root;
        private final List<String> names;
        private final Verdict verdict;
        private final StringBuilder report = new StringBuilder();
        private int position;
        private boolean passed = true;

        Round(String root, List<String> names, Verdict verdict) {
            this.root = root;
            this.names = names;
            this.verdict = verdict;
        }

        void next() {
            if (position == names.size()) {
                verdict.onDone(report.toString(), passed);
                return;
            }
            String name = names.get(position++);
            check(name, failure -> {
                passed &= failure == null;
                counts.onCheck(root, name, failure == null);
                report.append(failure == null ? "[+]" + name + " ok\n" : "[-]" + name + " failed: " + failure + '\n');
                next();
            });
        }

        private void check(String name, Consumer<String> done) {
            switch (name) {
                case "serializable_read" -> read(true, failure -> done.accept(textOrNull(failure)));
                case "linearizable_read" -> read(false, failure -> done.accept(textOrNull(failure)));
                case "data_corruption" ->
                    status(status ->
                            done.accept(alarm(status, List.of("NOSPACE")) == null ? null : "alarm activated: CORRUPT"));
                default -> status(status -> done.accept(status.getIsLearner() ? "not ready to serve" : null));
            }
        }

        private static String textOrNull(Status failure) {
            return failure == null ? null : Pages.text(failure);
        }
    }

    // ---- what is asked of the node

    /** Hands on what has failed, or null. */
    private void read(boolean serializable, Consumer<Status> done) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(FIRST_KEY)
                .setRangeEnd(FIRST_KEY)
                .setKeysOnly(true)
                .setLimit(1)
                .setSerializable(serializable)
                .build();
        var unused = node.connection().call(node.writer().range(request), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                done.accept(null);
            }

            @Override
            public void onRangePart(MessageSequence part) {
                // the last one counts
            }

            @Override
            public void onFailure(Status status) {
                done.accept(status);
            }
        });
    }

    private void status(Consumer<StatusResponse> done) {
        var unused = node.connection().call(node.writer().status(), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                done.accept(StatusReader.read(node.reader(), reply, version));
            }

            @Override
            public void onFailure(Status status) {
                done.accept(StatusResponse.newBuilder()
                        .addErrors(Pages.text(status))
                        .build());
            }
        });
    }
}
