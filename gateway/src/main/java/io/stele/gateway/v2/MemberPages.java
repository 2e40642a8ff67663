package io.stele.gateway.v2;

import io.grpc.Status;
import io.netty.handler.codec.http.HttpMethod;
import io.stele.gateway.etcdserverpb.Member;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.http.HttpSite;
import io.stele.gateway.node.NodeCalls;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Who the members are and how they are, as version 2 tells it: to be read only. */
final class MemberPages {
    private final KeysAnswer answer;
    private final KeysStats stats;
    private final String memberName;
    private final String version;
    private final NodeQuestions questions;

    MemberPages(NodeCalls node, KeysAnswer answer, KeysStats stats, String memberName, String version) {
        this.answer = answer;
        this.stats = stats;
        this.memberName = memberName;
        this.version = version;
        questions = new NodeQuestions(node, this::onFailure);
    }

    private void onFailure(Status status) {
        answer.json(503, "{\"message\":" + KeysJson.quoted(String.valueOf(status.getDescription())) + "}\n");
    }

    HttpSite.Opened open(HttpMethod method, String path) {
        return VersionTwo.begin(answer, () -> {
            if (!List.of(
                            "/v2/members",
                            "/v2/members/",
                            "/v2/members/leader",
                            "/v2/machines",
                            "/v2/stats/self",
                            "/v2/stats/leader",
                            "/v2/stats/store")
                    .contains(path)) {
                answer.text(404, "404 page not found\n");
            } else if (!method.equals(HttpMethod.GET)) {
                answer.notAllowed(HttpMethod.GET);
            } else {
                answer(path);
            }
        });
    }

    private void answer(String path) {
        switch (path) {
            case "/v2/stats/store" -> answer.json(200, stats.json());
            case "/v2/stats/self" -> questions.status(version, status -> answer.json(200, self(status)));
            case "/v2/stats/leader" ->
                questions.status(version, status -> questions.members(members -> leader(status, members)));
            case "/v2/members/leader" ->
                questions.status(version, status -> questions.members(members -> leading(status, members)));
            case "/v2/machines" ->
                questions.members(members -> answer.text(
                        200,
                        members.stream()
                                .flatMap(member -> member.getClientURLsList().stream())
                                .collect(Collectors.joining(", "))));
            default ->
                questions.members(members -> answer.json(
                        200,
                        members.stream()
                                .map(MemberPages::member)
                                .collect(Collectors.joining(",", "{\"members\":[", "]}\n"))));
        }
    }

    private static boolean leads(StatusResponse status) {
        return status.getLeader() == status.getHeader().getMemberId();
    }

    private String self(StatusResponse status) {
        return "{\"name\":" + KeysJson.quoted(memberName) + ",\"id\":\""
                + Long.toHexString(status.getHeader().getMemberId()) + "\",\"state\":\""
                + (leads(status) ? "StateLeader" : "StateFollower") + "\",\"startTime\":\""
                + Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime())
                + "\",\"leaderInfo\":{\"leader\":\"" + Long.toHexString(status.getLeader()) + "\"}}";
    }

    private void leader(StatusResponse status, List<Member> members) {
        if (!leads(status)) {
            answer.json(403, "{\"message\":\"not current leader\"}");
            return;
        }
        String leader = Long.toHexString(status.getLeader());
        answer.json(
                200,
                members.stream()
                        .filter(member -> member.getID() != status.getLeader())
                        .map(member -> '"' + Long.toHexString(member.getID()) + "\":{}")
                        .collect(Collectors.joining(",", "{\"leader\":\"" + leader + "\",\"followers\":{", "}}")));
    }

    private void leading(StatusResponse status, List<Member> members) {
        for (Member member : members) {
            if (member.getID() == status.getLeader()) {
                answer.json(200, member(member) + '\n');
                return;
            }
        }
        answer.json(503, "{\"message\":\"During election\"}\n");
    }

    private static String member(Member member) {
        return "{\"id\":\"" + Long.toHexString(member.getID()) + "\",\"name\":"
                + KeysJson.quoted(member.getName()) + ",\"peerURLs\":" + urls(member.getPeerURLsList())
                + ",\"clientURLs\":" + urls(member.getClientURLsList()) + '}';
    }

    private static String urls(List<String> urls) {
        return urls.stream().map(KeysJson::quoted).collect(Collectors.joining(",", "[", "]"));
    }
}
