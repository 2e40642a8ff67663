package io.stele.client.cli;

import java.util.List;

/*
 * shell: commands one per line, over one connection. From a pipe, or from a person at a terminal; the launcher knows
 * which and says so (stele.terminal). JLine is loaded only for the latter.
 */
final class Shell {
    static final String TERMINAL_PROPERTY = "stele.terminal";
    private static final String PROMPT = "stele> ";

    private Shell() {}

    static int run(Invocation invocation) {
        Session session = invocation.session();
        if (session.inShell()) {
            throw new CliException(CliException.ERROR, "this is a shell already");
        }
        if (!invocation.arguments().isEmpty()) {
            throw Invocation.badArguments(
                    "shell takes its commands from the lines of standard input, not as arguments");
        }
        if (Boolean.getBoolean(TERMINAL_PROPERTY)) {
            try (TerminalLines terminal = new TerminalLines(invocation)) {
                session.enterShell(terminal);
                loop(session);
            }
            return 0;
        }
        session.enterShell(prompt -> session.console().readLine());
        return loop(session) ? 0 : CliException.ERROR;
    }

    /** True if all commands succeeded. */
    private static boolean loop(Session session) {
        boolean succeeded = true;
        while (true) {
            String line = session.lines().next(PROMPT);
            if (line == null) {
                return succeeded;
            }
            String command = Words.trim(line);
            if (command.isEmpty() || command.startsWith("#")) {
                continue;
            }
            if (command.equals("exit") || command.equals("quit")) {
                return succeeded;
            }
            int exitCode = run(session, command);
            if (exitCode == CliException.BROKEN_PIPE) {
                throw new CliException(exitCode, "");
            }
            succeeded &= exitCode == 0;
        }
    }

    private static int run(Session session, String line) {
        List<String> words;
        try {
            words = Words.split(line);
        } catch (CliException e) {
            return Session.report(session.console(), e);
        }
        return session.run(words);
    }
}
