package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** endpoint health and endpoint status: each endpoint is asked by a connection of its own, all at the same time. */
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

    private record Answer(Reply.Status status, String error) {}

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
        List<String> endpoints = endpoints(invocation);
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (String endpoint : endpoints) {
            Store store = invocation.store(List.of(endpoint));
            asked.add(CompletableFuture.supplyAsync(() -> status(store), EndpointCommands::onThread));
        }
        List<OutputFormat.EndpointStatus> list = new ArrayList<>();
        int exitCode = 0;
        for (int i = 0; i < asked.size(); i++) {
            Answer answer = asked.get(i).join();
            if (answer.status() != null) {
                list.add(new OutputFormat.EndpointStatus(endpoints.get(i), answer.status()));
            } else {
                exitCode = CliException.ERROR;
                invocation
                        .console()
                        .complain("Failed to get the status of endpoint " + endpoints.get(i) + " (" + answer.error()
                                + ")");
            }
        }
        format.status(list);
        return exitCode;
    }

    private static Answer status(Store store) {
        try {
            return new Answer(store.status(), "");
        } catch (CliException e) {
            return new Answer(null, e.getMessage());
        }
    }

    private static void onThread(Runnable task) {
        Thread thread = new Thread(task, "endpoint");
        thread.setDaemon(true);
        thread.start();
    }
}
