package io.stele.perf.cli;

import io.stele.perf.crash.LeaderKills;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which servers a run is about: some that are there, or a cluster of its own whose leader it may kill. */
final class ServersOptions {
    @Option(
            names = "--target",
            order = 0,
            paramLabel = "stele|etcd",
            description = "What the endpoints speak. Default: ${DEFAULT-VALUE}")
    String target = "stele";

    @Option(
            names = "--endpoints",
            order = 1,
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Comma-separated. Default: ${DEFAULT-VALUE}")
    List<String> endpoints = List.of("127.0.0.1:2379");

    @Option(names = "--members", order = 2, paramLabel = "N", description = "Start a cluster of so many. Default: none")
    int members;

    @Option(names = "--flag", order = 3, description = "With --members: one more flag of the servers.")
    List<String> serverFlags = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    boolean areOwn() {
        return members > 0;
    }

    /** Refuses to kill what was not started here. */
    void requireMembersFor(String option) {
        if (members < 2) {
            throw new ParameterException(command.commandLine(), option + " needs --members");
        }
    }

    LeaderKills start() throws IOException, InterruptedException {
        if (!target.equals("stele")) {
            throw new ParameterException(command.commandLine(), "--members starts stele, not " + target);
        }
        return new LeaderKills(members, serverFlags);
    }

    static void printKills(Console console, LeaderKills cluster) {
        console.out()
                .println("kills          " + cluster.count() + ", no write for ms: median " + cluster.gapMs(0.5)
                        + ", max " + cluster.gapMs(1));
    }
}
