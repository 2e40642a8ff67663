package io.stele.server.cli;

import io.stele.server.check.DirectoryCheck;
import io.stele.storage.file.DiskFileStore;
import io.stele.storage.wal.Superblock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stele check DIR}: verifies a data directory offline. Exit code 0 when it is sound, 1 when it is not. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Verifies every log record and every page of a data directory, offline, and changes nothing.")
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The data directory of a stopped node.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        if (!Files.exists(directory.resolve(Superblock.NAME))) { // before a lock file is left in a foreign directory
            out.println(directory + " is not a data directory: it holds no file '" + Superblock.NAME + "'");
            out.flush();
            return Main.FAILED;
        }
        List<String> problems;
        try (DiskFileStore files = DiskFileStore.openExisting(directory)) {
            problems = new DirectoryCheck(files, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .run();
        }
        for (String problem : problems) {
            out.println("PROBLEM " + problem);
        }
        out.println(problems.isEmpty() ? directory + " is sound" : directory + ": " + problems.size() + " problems");
        out.flush();
        return problems.isEmpty() ? 0 : Main.FAILED;
    }
}
