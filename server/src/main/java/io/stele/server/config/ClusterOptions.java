package io.stele.server.config;

import java.util.List;
import picocli.CommandLine.Option;

/** The flags that say who the members are. */
final class ClusterOptions {
    @Option(
            names = "--listen-peer-urls",
            defaultValue = "http://127.0.0.1:2380",
            description = "Where this member listens for its peers (default: ${DEFAULT-VALUE}).")
    private String listenPeerUrls;

    @Option(
            names = "--initial-advertise-peer-urls",
            description = "Where this member's peers find it (default: what it listens on).")
    private String advertisePeerUrls;

    @Option(
            names = "--initial-cluster",
            description = "All members at the beginning: name=URL, comma-separated (default: this one alone).")
    private String initialCluster;

    @Option(
            names = "--initial-cluster-state",
            defaultValue = "new",
            description = "new, or existing to join a cluster (default: ${DEFAULT-VALUE}).")
    private String initialClusterState;

    @Option(
            names = "--initial-cluster-token",
            defaultValue = "stele-cluster",
            description = "Tells clusters apart whose members have the same names (default: ${DEFAULT-VALUE}).")
    private String clusterToken;

    @Option(
            names = "--max-learners",
            defaultValue = "1",
            description = "Learners that a cluster may have at once (default: ${DEFAULT-VALUE}).")
    private int maxLearners;

    @Option(
            names = "--strict-reconfig-check",
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "Refuse to add or remove a member if the cluster might not be able to decide then"
                    + " (default: ${DEFAULT-VALUE}).")
    private boolean strictReconfigCheck;

    ClusterConfig toConfig(String name) {
        if (!initialClusterState.matches("new|existing")) {
            throw new ConfigException(
                    "--initial-cluster-state must be new or existing, got '" + initialClusterState + "'");
        }
        var listen = ListenUrl.parseList("--listen-peer-urls", listenPeerUrls);
        var advertise = advertisePeerUrls == null
                ? listen
                : ListenUrl.parseList("--initial-advertise-peer-urls", advertisePeerUrls);
        var members = initialCluster == null
                ? List.of(new InitialMember(name, advertise))
                : InitialMember.parseList("--initial-cluster", initialCluster);
        return new ClusterConfig(
                clusterToken,
                listen,
                advertise,
                members,
                initialClusterState.equals("existing"),
                new MemberRules(maxLearners, strictReconfigCheck));
    }
}
