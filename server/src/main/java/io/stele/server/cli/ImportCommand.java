package io.stele.server.cli;

import io.stele.server.config.ClusterConfig;
import io.stele.server.config.ConfigException;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.transport.source.KeySource;
import io.stele.transport.source.KeySourceException;
import io.stele.transport.source.KeySourceProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stele import-etcd}: a new data directory with what a running etcd holds. */
@Command(
        name = "import-etcd",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a new data directory with what a running etcd holds at one revision.",
            "Kept: keys, values, create and mod revisions, versions, the revision; leases with their ids, what they"
                    + " were granted for and what they have left. Not kept: versions before that revision, which counts"
                    + " as compacted; users and roles; alarms; members."
        })
final class ImportCommand implements Callable<Integer> {
    private static final String SOURCE = "etcd";

    @Option(names = "--endpoint", required = true, description = "Where etcd serves clients: http://host:port.")
    private String endpoint;

    @Option(names = "--user", description = "name:password, where etcd asks for it.")
    private String user;

    @Option(names = "--revision", defaultValue = "0", description = "Which revision to copy (default: the newest).")
    private long revision;

    @Option(
            names = "--data-dir",
            defaultValue = "stele.data",
            description = "The new directory; of several members, each gets one in it (default: ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--name", defaultValue = "default", description = "Name of a member that is alone.")
    private String name;

    @Option(names = "--initial-cluster", description = "All members: name=URL, comma-separated (default: one alone).")
    private String initialCluster;

    @Option(
            names = "--initial-cluster-token",
            defaultValue = "stele-cluster",
            description = "Tells clusters apart whose members have the same names (default: ${DEFAULT-VALUE}).")
    private String token;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Takeover.checkEmpty(directory);
            try (KeySource source = provider().open(endpoint, user, revision)) {
                say(out, source.description() + ": " + source.keyCount() + " keys at revision " + source.revision());
                say(out, new Takeover(source, cluster(), line -> say(out, line)).run(directory));
            }
            return 0;
        } catch (KeySourceException e) {
            say(err, "stele: " + e.getMessage());
            return Main.FAILED;
        }
    }

    private static KeySourceProvider provider() {
        for (KeySourceProvider provider : ServiceLoader.load(KeySourceProvider.class)) {
            if (provider.name().equals(SOURCE)) {
                return provider;
            }
        }
        throw new ConfigException("this build cannot read etcd: it lacks stele-gateway");
    }

    private ClusterConfig cluster() {
        if (initialCluster == null) {
            return ClusterConfig.alone(name, token);
        }
        List<InitialMember> members = InitialMember.parseList("--initial-cluster", initialCluster);
        List<ListenUrl> own = members.get(0).peerUrls();
        return new ClusterConfig(token, own, own, members, false);
    }

    private static void say(PrintWriter writer, String line) {
        writer.println(line);
        writer.flush();
    }
}
