package io.stele.perf.crash;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.perf.load.Completion;
import io.stele.perf.process.Standstills;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A cluster of real processes, in a directory of its own, whose leader is killed whenever that is asked for. */
public final class LeaderKills implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int AFTER_KILL_MS = 1_500;
    private static final Bytes PROBE = Bytes.of("leader-kills");

    private final Path directory;
    private final ClusterProcesses cluster;
    private final SteleClient client;
    private final Standstills standstills = Standstills.watched();
    private final WriteGaps gaps = new WriteGaps(standstills, System::nanoTime);
    private int count;

    public LeaderKills(int memberCount, List<String> flags) throws IOException {
        directory = Files.createTempDirectory("stele-kills");
        cluster = new ClusterProcesses(directory, new MemberHosts(null), memberCount, flags);
        client = SteleClient.connect(
                new ClientContext().endpoints(cluster.endpoints()).requestTimeout(TIMEOUT));
    }

    public List<String> endpoints() {
        return IntStream.range(0, cluster.count()).mapToObj(cluster::endpoint).toList();
    }

    /** A put that is done once whatever happens to the leader. */
    public void put(byte[] key, byte[] value, Completion completion) {
        var unused = client.kv().put(Bytes.of(key), Bytes.of(value)).whenComplete((result, failure) -> {
            if (failure == null) {
                completion.onSuccess(1, value.length);
            } else {
                completion.onFailure(failure.getMessage());
            }
        });
    }

    /** Kills the leader, and starts it again when the others have gone on; returns once it serves. */
    public void killLeader() throws InterruptedException {
        int leader = Math.max(0, cluster.leader(client));
        gaps.begin();
        cluster.node(leader).kill();
        client.kv().put(PROBE, PROBE).join();
        gaps.onAcknowledged();
        gaps.end();
        Thread.sleep(AFTER_KILL_MS);
        cluster.start(leader);
        count++;
    }

    public int count() {
        return count;
    }

    /** Milliseconds from a kill to the next write acknowledged that so much of the kills did not exceed. */
    public long gapMs(double share) {
        return gaps.percentileMs(share);
    }

    /** Memory of the member that has most, without what only caches files. */
    public long memoryBytes() {
        long most = 0;
        for (int i = 0; i < cluster.count(); i++) {
            most = Math.max(most, anonymousBytes(cluster.node(i).pid()));
        }
        return most;
    }

    /** Resident memory of a process that is no file's; 0 if it cannot be told. */
    static long anonymousBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Stops all members in good order; what they stored is deleted. */
    @Override
    public void close() {
        standstills.close();
        client.close();
        try (cluster) {
            cluster.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            DirectoryTree.delete(directory);
        } catch (IOException e) {
            // It is a temporary directory: others clean up.
        }
    }
}
