package io.stele.client.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * stelectl: etcdctl's commands, options, output and exit codes, over Stele's native protocol, and a shell.
 *
 * <p>A command is started often and ends at once, so what it loads is what it needs: no library parses its arguments or
 * writes its JSON, and the terminal's is loaded by the shell alone.
 */
public final class Cli {
    private Cli() {}

    /** Exits with the command's exit code. */
    public static void main(String[] arguments) {
        if (arguments.length == 1 && arguments[0].equals(Training.ARGUMENT)) {
            Training.run();
            return;
        }
        Console console = new Console(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err));
        CliContext context =
                new CliContext(System.getenv(), console, ClientStore::new, ns -> LockSupport.parkNanos(ns));
        int exitCode = run(List.of(Octets.arguments(arguments, Path.of("/proc/self/cmdline"))), context);
        Runtime.getRuntime().halt(exitCode);
    }

    /** The whole of a run: words in, exit code out. */
    static int run(List<String> words, CliContext context) {
        try {
            CommandLine line = CommandLine.parse(CommandTable.ROOT, words);
            try (Session session =
                    new Session(context, Environment.values(context.environment(), line, context.console()))) {
                return session.run(words);
            }
        } catch (CliException e) {
            return Session.report(context.console(), e);
        }
    }
}
