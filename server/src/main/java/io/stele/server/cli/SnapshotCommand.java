package io.stele.server.cli;

import picocli.CommandLine.Command;

/** {@code stele snapshot}: what can be done with a snapshot's file, offline. */
@Command(
        name = "snapshot",
        mixinStandardHelpOptions = true,
        description = "Works on snapshots that 'stelectl snapshot save' or any client of etcd's has taken.",
        subcommands = {SnapshotRestoreCommand.class, SnapshotStatusCommand.class},
        synopsisSubcommandLabel = "COMMAND")
final class SnapshotCommand {}
