package io.stele.perf.differential;

import com.google.protobuf.Message;
import io.stele.perf.crash.DirectoryTree;
import io.stele.perf.crash.NodeProcess;
import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/** The same requests to Stele and to etcd, one after the other: the same answers, codes and texts. */
public final class DifferentialRun {
    private static final int DIFFERENCES_MAX = 10;
    private static final int TELL_EVERY = 10_000;
    private static final int PERCENT = 100;

    /** The least there is: what takes time in a hash is not compared. */
    private static final int BCRYPT_COST = 4;

    private final DifferentialPlan plan;
    private final IntConsumer progress;
    private final Map<String, Integer> sent = new TreeMap<>();
    private final Map<String, Integer> refused = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();

    private DifferentialRun(DifferentialPlan plan, IntConsumer progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Whether there is an etcd on this machine to start. */
    public static boolean isEtcdInstalled() {
        return EtcdProcess.isInstalled();
    }

    /** Between servers of its own, which it starts and ends. */
    public static DifferentialResult run(DifferentialPlan plan, IntConsumer progress) throws IOException {
        if (!EtcdProcess.isInstalled()) {
            throw new BenchException("no etcd is on the PATH: install it, or give --endpoints and --peer-endpoints");
        }
        Path directory = Files.createTempDirectory("stele-differential");
        List<String> flags = List.of("--bcrypt-cost", String.valueOf(BCRYPT_COST));
        try (EtcdProcess etcd = new EtcdProcess(directory, BCRYPT_COST);
                NodeProcess node =
                        NodeProcess.start(directory.resolve("stele"), directory.resolve("stele.log"), flags)) {
            return run(plan, node.endpoint(), etcd.endpoint(), progress);
        } finally {
            DirectoryTree.delete(directory);
        }
    }

    /** Between two empty servers. */
    public static DifferentialResult run(DifferentialPlan plan, String stele, String etcd, IntConsumer progress) {
        DifferentialRun run = new DifferentialRun(plan, progress);
        try (UnaryCalls ours = new UnaryCalls(stele);
                UnaryCalls theirs = new UnaryCalls(etcd)) {
            run.compare(ours, theirs);
        }
        return new DifferentialResult(run.sent, run.refused, run.differences);
    }

    private void compare(UnaryCalls ours, UnaryCalls theirs) {
        DataRequests data = new DataRequests(plan.seed());
        Random random = new Random(~plan.seed());
        UserRequests users = new UserRequests(random);
        for (int i = 0; i < plan.requests() && differences.size() < DIFFERENCES_MAX; i++) {
            Message request = random.nextInt(PERCENT) < plan.userPercent() ? users.next() : data.next();
            Object expected = theirs.answer(request);
            Object found = ours.answer(request);
            count(request, found);
            String expectedText = String.valueOf(ComparedAnswer.of(request, expected));
            String foundText = String.valueOf(ComparedAnswer.of(request, found));
            if (!expectedText.equals(foundText)) {
                differences.add("request " + i + ": " + kind(request) + " " + oneLine(request) + ": etcd answers "
                        + oneLine(expectedText) + ", stele " + oneLine(foundText));
            }
            if (expected instanceof Message message) {
                data.seen(ComparedAnswer.header(message).getRevision());
            }
            if ((i + 1) % TELL_EVERY == 0) {
                progress.accept(i + 1);
            }
        }
    }

    private void count(Message request, Object answer) {
        sent.merge(kind(request), 1, Integer::sum);
        if (!(answer instanceof Message)) {
            refused.merge(kind(request), 1, Integer::sum);
        }
    }

    private static String kind(Message request) {
        return request.getDescriptorForType().getName().replace("Request", "");
    }

    private static String oneLine(Object message) {
        return String.valueOf(message).strip().replaceAll("\\s+", " ");
    }
}
