package io.stele.client.cli;

import io.stele.transport.snapshot.SnapshotException;
import io.stele.transport.snapshot.SnapshotReader;
import io.stele.transport.snapshot.SnapshotSummary;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** alarm list and disarm, snapshot save and status, defrag, downgrade. */
final class MaintenanceCommands {
    private static final String UNFINISHED = ".part";
    private static final int OPERATION_VALIDATE = 0;
    private static final int OPERATION_ENABLE = 1;
    private static final int OPERATION_CANCEL = 2;
    private static final long PROGRESS_BYTES = 64L * 1024 * 1024;

    private MaintenanceCommands() {}

    static int alarmList(Invocation invocation) {
        noArguments(invocation, "alarm list");
        invocation.format().alarms(invocation.store().alarms());
        return 0;
    }

    /** All of them. */
    static int alarmDisarm(Invocation invocation) {
        noArguments(invocation, "alarm disarm");
        OutputFormat format = invocation.format();
        Store store = invocation.store();
        Reply.Alarms last = store.alarms();
        List<Reply.Alarm> lifted = new ArrayList<>();
        for (Reply.Alarm alarm : last.alarms()) {
            last = store.disarm(alarm);
            lifted.addAll(last.alarms());
        }
        format.alarms(new Reply.Alarms(last.header(), lifted));
        return 0;
    }

    private static void noArguments(Invocation invocation, String command) {
        if (!invocation.arguments().isEmpty()) {
            throw Invocation.badArguments(command + " command accepts no arguments");
        }
    }

    /** Appears under its name when it is whole, verified and forced. */
    static int snapshotSave(Invocation invocation) {
        Path file = file(invocation, "snapshot save");
        if (invocation.endpoints().size() != 1) {
            throw Invocation.badArguments("snapshot must be requested to one selected node, not multiple "
                    + String.join(" ", invocation.endpoints()));
        }
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            save(invocation, unfinished);
            SnapshotReader.open(unfinished, true).close();
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            throw new CliException(CliException.IO, Octets.utf8("cannot write " + unfinished + ": " + e.getMessage()));
        } catch (SnapshotException e) {
            throw new CliException(CliException.ERROR, Octets.utf8(e.getMessage()));
        } finally {
            unfinished.toFile().delete(); // it is gone already, or worth nothing
        }
        invocation.console().println("Snapshot saved at " + Octets.utf8(file.toString()));
        return 0;
    }

    private static void save(Invocation invocation, Path unfinished) throws IOException {
        try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
            long[] shown = new long[1];
            invocation.store().snapshot((bytes, written, remaining) -> {
                try {
                    out.write(bytes);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                if (written - shown[0] >= PROGRESS_BYTES && remaining > 0) {
                    shown[0] = written;
                    invocation
                            .console()
                            .complain(written / 1_000_000 + " MB, about " + remaining / 1_000_000 + " MB to come");
                }
            });
            out.getFD().sync();
        }
    }

    static int snapshotStatus(Invocation invocation) {
        String format = invocation.text(CommandTable.WRITE_OUT);
        if (!SnapshotSummary.FORMATS.contains(format)) {
            invocation.anyFormat(false); // says what there is
        }
        try {
            for (String line :
                    SnapshotSummary.of(file(invocation, "snapshot status")).lines(format)) {
                invocation.console().println(line);
            }
        } catch (SnapshotException e) {
            throw new CliException(CliException.ERROR, Octets.utf8(e.getMessage()));
        }
        return 0;
    }

    private static Path file(Invocation invocation, String command) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments(command + " expects one argument");
        }
        return Path.of(Octets.text(invocation.arguments().get(0)));
    }

    static int defrag(Invocation invocation) {
        List<String> endpoints =
                invocation.flag("cluster") ? MemberCommands.clusterEndpoints(invocation) : invocation.endpoints();
        int exitCode = 0;
        for (String endpoint : endpoints) {
            try {
                invocation.store(List.of(endpoint)).defragment();
                invocation.console().println("Finished defragmenting etcd member[" + endpoint + "]");
            } catch (CliException e) {
                exitCode = CliException.ERROR;
                invocation
                        .console()
                        .complain("Failed to defragment etcd member[" + endpoint + "] (" + e.getMessage() + ")");
            }
        }
        return exitCode;
    }

    static int downgradeValidate(Invocation invocation) {
        Reply.Downgrade reply = invocation.store().downgrade(OPERATION_VALIDATE, target(invocation));
        invocation.format().downgraded(reply, "Downgrade validate success, cluster version " + reply.version());
        return 0;
    }

    static int downgradeEnable(Invocation invocation) {
        Reply.Downgrade reply = invocation.store().downgrade(OPERATION_ENABLE, target(invocation));
        invocation.format().downgraded(reply, "Downgrade enable success, cluster version " + reply.version());
        return 0;
    }

    static int downgradeCancel(Invocation invocation) {
        Reply.Downgrade reply = invocation.store().downgrade(OPERATION_CANCEL, "");
        invocation.format().downgraded(reply, "Downgrade cancel success, cluster version " + reply.version());
        return 0;
    }

    private static String target(Invocation invocation) {
        if (invocation.arguments().isEmpty()) {
            throw Invocation.badArguments("TARGET_VERSION not provided");
        }
        if (invocation.arguments().size() > 1) {
            throw Invocation.badArguments("too many arguments");
        }
        return invocation.arguments().get(0);
    }
}
