package io.stele.server.cli;

import io.stele.server.config.ClusterConfig;
import io.stele.server.config.ConfigException;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.node.NodeIdentity;
import io.stele.server.node.SnapshotRestore;
import io.stele.transport.snapshot.SnapshotHeader;
import io.stele.transport.snapshot.SnapshotReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stele snapshot restore FILE}: the data directory of one member of a new cluster. etcdutl's flags. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes the data directory of a member of a new cluster from a snapshot. To be done for each"
                + " member, with the same file, --initial-cluster and --initial-cluster-token.")
final class SnapshotRestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The snapshot.")
    private Path file;

    @Option(
            names = "--data-dir",
            defaultValue = "stele.data",
            description = "The directory to make; it must not hold anything (default: ${DEFAULT-VALUE}).")
    private Path dataDirectory;

    @Option(
            names = "--name",
            defaultValue = "default",
            description = "Name of this member (default: ${DEFAULT-VALUE}).")
    private String name;

    @Option(
            names = "--initial-cluster",
            description = "All members of the new cluster, as name=URL,name=URL (default: this one alone).")
    private String initialCluster;

    @Option(
            names = "--initial-cluster-token",
            defaultValue = "stele-cluster",
            description = "Tells the new cluster from others at the same addresses (default: ${DEFAULT-VALUE}).")
    private String token;

    @Option(
            names = "--initial-advertise-peer-urls",
            defaultValue = "http://127.0.0.1:2380",
            description = "Where the other members find this one (default: ${DEFAULT-VALUE}).")
    private String advertisePeerUrls;

    @Option(
            names = "--skip-hash-check",
            description = "Do without the hash at the end of the file; its parts have checksums of their own.")
    private boolean skipHashCheck;

    @Option(
            names = "--bump-revision",
            defaultValue = "0",
            description =
                    "How much to increase the newest revision, beyond what any client has seen of the old cluster.")
    private long bumpRevision;

    @Option(
            names = "--mark-compacted",
            description = "Nothing before the increased revision is readable: watchers start anew"
                    + " (with --bump-revision, and only then).")
    private boolean markCompacted;

    @Option(
            names = {"--wal-dir", "--initial-memory-map-size"},
            hidden = true)
    private String etcdOnly;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (bumpRevision < 0 || (bumpRevision > 0) != markCompacted) {
            throw new ConfigException("--bump-revision and --mark-compacted need each other");
        }
        List<ListenUrl> urls = ListenUrl.parseList("--initial-advertise-peer-urls", advertisePeerUrls);
        List<InitialMember> members = initialCluster == null
                ? List.of(new InitialMember(name, urls))
                : InitialMember.parseList("--initial-cluster", initialCluster);
        ClusterConfig cluster = new ClusterConfig(token, urls, urls, members, false);
        cluster.checkFor(name);
        var out = spec.commandLine().getOut();
        if (etcdOnly != null) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "--wal-dir and --initial-memory-map-size have no meaning here: the log lies in --data-dir");
        }
        try (SnapshotReader snapshot = SnapshotReader.open(file, !skipHashCheck)) {
            SnapshotHeader header = snapshot.header();
            NodeIdentity identity =
                    new SnapshotRestore(snapshot, cluster, name, bumpRevision, markCompacted).into(dataDirectory);
            out.printf(
                    "restored %d keys as of revision %d into %s: member %s of cluster %s%n",
                    header.keyCount(),
                    header.revision() + bumpRevision,
                    dataDirectory,
                    Long.toHexString(identity.memberId()),
                    Long.toHexString(identity.clusterId()));
            out.flush();
        }
        return 0;
    }
}
