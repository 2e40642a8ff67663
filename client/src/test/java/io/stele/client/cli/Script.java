package io.stele.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/*
 * A recorded script: commands and what came of them.
 *
 *     # comment
 *     @ NAME=value           environment of the command that follows, STELECTL_ left out
 *     < line                 line of its standard input; <q "quoted" in Go's quotes, without an end of line
 *     $ put k "v w"          the command, words as in a shell of ours
 *     > line                 line of standard output; >q "quoted" where it is not plain
 *     ! line                 line of standard error
 *     ? 128                  exit code, where it is not 0
 *
 * The outcomes were recorded from etcdctl (see ScriptRecorder). "#= why" before a command says that ours is meant to
 * differ: that outcome is written by hand, and a recorder leaves it alone. {L1} stands for the first lease granted in
 * hexadecimal, {D1} in decimal. All of it is kept as octets.
 */
final class Script {
    /** One command of it; marks are its comments, as they stand. */
    static final class Step {
        final List<String> marks = new ArrayList<>();
        final List<String> environment = new ArrayList<>();
        final StringBuilder input = new StringBuilder();
        String command = "";
        Outcome outcome = new Outcome();

        boolean isOurs() {
            return marks.stream().anyMatch(mark -> mark.startsWith("#="));
        }
    }

    /** What came of it, line by line. */
    static final class Outcome {
        final List<String> output = new ArrayList<>();
        final List<String> errors = new ArrayList<>();
        int exitCode;

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            output.forEach(line -> text.append(printed('>', line)).append('\n'));
            errors.forEach(line -> text.append(printed('!', line)).append('\n'));
            return exitCode == 0
                    ? text.toString()
                    : text.append("? ").append(exitCode).append('\n').toString();
        }
    }

    final List<Step> steps = new ArrayList<>();

    static Script read(Path file) throws IOException {
        Script script = new Script();
        Step step = null;
        for (String line : lines(Octets.of(Files.readAllBytes(file)))) {
            if (line.isEmpty()) {
                continue;
            }
            boolean before = "#@<$".indexOf(line.charAt(0)) >= 0;
            if (step == null || (before && !step.command.isEmpty())) {
                step = new Step();
                script.steps.add(step);
            }
            take(step, line);
        }
        return script;
    }

    private static void take(Step step, String line) {
        String rest = line.length() < 2 ? "" : line.substring(2);
        switch (line.charAt(0)) {
            case '#' -> step.marks.add(line);
            case '@' -> step.environment.add(rest);
            case '<' -> step.input.append(line.startsWith("<q ") ? GoQuote.unquote(line.substring(3)) : rest + "\n");
            case '$' -> step.command = rest;
            case '>', '!' -> {
                String text = line.startsWith("q ", 1) ? GoQuote.unquote(line.substring(3)) : rest;
                (line.charAt(0) == '>' ? step.outcome.output : step.outcome.errors).add(text);
            }
            case '?' -> step.outcome.exitCode = Integer.parseInt(rest);
            default -> throw new IllegalArgumentException("not a line of a script: " + line);
        }
    }

    private static String printed(char kind, String octets) {
        boolean plain = true;
        for (int i = 0; i < octets.length(); i++) {
            plain &= octets.charAt(i) >= ' ' && octets.charAt(i) < 0x7f;
        }
        return plain ? (kind + " " + octets).stripTrailing() : kind + "q " + GoQuote.quote(octets);
    }

    /** Lines of an output; what follows the last line end, if anything, is one more. */
    static List<String> lines(String octets) {
        List<String> lines = new ArrayList<>(List.of(octets.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }
}
