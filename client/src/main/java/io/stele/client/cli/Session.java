package io.stele.client.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/*
 * What the commands of one run share: the surroundings, the global flags' values, and the connections, each made when a
 * command first needs it. A run is one command, or the many of a shell.
 */
final class Session implements AutoCloseable {
    private final CliContext context;
    private final Map<String, String> globals;
    private final Map<String, Store> stores = new HashMap<>();
    private LineSource lines;
    private boolean shell;

    /** Globals: the values from the environment and from before a shell's lines, by flag. */
    Session(CliContext context, Map<String, String> globals) {
        this.context = context;
        this.globals = globals;
        this.lines = prompt -> context.console().readLine();
    }

    /** Runs one command; its errors end here, as a line on standard error and an exit code. */
    int run(List<String> words) {
        try {
            CommandLine line = CommandLine.parse(CommandTable.ROOT, words);
            int exitCode = run(line);
            console().flush();
            return exitCode;
        } catch (CliException e) {
            return report(console(), e);
        } catch (RuntimeException e) {
            return report(
                    console(), new CliException(CliException.ERROR, "internal error: " + Octets.utf8(e.toString())));
        }
    }

    private int run(CommandLine line) {
        Command command = line.command();
        if (line.helpWanted() || command.action() == null) {
            Help.print(console(), command);
            return 0;
        }
        return command.action().run(new Invocation(this, line));
    }

    static int report(Console console, CliException e) {
        if (e.exitCode() != CliException.BROKEN_PIPE) {
            console.complain("Error: " + e.getMessage());
        }
        return e.exitCode();
    }

    void enterShell(LineSource source) {
        lines = source;
        shell = true;
    }

    boolean inShell() {
        return shell;
    }

    Console console() {
        return context.console();
    }

    CliContext context() {
        return context;
    }

    LineSource lines() {
        return lines;
    }

    String global(String flag) {
        return globals.get(flag);
    }

    Store store(List<String> endpoints, long dialTimeoutNs, long commandTimeoutNs) {
        String name = endpoints + "/" + dialTimeoutNs + "/" + commandTimeoutNs;
        Store store = stores.get(name);
        if (store == null) {
            store = context.connector().connect(endpoints, dialTimeoutNs, commandTimeoutNs);
            stores.put(name, store);
        }
        return store;
    }

    @Override
    public void close() {
        new ArrayList<>(stores.values()).forEach(Store::close);
        stores.clear();
    }
}
