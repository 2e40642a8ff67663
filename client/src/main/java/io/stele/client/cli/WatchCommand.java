package io.stele.client.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/*
 * watch: prints changes as they come, and runs a command for each, until the server ends the watch. Interactively, the
 * lines of standard input are "watch ..." or "progress", as many as one likes.
 *
 * Changes are printed by the watch thread: while a command runs, nothing more is taken from the server.
 */
final class WatchCommand {
    private static final String KEY = "STELECTL_WATCH_KEY";
    private static final String RANGE_END = "STELECTL_WATCH_RANGE_END";

    /** What is set for it, beside flags. */
    static final List<String> VARIABLES = List.of(KEY, RANGE_END);

    private static final String BAD_COUNT = "bad number of arguments";
    private static final int BUFFER_LENGTH = 8192;

    private final Invocation invocation;
    private final Console console;
    private final String environmentKey;
    private final String environmentEnd;
    private final CompletableFuture<CliException> ended = new CompletableFuture<>();

    private WatchCommand(Invocation invocation) {
        this.invocation = invocation;
        console = invocation.console();
        environmentKey = variable(KEY);
        environmentEnd = variable(RANGE_END);
    }

    private String variable(String name) {
        return Octets.utf8(invocation.session().context().environment().getOrDefault(name, ""));
    }

    /** Those that a line of the interactive mode may have as well. */
    static Flag[] flags() {
        return new Flag[] {
            Flag.bool("prefix", "Watch on a prefix if prefix is set"),
            Flag.bool("prev-kv", "get the previous key-value pair before the event happens"),
            Flag.bool("progress-notify", "get periodic watch progress notification from server"),
            Flag.number("rev", "Revision to start watching")
        };
    }

    static int run(Invocation invocation) {
        WatchCommand command = new WatchCommand(invocation);
        if (command.environmentKey.isEmpty() && !command.environmentEnd.isEmpty()) {
            throw Invocation.badArguments(
                    KEY + " is empty but got " + RANGE_END + "=" + GoQuote.quote(command.environmentEnd));
        }
        return invocation.flag("interactive") ? command.interact() : command.watchOnce();
    }

    private int watchOnce() {
        OutputFormat format = invocation.format();
        start(invocation, format);
        CliException end = ended.join();
        if (end.getMessage().isEmpty()) {
            return end.exitCode(); // it has been told
        }
        throw end;
    }

    private int interact() {
        OutputFormat format = invocation.format();
        while (true) {
            String line = console.readLine();
            if (line == null) {
                throw new CliException(CliException.INVALID_INPUT, "Error reading watch request line: EOF");
            }
            List<String> words = Words.split(line);
            switch (words.isEmpty() ? "" : words.get(0)) {
                case "watch" -> {
                    if (words.size() < 2 && environmentKey.isEmpty()) {
                        complain("Invalid command " + line + " (command type or key is not provided)");
                    } else {
                        startLine(line, words, format);
                    }
                }
                case "progress" -> invocation.store().requestProgress();
                default -> complain("Invalid command " + line + " (only support watch)");
            }
        }
    }

    private void startLine(String line, List<String> words, OutputFormat format) {
        Command command = new Command("watch", "").flags(flags());
        Invocation one =
                new Invocation(invocation.session(), CommandLine.parse(command, words.subList(1, words.size())));
        try {
            start(one, format);
        } catch (CliException e) {
            if (e.getMessage().startsWith(BAD_COUNT)) {
                throw e;
            }
            complain("Invalid command " + line + " (" + e.getMessage() + ")");
        }
    }

    private void complain(String text) {
        synchronized (console) {
            console.complain(text);
        }
    }

    /** Splits the arguments as etcdctl does, and starts to watch. */
    private void start(Invocation one, OutputFormat format) {
        List<String> all = one.arguments();
        int separator = one.line().separator();
        boolean hasProgram = separator != CommandLine.NO_SEPARATOR;
        List<String> keys = hasProgram ? all.subList(0, separator) : all;
        List<String> program = hasProgram ? all.subList(separator, all.size()) : List.of();
        if (hasProgram && program.isEmpty()) {
            throw Invocation.badArguments(BAD_COUNT + " (found separator --, but no commands)");
        }
        if (!keys.isEmpty() && !environmentKey.isEmpty()) {
            throw Invocation.badArguments(BAD_COUNT + " (found conflicting environment key)");
        }
        if (!environmentKey.isEmpty()) {
            keys = environmentEnd.isEmpty() ? List.of(environmentKey) : List.of(environmentKey, environmentEnd);
        }
        if (keys.isEmpty()) {
            throw Invocation.badArguments(BAD_COUNT);
        }
        Operation.Watch operation = operation(one, keys);
        invocation.store().watch(operation, reply -> print(reply, format, program));
    }

    private static Operation.Watch operation(Invocation one, List<String> keys) {
        boolean prefix = one.flag("prefix");
        String key = keys.get(0);
        String end = keys.size() == 2 ? keys.get(1) : "";
        if (prefix && keys.size() == 2) {
            throw Invocation.badArguments("`range_end` and `--prefix` are mutually exclusive");
        }
        if (prefix) {
            end = key.isEmpty() ? Operation.NO_END : Operation.prefixEnd(key);
            key = key.isEmpty() ? Operation.NO_END : key;
        }
        return new Operation.Watch(key, end, one.number("rev"), one.flag("prev-kv"), one.flag("progress-notify"));
    }

    private void print(Reply.Watched reply, OutputFormat format, List<String> program) {
        synchronized (console) {
            if (reply.canceled()) {
                console.complain("watch was canceled (" + reply.reason() + ")");
            }
            if (reply.isProgress()) {
                console.println("progress notify: " + reply.header().revision());
            }
            format.watched(reply);
            console.flush();
            for (Reply.Event event : program.isEmpty() ? List.<Reply.Event>of() : reply.events()) {
                String failure = runProgram(program, reply.header().revision(), event);
                if (failure != null && !ended.isDone()) {
                    console.complain("command " + quoted(program) + " error (" + failure + ")");
                    end(new CliException(CliException.ERROR, ""));
                }
            }
        }
        if (reply.canceled()) {
            end(new CliException(CliException.INTERRUPTED, "watch is canceled by the server"));
        }
    }

    private void end(CliException how) {
        ended.complete(how);
        if (invocation.flag("interactive") && how.getMessage().isEmpty()) {
            Runtime.getRuntime().halt(how.exitCode()); // its main thread waits for input
        }
    }

    private static String quoted(List<String> words) {
        StringBuilder out = new StringBuilder("[");
        for (String word : words) {
            out.append(out.length() == 1 ? "" : " ").append(GoQuote.quote(word));
        }
        return out.append(']').toString();
    }

    /** Returns null, or what went wrong. */
    private String runProgram(List<String> program, long revision, Reply.Event event) {
        if (ended.isDone()) {
            return null;
        }
        List<String> words = new ArrayList<>();
        program.forEach(word -> words.add(Octets.text(word)));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.put("ETCD_WATCH_REVISION", String.valueOf(revision));
        environment.put("ETCD_WATCH_EVENT_TYPE", event.deletion() ? "\"DELETE\"" : "\"PUT\"");
        environment.put("ETCD_WATCH_KEY", Octets.text(GoQuote.quote(event.pair().key())));
        environment.put(
                "ETCD_WATCH_VALUE", Octets.text(GoQuote.quote(event.pair().value())));
        try {
            Process process = builder.start();
            copy(process.getInputStream());
            int code = process.waitFor();
            return code == 0 ? null : "exit status " + code;
        } catch (IOException e) {
            return "exec: " + GoQuote.quote(program.get(0)) + ": executable file not found in $PATH";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void copy(InputStream from) throws IOException {
        byte[] buffer = new byte[BUFFER_LENGTH];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            byte[] part = Arrays.copyOf(buffer, count);
            console.print(part);
            console.flush();
        }
    }
}
