package io.stele.client.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/*
 * What the words of a command line say: the command, its flags' values, its arguments.
 *
 *     stelectl [flags] command [sub-command] [flags and arguments, in any order] [-- arguments]
 *     --name value   --name=value   -n value   -nvalue   -n=value   --switch   --switch=false   -ab (both switches)
 *
 * The grammar and the words of its errors are etcdctl's.
 */
final class CommandLine {
    static final String HELP = "help";
    static final int NO_SEPARATOR = -1;
    private static final int MISTAKES_MAX = 2;

    private final Command command;
    private final Map<String, String> values = new HashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private int separator = NO_SEPARATOR;

    private CommandLine(Command command) {
        this.command = command;
    }

    static CommandLine parse(Command root, List<String> words) {
        List<String> rest = new ArrayList<>(words);
        Command command = root;
        while (!command.children().isEmpty()) {
            int at = firstArgument(command, rest);
            if (at < 0) {
                break;
            }
            Command child = command.child(rest.get(at));
            if (child == null) {
                throw unknownCommand(command, rest.get(at));
            }
            rest.remove(at);
            command = child;
        }
        CommandLine line = new CommandLine(command);
        line.parseFlags(rest);
        return line;
    }

    /** Index of the first word that is neither a flag nor a flag's value; -1 if there is none. */
    private static int firstArgument(Command command, List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                return -1;
            }
            if (!word.startsWith("-") || word.equals("-")) {
                return i;
            }
            Flag flag = word.startsWith("--") ? command.flag(word.substring(2)) : command.flag(word.charAt(1));
            boolean valueFollows = flag != null && flag.takesValue() && (word.startsWith("--") || word.length() == 2);
            i += valueFollows ? 1 : 0;
        }
        return -1;
    }

    private static CliException unknownCommand(Command command, String word) {
        StringBuilder text = new StringBuilder("unknown command ")
                .append(GoQuote.quote(word))
                .append(" for ")
                .append(GoQuote.quote(command.path()));
        Command meant = nearest(command, word);
        if (meant != null) {
            text.append("; did you mean ").append(meant.name()).append('?');
        }
        return new CliException(CliException.ERROR, text + hint(command));
    }

    private static Command nearest(Command command, String word) {
        Command nearest = null;
        int least = MISTAKES_MAX + 1;
        for (Command child : command.children()) {
            int distance = child.name().startsWith(word) ? 0 : distance(word, child.name());
            if (distance < least) {
                least = distance;
                nearest = child;
            }
        }
        return nearest;
    }

    static String hint(Command command) {
        return "\nRun '" + command.path() + " --help' for usage.";
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private void parseFlags(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                separator = arguments.size();
                arguments.addAll(words.subList(i + 1, words.size()));
                return;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                arguments.add(word);
            } else if (word.charAt(1) == '-') {
                i = longFlag(word, words, i);
            } else {
                i = shorthands(word, words, i);
            }
        }
    }

    /** Returns the index of the last word used. */
    private int longFlag(String word, List<String> words, int at) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        if (name.isEmpty() || name.charAt(0) == '-') {
            throw refuse("bad flag syntax: " + word);
        }
        Flag flag = command.flag(name);
        if (flag == null) {
            throw refuse("unknown flag: --" + name);
        }
        if (equals >= 0) {
            put(flag, word.substring(equals + 1));
            return at;
        }
        if (!flag.takesValue()) {
            put(flag, "true");
            return at;
        }
        if (at + 1 == words.size()) {
            throw refuse("flag needs an argument: " + word);
        }
        put(flag, words.get(at + 1));
        return at + 1;
    }

    private int shorthands(String word, List<String> words, int at) {
        for (int i = 1; i < word.length(); i++) {
            Flag flag = command.flag(word.charAt(i));
            if (flag == null) {
                throw refuse("unknown shorthand flag: '" + word.charAt(i) + "' in -" + word.substring(i));
            }
            boolean assigned = i + 2 < word.length() && word.charAt(i + 1) == '=';
            if (!flag.takesValue() && !assigned) {
                put(flag, "true");
                continue;
            }
            if (i + 1 < word.length()) {
                put(flag, word.substring(assigned ? i + 2 : i + 1));
                return at;
            }
            if (at + 1 == words.size()) {
                throw refuse("flag needs an argument: '" + word.charAt(i) + "' in -" + word.substring(i));
            }
            put(flag, words.get(at + 1));
            return at + 1;
        }
        return at;
    }

    private void put(Flag flag, String value) {
        try {
            flag.check(value);
        } catch (IllegalArgumentException e) {
            throw refuse("invalid argument " + GoQuote.quote(value) + " for " + GoQuote.quote(flag.display())
                    + " flag: " + e.getMessage());
        }
        String before = flag.kind() == Flag.Kind.STRINGS ? values.get(flag.name()) : null;
        values.put(flag.name(), before == null || before.isEmpty() ? value : before + "," + value);
    }

    private CliException refuse(String reason) {
        return new CliException(CliException.ERROR, reason + hint(command));
    }

    Command command() {
        return command;
    }

    List<String> arguments() {
        return arguments;
    }

    /** How many of the arguments stand before a "--", or NO_SEPARATOR where there is none. */
    int separator() {
        return separator;
    }

    /** The value given for a flag, null if none was. */
    String given(String flag) {
        return values.get(flag);
    }

    boolean helpWanted() {
        String help = values.get(HELP);
        return help != null && GoNumber.parseBoolean(help);
    }
}
