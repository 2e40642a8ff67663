package io.stele.perf;

import io.stele.perf.cli.BenchCommand;
import io.stele.perf.cli.Console;
import io.stele.perf.target.Targets;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The load harness: {@code bin/stele-bench}. */
public final class Bench {
    private Bench() {}

    /** Runs the command that the arguments name; exits with 0, 1 if it failed, or 2 if the arguments are wrong. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        // The launcher knows whether standard error is a terminal; Java 17 cannot ask.
        Console console = new Console(Targets::open, out, err, Boolean.getBoolean("stele.bench.terminal"));
        int exitCode = BenchCommand.commandLine(console).execute(args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }
}
