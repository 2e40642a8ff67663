package io.stele.client.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Help texts, in the form that etcdctl 3.7 gives them. */
final class Help {
    private Help() {}

    static int command(Invocation invocation) {
        Command command = CommandTable.ROOT;
        for (String word : invocation.arguments()) {
            Command child = command.child(word);
            if (child == null) {
                throw new CliException(
                        CliException.ERROR,
                        "unknown help topic " + GoQuote.quote(String.join(" ", invocation.arguments()))
                                + CommandLine.hint(CommandTable.ROOT));
            }
            command = child;
        }
        print(invocation.console(), command);
        return 0;
    }

    static int options(Invocation invocation) {
        invocation.console().println("The following options can be passed to any command:\n");
        flags(invocation.console(), CommandTable.ROOT.flags());
        return 0;
    }

    static void print(Console console, Command command) {
        console.println(Octets.utf8(command.description().isEmpty() ? command.summary() : command.description()));
        console.println("\nUsage:");
        if (command.children().isEmpty()) {
            console.println("  " + command.parent().path() + " " + command.usage()
                    + (command.flags().isEmpty() || command.usage().contains("[options]") ? "" : " [flags]"));
        } else {
            console.println("  " + command.path() + " [command]\n\nAvailable Commands:");
            commands(console, command);
        }
        if (!command.flags().isEmpty() && !command.isRoot()) {
            console.println("\nFlags:");
            flags(console, command.flags());
        }
        console.println("");
        if (!command.children().isEmpty()) {
            console.println("Use \"" + command.path() + " [command] --help\" for more information about a command.");
        }
        console.println(
                "Use \"stelectl options\" for a list of global command-line options (applies to all commands).");
    }

    private static void commands(Console console, Command command) {
        int width = 0;
        for (Command child : command.children()) {
            width = Math.max(width, child.name().length());
        }
        for (Command child : command.children()) {
            console.println("  " + padded(child.name(), width) + " " + child.summary());
        }
    }

    private static void flags(Console console, List<Flag> flags) {
        List<Flag> sorted = new ArrayList<>(flags);
        sorted.sort(Comparator.comparing(Flag::name));
        int width = 0;
        for (Flag flag : sorted) {
            width = Math.max(width, title(flag).length());
        }
        for (Flag flag : sorted) {
            console.println(padded(title(flag), width) + "   " + flag.usage() + defaultOf(flag));
        }
    }

    private static String title(Flag flag) {
        String shorthand = flag.shorthand() == Flag.NO_SHORTHAND ? "      " : "  -" + flag.shorthand() + ", ";
        String word = flag.kind().word();
        return shorthand + "--" + flag.name() + (word.isEmpty() ? "" : " " + word);
    }

    private static String defaultOf(Flag flag) {
        String value = flag.defaultValue();
        return switch (flag.kind()) {
            case BOOL -> "";
            case INT -> value.equals("0") ? "" : " (default " + value + ")";
            case DURATION -> " (default " + value + ")";
            case STRING -> value.isEmpty() ? "" : " (default \"" + value + "\")";
            case STRINGS -> " (default [" + value + "])";
        };
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
