package io.stele.client.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/*
 * Lines from a person: editing, history kept between runs, and completion of commands, flags, their values, and keys.
 * Keys are asked of the server, a page of them; where it does not answer, there is nothing to complete.
 */
final class TerminalLines implements LineSource, AutoCloseable {
    private static final int KEYS_MAX = 100;
    private static final Map<String, List<String>> VALUES = Map.of(
            "--write-out", List.of("simple", "json", "fields", "table"),
            "-w", List.of("simple", "json", "fields", "table"),
            "--order", List.of("ASCEND", "DESCEND"),
            "--sort-by", List.of("CREATE", "KEY", "MODIFY", "VALUE", "VERSION"),
            "--consistency", List.of("l", "s"));
    private static final List<String> KEY_COMMANDS = List.of("get", "put", "del");

    private final Terminal terminal;
    private final LineReader reader;
    private final Invocation invocation;

    TerminalLines(Invocation invocation) {
        this.invocation = invocation;
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(null);
        try {
            terminal = TerminalBuilder.builder().system(true).dumb(true).build();
        } catch (IOException e) {
            throw new CliException(CliException.IO, "no terminal: " + Octets.utf8(String.valueOf(e.getMessage())));
        }
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("stelectl")
                .parser(parser)
                .completer((lineReader, line, candidates) -> complete(line, candidates))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true);
        Path history = historyFile(invocation.session().context().environment());
        if (history != null) {
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        reader = builder.build();
    }

    /** Null where none can be kept. */
    private static Path historyFile(Map<String, String> environment) {
        String state =
                environment.getOrDefault("XDG_STATE_HOME", environment.getOrDefault("HOME", "") + "/.local/state");
        Path directory = Path.of(state, "stele");
        try {
            Files.createDirectories(directory);
            return Files.isWritable(directory) ? directory.resolve("stelectl_history") : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public String next(String prompt) {
        while (true) {
            try {
                return Octets.utf8(reader.readLine(prompt));
            } catch (EndOfFileException e) {
                return null;
            } catch (UserInterruptException e) {
                // Control-C gives up the line, and a transaction half entered with it.
                if (!prompt.startsWith("stele")) {
                    throw new CliException(CliException.INVALID_INPUT, "interrupted");
                }
            }
        }
    }

    private void complete(ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        String word = line.word().substring(0, line.wordCursor());
        Command command = CommandTable.ROOT;
        for (String earlier : before) {
            Command child = command.child(earlier);
            command = child == null ? command : child;
        }
        List<String> values = before.isEmpty() ? null : VALUES.get(before.get(before.size() - 1));
        if (values != null) {
            values.forEach(value -> candidates.add(new Candidate(value)));
        } else if (word.startsWith("-")) {
            for (Command at = command; at != null; at = at.parent()) {
                at.flags().forEach(flag -> candidates.add(candidate("--" + flag.name(), flag.usage())));
            }
        } else if (!command.children().isEmpty()) {
            command.children().forEach(child -> candidates.add(candidate(child.name(), child.summary())));
        } else if (KEY_COMMANDS.contains(command.name()) && before.size() == 1) {
            keys(Octets.utf8(word), candidates);
        }
    }

    private static Candidate candidate(String value, String description) {
        return new Candidate(value, value, null, description, null, null, true);
    }

    private void keys(String prefix, List<Candidate> candidates) {
        String first = prefix.isEmpty() ? Operation.NO_END : prefix;
        String end = prefix.isEmpty() ? Operation.NO_END : Operation.prefixEnd(prefix);
        try {
            Reply.Range reply = invocation
                    .store()
                    .range(new Operation.Range(
                            first,
                            end,
                            0,
                            KEYS_MAX,
                            Operation.Order.NONE,
                            Operation.Target.KEY,
                            new Operation.Bounds(0, 0, 0, 0),
                            new Operation.Form(true, false, true)));
            reply.pairs().forEach(pair -> candidates.add(new Candidate(Octets.text(pair.key()))));
        } catch (CliException e) {
            // A server that does not answer completes nothing; the command that follows will say why.
        }
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
