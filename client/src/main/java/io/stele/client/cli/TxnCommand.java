package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;

/*
 * txn: three sections of lines, each ended by an empty one: comparisons, operations if they hold, operations if not.
 *
 *     mod("k") > "0"
 *
 *     put k "overwritten"
 *
 *     put k "created"
 *
 */
final class TxnCommand {
    private TxnCommand() {}

    static int run(Invocation invocation) {
        if (!invocation.arguments().isEmpty()) {
            throw Invocation.badArguments("txn command does not accept argument");
        }
        OutputFormat format = invocation.format();
        List<Comparison> comparisons = new ArrayList<>();
        for (String line : section(invocation, "compares:")) {
            comparisons.add(Comparison.parse(line));
        }
        List<Operation> success = operations(invocation, "success requests (get, put, del):");
        List<Operation> failure = operations(invocation, "failure requests (get, put, del):");
        format.txn(invocation.store().txn(comparisons, success, failure));
        return 0;
    }

    private static List<Operation> operations(Invocation invocation, String title) {
        List<Operation> operations = new ArrayList<>();
        for (String line : section(invocation, title)) {
            operations.add(operation(invocation, line));
        }
        return operations;
    }

    private static List<String> section(Invocation invocation, String title) {
        if (invocation.flag("interactive")) {
            invocation.console().println(title);
            invocation.console().flush();
        }
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = invocation.session().lines().next("... ");
            if (line == null) {
                throw new CliException(
                        CliException.INVALID_INPUT,
                        "EOF: a transaction has three sections, each ended by an empty line");
            }
            String trimmed = Words.trim(line);
            if (trimmed.isEmpty()) {
                return lines;
            }
            lines.add(trimmed);
        }
    }

    private static Operation operation(Invocation invocation, String line) {
        List<String> words = Words.split(line);
        if (words.size() < 2) {
            throw new CliException(CliException.INVALID_INPUT, "invalid txn request: " + line);
        }
        Invocation part;
        try {
            part = new Invocation(invocation.session(), CommandLine.parse(CommandTable.ROOT, words));
        } catch (CliException e) {
            throw new CliException(CliException.INVALID_INPUT, "invalid txn request: " + line + "; " + reason(e));
        }
        return switch (part.line().command().name()) {
            case "put" -> KvCommands.putOperation(part, false);
            case "get" -> KvCommands.rangeOperation(part);
            case "del" -> KvCommands.deleteOperation(part);
            default ->
                throw new CliException(
                        CliException.INVALID_INPUT, "invalid txn request: " + line + "; use put, get or del");
        };
    }

    private static String reason(CliException e) {
        String text = e.getMessage();
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
