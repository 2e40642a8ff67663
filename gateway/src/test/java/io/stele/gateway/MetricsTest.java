package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class MetricsTest {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:[a-z_]+=\"[^\"\\\\\n]*\",?)+})? (-?[0-9.]+(?:E-?[0-9]+)?)");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_]+)` \\| (.+) \\|");

    private final HttpClient client = HttpClient.newHttpClient();
    private TestNode node;

    /** What a scraper makes of the page. */
    private static final class Page {
        final Map<String, String> types = new TreeMap<>();
        final Map<String, Double> samples = new HashMap<>();

        /** Reads line by line, as strictly as promtool does. */
        static Page parse(String text) {
            Page page = new Page();
            String helped = null;
            String family = null;
            assertTrue(text.endsWith("\n"));
            for (String line : text.lines().toList()) {
                String[] words = line.split(" ", 4);
                if (line.startsWith("# HELP ")) {
                    helped = words[2];
                    assertTrue(words.length == 4 && !words[3].isBlank(), line);
                } else if (line.startsWith("# TYPE ")) {
                    family = words[2];
                    assertEquals(helped, family, "help and type belong together");
                    assertTrue(words[3].matches("gauge|counter|histogram|summary"), line);
                    assertNull(page.types.put(family, words[3]), "twice: " + line);
                } else {
                    Matcher sample = SAMPLE.matcher(line);
                    assertTrue(sample.matches(), line);
                    assertEquals(family, familyOf(sample.group(1), page.types.get(family)), line);
                    String labels = sample.group(2) == null ? "" : sample.group(2);
                    assertNull(
                            page.samples.put(sample.group(1) + labels, Double.valueOf(sample.group(3))),
                            "twice: " + line);
                }
            }
            return page;
        }

        private static String familyOf(String name, String type) {
            return type.equals("histogram") || type.equals("summary")
                    ? name.replaceFirst("_(bucket|sum|count)$", "")
                    : name;
        }

        double value(String name) {
            assertNotNull(samples.get(name), name);
            return samples.get(name);
        }
    }

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldTellWhatTheDocumentSays() throws Exception {
        Page page = scrape();
        boolean isAbsent = false;
        int present = 0;
        int absent = 0;
        for (String line : Files.readAllLines(document())) {
            isAbsent |= line.startsWith("Not there");
            Matcher row = ROW.matcher(line);
            if (row.matches() && isAbsent) {
                assertNull(page.types.remove(row.group(1)), row.group(1) + " is there");
                absent++;
            } else if (row.matches()) {
                assertEquals(row.group(2), page.types.remove(row.group(1)), row.group(1));
                present++;
            }
        }
        page.types.keySet().forEach(name -> assertTrue(name.startsWith("stele_"), name + " is not in the document"));
        assertTrue(present > 50 && absent > 35, "the tables were not found");
    }

    @Test
    void shouldCountWhatIsDone() throws Exception {
        Page before = scrape();
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(node.channel());
        for (int i = 0; i < 3; i++) {
            kv.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("key" + i))
                    .setValue(ByteString.copyFromUtf8("v"))
                    .build());
        }
        kv.range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key1"))
                .build());
        kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key"))
                .setRangeEnd(ByteString.copyFromUtf8("kez"))
                .build());
        LeaseGrpc.newBlockingStub(node.channel())
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build());
        Page after = scrape();
        assertGrown(3, "etcd_mvcc_put_total", before, after);
        assertGrown(15, "etcd_debugging_mvcc_total_put_size_in_bytes", before, after);
        assertGrown(3, "etcd_mvcc_delete_total", before, after);
        assertGrown(1, "etcd_mvcc_range_total", before, after);
        assertGrown(1, "etcd_debugging_lease_granted_total", before, after);
        assertGrown(4, "etcd_debugging_mvcc_current_revision", before, after);
        String put = "grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}";
        assertEquals(3, after.value("grpc_server_started_total{" + put));
        assertEquals(3, after.value("grpc_server_handled_total{grpc_code=\"OK\"," + put));
        assertEquals(1, after.value("etcd_server_has_leader"));
        assertEquals(1, after.value("etcd_server_is_leader"));
        double forces = after.value("etcd_disk_wal_fsync_duration_seconds_count");
        assertTrue(forces >= 5 && after.value("etcd_disk_wal_fsync_duration_seconds_sum") > 0);
        assertEquals(forces, after.value("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"+Inf\"}"));
        assertTrue(after.value("stele_proposal_duration_seconds{quantile=\"0.99\"}") > 0);
        assertTrue(after.value("stele_proposal_duration_seconds_count") >= 5);
    }

    @Test
    void shouldCountHealthChecks() throws Exception {
        double before = scrape().value("etcd_server_health_success");
        get("/health");
        get("/readyz");
        Page after = scrape();
        assertEquals(before + 1, after.value("etcd_server_health_success"));
        assertEquals(1, after.value("etcd_server_healthcheck{type=\"readyz\",name=\"linearizable_read\"}"));
    }

    private static void assertGrown(double by, String name, Page before, Page after) {
        assertEquals(before.value(name) + by, after.value(name), name);
    }

    private static Path document() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/metrics.md"))) {
            directory = directory.getParent();
        }
        return directory.resolve("docs/metrics.md");
    }

    private Page scrape() throws IOException, InterruptedException {
        return Page.parse(get("/metrics"));
    }

    private String get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
