package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** endpoint health, status and hashkv: each endpoint is asked by a connection of its own, all at the same time. */
final class EndpointCommands {
    private static final Operation.Range ANY_KEY = new Operation.Range(
            "health",
            "",
            0,
            0,
            Operation.Order.NONE,
            Operation.Target.KEY,
            new Operation.Bounds(0, 0, 0, 0),
            new Operation.Form(false, false, false));

    private EndpointCommands() {}

    private record Answer<T>(T value, String error) {}

    static int health(Invocation invocation) {
        OutputFormat format = invocation.anyFormat(false);
        List<CompletableFuture<OutputFormat.Health>> asked = new ArrayList<>();
        for (String endpoint : endpoints(invocation)) {
            Store store = invocation.store(List.of(endpoint));
            asked.add(CompletableFuture.supplyAsync(() -> health(store, endpoint), EndpointCommands::onThread));
        }
        List<OutputFormat.Health> list = new ArrayList<>();
        boolean healthy = true;
        for (CompletableFuture<OutputFormat.Health> answer : asked) {
            OutputFormat.Health health = answer.join();
            healthy &= health.healthy();
            list.add(health);
        }
        format.health(list);
        if (!healthy) {
            throw new CliException(CliException.ERROR, "unhealthy cluster");
        }
        return 0;
    }

    private static List<String> endpoints(Invocation invocation) {
        return invocation.flag("cluster") ? MemberCommands.clusterEndpoints(invocation) : invocation.endpoints();
    }

    /** A linearizable read says that the member and a quorum work. */
    private static OutputFormat.Health health(Store store, String endpoint) {
        long startNs = System.nanoTime();
        String error = "";
        try {
            store.range(ANY_KEY);
        } catch (CliException e) {
            error = e.getMessage();
        }
        String took = GoNumber.formatDuration(System.nanoTime() - startNs);
        boolean healthy = error.isEmpty() || error.endsWith("permission denied");
        return new OutputFormat.Health(endpoint, healthy, took, healthy ? "" : error);
    }

    static int status(Invocation invocation) {
        OutputFormat format = invocation.anyFormat(false);
        List<OutputFormat.EndpointStatus> list = new ArrayList<>();
        int exitCode = ask(
                invocation,
                Store::status,
                "Failed to get the status of endpoint ",
                (endpoint, status) -> list.add(new OutputFormat.EndpointStatus(endpoint, status)));
        format.status(list);
        return exitCode;
    }

    static int hashKv(Invocation invocation) {
        OutputFormat format = invocation.anyFormat(false);
        long revision = invocation.number("rev");
        List<OutputFormat.EndpointHash> list = new ArrayList<>();
        int exitCode = ask(
                invocation,
                store -> store.hashKv(revision),
                "Failed to get the hash of endpoint ",
                (endpoint, hash) -> list.add(new OutputFormat.EndpointHash(endpoint, hash)));
        format.hashes(list);
        return exitCode;
    }

    /** The same of all endpoints; those that fail are complained of, and are the exit code. */
    private static <T> int ask(
            Invocation invocation, Function<Store, T> question, String complaint, BiConsumer<String, T> taker) {
        List<String> endpoints = endpoints(invocation);
        List<CompletableFuture<Answer<T>>> asked = new ArrayList<>();
        for (String endpoint : endpoints) {
            Store store = invocation.store(List.of(endpoint));
            asked.add(CompletableFuture.supplyAsync(() -> answer(store, question), EndpointCommands::onThread));
        }
        int exitCode = 0;
        for (int i = 0; i < asked.size(); i++) {
            Answer<T> answer = asked.get(i).join();
            if (answer.value() != null) {
                taker.accept(endpoints.get(i), answer.value());
            } else {
                exitCode = CliException.ERROR;
                invocation.console().complain(complaint + endpoints.get(i) + " (" + answer.error() + ")");
            }
        }
        return exitCode;
    }

    private static <T> Answer<T> answer(Store store, Function<Store, T> question) {
        try {
            return new Answer<>(question.apply(store), "");
        } catch (CliException e) {
            return new Answer<>(null, e.getMessage());
        }
    }

    private static void onThread(Runnable task) {
        Thread thread = new Thread(task, "endpoint");
        thread.setDaemon(true);
        thread.start();
    }
}
