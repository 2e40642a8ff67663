package io.stele.compat;

import io.stele.server.FreePorts;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Some members, each a process. Their clients' ports are any; their peers' ports nobody else is given. */
final class SteleCluster implements AutoCloseable {
    private final SteleProcess[] members;

    SteleCluster(Path directory, int count) {
        this(directory, count, initialCluster -> {});
    }

    /**
     * @param directory each member's data directory is in it, under its name
     * @param beforeStart told what {@code --initial-cluster} will be
     */
    SteleCluster(Path directory, int count, Consumer<String> beforeStart) {
        members = new SteleProcess[count];
        int[] ports = FreePorts.find(count);
        String cluster = IntStream.range(0, count)
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + ports[i])
                .collect(Collectors.joining(","));
        beforeStart.accept(cluster);
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int member = i;
            List<String> flags = new ArrayList<>(List.of(
                    "--name=m" + i,
                    "--data-dir=" + directory.resolve("m" + i),
                    "--listen-client-urls=http://127.0.0.1:0"));
            if (count > 1) {
                flags.addAll(List.of(
                        "--listen-peer-urls=http://127.0.0.1:" + ports[i],
                        "--initial-advertise-peer-urls=http://127.0.0.1:" + ports[i],
                        "--initial-cluster=" + cluster));
            }
            starts.add(CompletableFuture.runAsync(() -> members[member] = new SteleProcess(flags)));
        }
        try {
            starts.forEach(CompletableFuture::join);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    int count() {
        return members.length;
    }

    String url(int member) {
        return "http://" + members[member].endpoint();
    }

    List<URI> urls() {
        return IntStream.range(0, members.length)
                .mapToObj(i -> URI.create(url(i)))
                .toList();
    }

    void kill(int member) {
        members[member].close();
    }

    @Override
    public void close() {
        for (SteleProcess member : members) {
            if (member != null) {
                member.close();
            }
        }
    }
}
