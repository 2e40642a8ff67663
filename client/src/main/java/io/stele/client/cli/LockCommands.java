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
 * lock, elect: take part, say so, and hold on until a signal comes, which gives up what is held, or the session is
 * lost. A lock may also be held just as long as a command runs.
 */
final class LockCommands {
    private static final long TTL_OF_ELECTION = 60;
    private static final int BUFFER_LENGTH = 8192;

    private LockCommands() {}

    static int lock(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.isEmpty()) {
            throw Invocation.badArguments("lock takes a lock name argument and an optional command to execute");
        }
        OutputFormat format = invocation.format();
        Claim claim = invocation.store().lock(arguments.get(0), invocation.number("ttl"));
        Thread releasing = releaseOnSignal(claim);
        try {
            Reply.Range key = claim.await();
            return arguments.size() > 1
                    ? runWhileHeld(claim, key, arguments.subList(1, arguments.size()), invocation.console())
                    : hold(invocation, format, claim, key, "session expired");
        } finally {
            Runtime.getRuntime().removeShutdownHook(releasing);
        }
    }

    static int elect(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.size() != 1 && arguments.size() != 2) {
            throw Invocation.badArguments("elect takes one election name argument and an optional proposal argument");
        }
        boolean listen = invocation.flag("listen");
        if (arguments.size() == 1 && !listen) {
            throw Invocation.badArguments("no proposal argument but -l not set");
        }
        if (arguments.size() == 2 && listen) {
            throw Invocation.badArguments("proposal given but -l is set");
        }
        OutputFormat format = invocation.format();
        Store store = invocation.store();
        if (listen) {
            return observe(invocation, format, store);
        }
        Claim claim = store.campaign(arguments.get(0), arguments.get(1), TTL_OF_ELECTION);
        Thread releasing = releaseOnSignal(claim);
        try {
            return hold(invocation, format, claim, claim.await(), "elect: session expired");
        } finally {
            Runtime.getRuntime().removeShutdownHook(releasing);
        }
    }

    private static int observe(Invocation invocation, OutputFormat format, Store store) {
        Console console = invocation.console();
        store.observe(invocation.arguments().get(0), leader -> {
            synchronized (console) {
                format.range(leader);
                console.flush();
            }
        });
        new CompletableFuture<Void>().join(); // until a signal ends the process
        return 0;
    }

    private static int hold(Invocation invocation, OutputFormat format, Claim claim, Reply.Range key, String whenLost) {
        format.range(key);
        invocation.console().flush();
        claim.lost().join();
        throw new CliException(CliException.ERROR, whenLost);
    }

    /** As etcdctl does: what is held is given up at once, not when its time is over. */
    private static Thread releaseOnSignal(Claim claim) {
        Thread release = new Thread(
                () -> {
                    claim.release();
                    Runtime.getRuntime().halt(0);
                },
                "release");
        Runtime.getRuntime().addShutdownHook(release);
        return release;
    }

    private static int runWhileHeld(Claim claim, Reply.Range key, List<String> program, Console console) {
        try {
            int exitCode = run(key, program, console);
            if (exitCode != 0) {
                throw new CliException(exitCode, "exit status " + exitCode);
            }
            return 0;
        } finally {
            claim.release();
        }
    }

    private static int run(Reply.Range key, List<String> program, Console console) {
        List<String> words = new ArrayList<>();
        program.forEach(word -> words.add(Octets.text(word)));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.put("ETCD_LOCK_KEY", Octets.text(key.pairs().get(0).key()));
        environment.put("ETCD_LOCK_REV", String.valueOf(key.header().revision()));
        try {
            Process process = builder.start();
            copy(process.getInputStream(), console);
            return process.waitFor();
        } catch (IOException e) {
            throw new CliException(
                    CliException.ERROR,
                    "exec: " + GoQuote.quote(program.get(0)) + ": executable file not found in $PATH");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(CliException.ERROR, "interrupted");
        }
    }

    private static void copy(InputStream from, Console console) throws IOException {
        byte[] buffer = new byte[BUFFER_LENGTH];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            console.print(Arrays.copyOf(buffer, count));
            console.flush();
        }
    }
}
