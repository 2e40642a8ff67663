package io.stele.simulator.cli;

import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** What the simulator prints at the end. */
final class Report {
    private static final String LEDGER_HEADER = "time,commit,what,options,runs,violations,crashes,faults,port_calls,"
            + "entries_checked,answers_checked,simulated_hours,wall_s,situations_never_met,events_checked";

    private final String what;
    private final String options;
    private final Sometimes.Scope scope;
    /** When the run began: a checkout may move on while it lasts. */
    private final String commit = commit();

    /**
     * @param what what was run, as far as is known before: to be followed by how far it came
     * @param options how, where that is not said by {@code what}
     */
    Report(String what, String options, Sometimes.Scope scope) {
        this.what = what;
        this.options = options;
        this.scope = scope;
    }

    static void met(Coverage coverage) {
        StringBuilder met = new StringBuilder("situations met:");
        for (Sometimes situation : Sometimes.values()) {
            if (coverage.count(situation) > 0) {
                met.append(String.format("%n  %,12d  %s", coverage.count(situation), name(situation)));
            }
        }
        System.out.println(met);
    }

    void neverMet(Coverage coverage) {
        if (!coverage.never(scope).isEmpty()) {
            StringBuilder never = new StringBuilder("never met:");
            coverage.never(scope).forEach(situation -> never.append(String.format("%n  %s", name(situation))));
            System.out.println(never);
        }
    }

    static void violation(Verdict verdict, String replay) {
        System.out.println(
                "VIOLATED by " + verdict.name() + " (trace " + String.format("%016x", verdict.traceHash()) + ")");
        System.out.println("  " + verdict.violation().getMessage());
        Throwable cause = verdict.violation().getCause();
        if (cause != null) {
            cause.printStackTrace(System.out);
        }
        System.out.println("  replay: " + replay);
    }

    String ledgerLine(Coverage c, long done, int violations, double seconds) {
        return String.format(
                Locale.ROOT,
                "%s,%s,%s,%s,%d,%d,%d,%d,%d,%d,%d,%.3f,%.1f,%d,%d",
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                commit,
                what + done,
                options,
                c.runCount(),
                violations,
                c.crashCount(),
                c.faultCount(),
                c.portCallCount(),
                c.entryCount(),
                c.answerCount(),
                c.simulatedNs() / 3.6e12,
                seconds,
                c.never(scope).size(),
                c.eventCount());
    }

    void appendToLedger(Coverage coverage, long done, int violations, double seconds) {
        Path file = home().resolve("docs/assurance/ledger.csv");
        String line = ledgerLine(coverage, done, violations, seconds) + "\n";
        try {
            Files.createDirectories(file.getParent());
            String text = Files.exists(file) ? line : LEDGER_HEADER + "\n" + line;
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static String name(Sometimes situation) {
        return situation.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Path home() {
        return Path.of(System.getProperty("stele.home", "."));
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "-C", home().toString(), "describe", "--always", "--dirty")
                    .redirectErrorStream(true)
                    .start();
            try (InputStream output = git.getInputStream()) {
                String text = new String(output.readAllBytes(), StandardCharsets.UTF_8).trim();
                return git.waitFor() == 0 ? text : "unknown";
            }
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
