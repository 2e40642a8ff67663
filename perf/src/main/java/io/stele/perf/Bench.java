package io.stele.perf;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The load harness's command line: {@code bin/stele-bench}. */
@Command(
        name = "stele-bench",
        mixinStandardHelpOptions = true,
        version = "stele-bench 0.1.0-SNAPSHOT",
        description = "Measures a Stele or etcd cluster.")
public final class Bench implements Runnable {
    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
