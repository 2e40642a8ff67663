package io.stele.perf.cli;

import io.stele.perf.load.TargetFactory;
import java.io.PrintWriter;

/**
 * Where a command reads its targets from and writes its words to.
 *
 * @param targets  opens what is measured.
 * @param out      results.
 * @param err      progress and complaints.
 * @param terminal whether somebody watches {@code err}.
 */
public record Console(TargetFactory targets, PrintWriter out, PrintWriter err, boolean terminal) {
    ProgressLine progress(String mode) {
        return new ProgressLine(err, mode.equals("always") || (mode.equals("auto") && terminal));
    }
}
