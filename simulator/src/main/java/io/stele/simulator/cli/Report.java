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
    private static final String LEDGER_HEADER =
            "time,commit,what,runs,violations,crashes,faults,port_calls,entries_checked,answers_checked,"
                    + "simulated_s,wall_s,situations_never_met";

    private Report() {}

    static void coverage(Coverage coverage, boolean isCampaign) {
        StringBuilder met = new StringBuilder("situations met:");
        for (Sometimes situation : Sometimes.values()) {
            if (coverage.count(situation) > 0) {
                met.append(String.format("%n  %,12d  %s", coverage.count(situation), name(situation)));
            }
        }
        System.out.println(met);
        if (isCampaign && !coverage.never().isEmpty()) {
            StringBuilder never = new StringBuilder("never met:");
            coverage.never().forEach(situation -> never.append(String.format("%n  %s", name(situation))));
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

    static String ledgerLine(String what, Coverage c, int violations, double seconds) {
        return String.format(
                Locale.ROOT,
                "%s,%s,%s,%d,%d,%d,%d,%d,%d,%d,%.0f,%.1f,%d",
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                commit(),
                what,
                c.runCount(),
                violations,
                c.crashCount(),
                c.faultCount(),
                c.portCallCount(),
                c.entryCount(),
                c.answerCount(),
                c.simulatedNs() / 1e9,
                seconds,
                c.never().size());
    }

    static void appendToLedger(String what, Coverage coverage, int violations, double seconds) {
        Path file = home().resolve("docs/assurance/ledger.csv");
        String line = ledgerLine(what, coverage, violations, seconds) + "\n";
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
