package io.stele.perf.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code stele-bench jmh [regex] [JMH options]}: the microbenchmarks. */
@Command(name = "jmh", description = "Runs the microbenchmarks; takes JMH's own arguments: a regex, -l, -h, -prof gc …")
final class JmhCommand implements Callable<Integer> {
    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
        return 0;
    }
}
