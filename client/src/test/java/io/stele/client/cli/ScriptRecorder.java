package io.stele.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/*
 * Records what etcdctl says to a script's commands, into the script.
 *
 *     LC_ALL=C.UTF-8 java -cp … io.stele.client.cli.ScriptRecorder ETCDCTL ENDPOINT SCRIPT
 *
 * The endpoint must be a fresh etcd, with the name and the peer address that etcd has by default, so that its ids are
 * the known ones. Recorded with 3.4.23; where 3.7 answers otherwise, its answer is put instead (see later()).
 */
final class ScriptRecorder {
    private static final Pattern LEASE =
            Pattern.compile("lease ([0-9a-f]{16}) granted|\"ID\":(\\d{10,})|\"ID\" : (\\d{10,})");

    private final String program;
    private final String endpoint;
    private final List<Long> leases = new ArrayList<>();

    private ScriptRecorder(String program, String endpoint) {
        this.program = program;
        this.endpoint = endpoint;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ScriptRecorder recorder = new ScriptRecorder(arguments[0], arguments[1]);
        Path file = Path.of(arguments[2]);
        StringBuilder text = new StringBuilder();
        for (Script.Step step : Script.read(file).steps) {
            Script.Outcome outcome = recorder.run(step);
            step.marks.forEach(mark -> text.append(mark).append('\n'));
            step.environment.forEach(
                    variable -> text.append("@ ").append(variable).append('\n'));
            input(step.input.toString(), text);
            text.append("$ ").append(step.command).append('\n');
            text.append(step.isOurs() ? step.outcome : recorder.withoutLeases(outcome.toString()));
            text.append('\n');
        }
        Files.write(file, Octets.bytes(text.toString().stripTrailing() + "\n"));
    }

    private static void input(String input, StringBuilder text) {
        if (!input.isEmpty() && !input.endsWith("\n")) {
            text.append("<q ").append(GoQuote.quote(input)).append('\n');
            return;
        }
        for (String line : Script.lines(input)) {
            text.append(input.isEmpty() ? "" : ("< " + line).stripTrailing() + "\n");
        }
    }

    private Script.Outcome run(Script.Step step) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program));
        for (String word : Words.split(withLeases(step.command))) {
            command.add(Octets.text(word));
        }
        Path input = Files.createTempFile("script", ".in");
        Path output = Files.createTempFile("script", ".out");
        Path errors = Files.createTempFile("script", ".err");
        Files.write(input, Octets.bytes(step.input.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("ETCDCTL_API", "3");
        builder.environment().put("ETCDCTL_ENDPOINTS", endpoint);
        for (String variable : step.environment) {
            int equals = variable.indexOf('=');
            builder.environment().put("ETCDCTL_" + variable.substring(0, equals), variable.substring(equals + 1));
        }
        Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroy();
            throw new IllegalStateException("does not end: " + step.command);
        }
        Script.Outcome outcome = new Script.Outcome();
        outcome.exitCode = process.exitValue();
        outcome.output.addAll(Script.lines(Octets.of(Files.readAllBytes(output))));
        outcome.errors.addAll(Script.lines(Octets.of(Files.readAllBytes(errors))));
        for (Path file : List.of(input, output, errors)) {
            Files.delete(file);
        }
        later(outcome);
        return outcome;
    }

    /** What 3.7 writes otherwise: no log lines, an error once and without the help text, other names in JSON. */
    private void later(Script.Outcome outcome) {
        outcome.errors.removeIf(line -> line.startsWith("{\"level\"") || line.startsWith("Run '") || line.isEmpty());
        if (outcome.errors.size() == 2 && outcome.errors.get(0).equals(outcome.errors.get(1))) {
            outcome.errors.remove(1);
        }
        if (outcome.exitCode != 0
                && !outcome.output.isEmpty()
                && outcome.output.get(0).equals("NAME:")) {
            outcome.output.clear();
        }
        outcome.errors.replaceAll(line -> line.replace("etcdctl", "stelectl"));
        outcome.output.replaceAll(line -> line.replace("\"ResponsePut\"", "\"response_put\"")
                .replace("\"ResponseRange\"", "\"response_range\"")
                .replace("\"ResponseDeleteRange\"", "\"response_delete_range\""));
        for (String line : outcome.output) {
            Matcher matcher = LEASE.matcher(line);
            if (matcher.find()) {
                long id = matcher.group(1) != null
                        ? Long.parseLong(matcher.group(1), 16)
                        : Long.parseLong(matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
                if (!leases.contains(id)) {
                    leases.add(id);
                }
            }
        }
    }

    private String withLeases(String text) {
        String result = text;
        for (int i = 0; i < leases.size(); i++) {
            result = result.replace("{L" + (i + 1) + "}", GoNumber.hex16(leases.get(i)));
        }
        return result;
    }

    private String withoutLeases(String text) {
        String result = text;
        for (int i = 0; i < leases.size(); i++) {
            result = result.replace(GoNumber.hex16(leases.get(i)), "{L" + (i + 1) + "}")
                    .replace(String.valueOf(leases.get(i)), "{D" + (i + 1) + "}");
        }
        return result;
    }
}
