package io.stele.server.cli;

import io.stele.server.Server;
import io.stele.server.config.ConfigException;
import io.stele.server.config.EtcdFlags;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ServerOptions;
import io.stele.server.node.FailStop;
import io.stele.storage.file.StorageException;
import io.stele.transport.snapshot.SnapshotException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code stele}: the server, and commands that work on a data directory offline. */
@Command(
        name = "stele",
        description = "Runs one Stele node: a durable key-value store with history.",
        subcommands = {
            LocalCommand.class,
            CheckCommand.class,
            SnapshotCommand.class,
            ImportCommand.class,
            RehearseCommand.class
        },
        versionProvider = VersionText.class,
        sortOptions = false)
public final class Main implements Callable<Integer> {
    static final int USAGE = 2;

    /** What the log says when the node serves; others wait for it. */
    static final String READY = "ready to serve client requests";

    static final int FAILED = 1;

    private static final long ENDED_POLL_MS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    @Mixin
    private ServerOptions options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    @CommandLine.Option(
            names = "--log-format",
            defaultValue = "console",
            description = "console, or json: one object a line, as etcd writes them (default: ${DEFAULT-VALUE}).")
    private String logFormat;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @CommandLine.Option(names = "--version", versionHelp = true, description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    private volatile int exitCode;

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs the command line and returns its exit code. */
    public static int run(String[] args) {
        CommandLine commandLine = new CommandLine(new Main());
        EtcdFlags.addTo(commandLine.getCommandSpec());
        commandLine.setOverwrittenOptionsAllowed(true); // the last one counts, as etcd has it: wrappers append theirs
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF); // or it would warn about each
        commandLine.setParameterExceptionHandler((e, arguments) -> {
            e.getCommandLine().getErr().println("stele: " + firstLine(e) + "; see 'stele --help'");
            return USAGE;
        });
        commandLine.setExecutionExceptionHandler((e, failed, result) -> exitCode(failed, e));
        try {
            commandLine.setDefaultValueProvider(ServerOptions.defaults(System.getenv(), args));
        } catch (ConfigException e) {
            return exitCode(commandLine, e);
        }
        return commandLine.execute(args);
    }

    private static int exitCode(CommandLine commandLine, Exception e) {
        commandLine.getErr().println("stele: " + firstLine(e));
        if (e instanceof SnapshotException) {
            return FAILED;
        }
        if (e instanceof ConfigException) {
            return USAGE;
        }
        return e instanceof StorageException storage && storage.kind() != StorageException.Kind.FOREIGN
                ? FailStop.STORAGE_FAILURE
                : FAILED;
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.lines().findFirst().orElse(message);
    }

    @Override
    public Integer call() throws InterruptedException {
        ServerConfig config = options.toConfig();
        if (!logFormat.matches("console|json")) {
            throw new ConfigException("--log-format must be console or json, got '" + logFormat + "'");
        }
        List<String> ignored = EtcdFlags.ignored(command.commandLine().getParseResult());
        if (logFormat.equals("json")) {
            LogSetup.json();
        }
        LogSetup.level(config.logLevel());
        if (!ignored.isEmpty()) {
            LOG.warn("flags of etcd's that have no meaning here: {}", String.join(" ", ignored));
        }
        CountDownLatch stopRequested = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Server server = Server.launch(config, Main::halt);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopGracefully(stopRequested, stopped)));
        try (server) {
            LOG.info("serving client requests on {}", server.clientUrls());
            if (!server.httpUrls().isEmpty()) {
                LOG.info("serving HTTP/1.1 on {} alone", server.httpUrls());
            }
            if (!server.metricsUrls().isEmpty()) {
                LOG.info("serving health and metrics on {}", server.metricsUrls());
            }
            LOG.info(READY);
            while (!server.isRemoved()
                    && !server.isClone()
                    && !stopRequested.await(ENDED_POLL_MS, TimeUnit.MILLISECONDS)) {
                // until it is time
            }
            exitCode = server.isClone() ? FAILED : 0;
            LOG.info(reason(server));
        } catch (RuntimeException e) {
            halt("shutdown", e);
        }
        LOG.info("stopped");
        stopped.countDown();
        return exitCode;
    }

    private static String reason(Server server) {
        if (server.isClone()) {
            return "another process is this member: stopping";
        }
        return server.isRemoved() ? "this member has been removed from its cluster: stopping" : "stopping";
    }

    /** On SIGTERM and SIGINT: lets {@link #call} close everything, then ends the process. */
    private void stopGracefully(CountDownLatch stopRequested, CountDownLatch stopped) {
        stopRequested.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Runtime.getRuntime().halt(exitCode);
    }

    /** Rule R2: after a failed force nothing may run that could acknowledge, write or tidy up. */
    private static void halt(String agent, Throwable cause) {
        LOG.error("{} failed, the node stops: {}", agent, cause.toString(), cause);
        Runtime.getRuntime().halt(FailStop.STORAGE_FAILURE);
    }
}
