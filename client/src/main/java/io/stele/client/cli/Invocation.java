package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;

/** One command under way: its arguments, its flags' values, and what it works with. */
final class Invocation {
    private final Session session;
    private final CommandLine line;

    Invocation(Session session, CommandLine line) {
        this.session = session;
        this.line = line;
    }

    Session session() {
        return session;
    }

    Console console() {
        return session.console();
    }

    List<String> arguments() {
        return line.arguments();
    }

    CommandLine line() {
        return line;
    }

    /** The value of a flag: from the command line, else from the environment or the shell, else its default. */
    String text(String name) {
        String given = line.given(name);
        if (given != null) {
            return given;
        }
        Flag flag = line.command().flag(name);
        String global = session.global(name);
        return global != null ? global : flag.defaultValue();
    }

    boolean flag(String name) {
        return GoNumber.parseBoolean(text(name));
    }

    long number(String name) {
        return GoNumber.parseLong(text(name), 0);
    }

    long durationNs(String name) {
        return GoNumber.parseDurationNs(text(name));
    }

    /** For answers about keys and leases, which a table cannot show: refused before anything is sent. */
    OutputFormat format() {
        OutputFormat format = anyFormat(false);
        if (format instanceof TableFormat) {
            throw TableFormat.unsupported();
        }
        return format;
    }

    OutputFormat anyFormat(boolean valuesOnly) {
        return OutputFormat.of(text(CommandTable.WRITE_OUT), console(), flag(CommandTable.HEX), valuesOnly);
    }

    List<String> endpoints() {
        List<String> endpoints = new ArrayList<>();
        for (String endpoint : text(CommandTable.ENDPOINTS).split(",", -1)) {
            if (!endpoint.isBlank()) {
                endpoints.add(endpoint.trim());
            }
        }
        if (endpoints.isEmpty()) {
            throw new CliException(CliException.ERROR, "no endpoint given; use --endpoints host:port");
        }
        return endpoints;
    }

    Store store() {
        return store(endpoints());
    }

    Store store(List<String> endpoints) {
        return session.store(
                endpoints, durationNs(CommandTable.DIAL_TIMEOUT), durationNs(CommandTable.COMMAND_TIMEOUT));
    }

    static CliException badArguments(String text) {
        return new CliException(CliException.BAD_ARGUMENTS, text);
    }
}
