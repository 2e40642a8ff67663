package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class HttpGatewayTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestNode node;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldPutAndGetInJson() throws Exception {
        HttpResponse<String> put = post("/v3/kv/put", "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}");
        assertEquals(200, put.statusCode());
        assertTrue(
                put.body()
                        .matches("\\{\"header\":\\{\"cluster_id\":\"\\d+\",\"member_id\":\"\\d+\","
                                + "\"revision\":\"\\d+\",\"raft_term\":\"\\d+\"}}"),
                put.body());
        HttpResponse<String> range = post("/v3/kv/range", "{\"key\":\"Zm9v\",\"unknown\":7}");
        assertTrue(range.body().contains("\"key\":\"Zm9v\""), range.body());
        assertTrue(range.body().contains("\"value\":\"YmFy\"}],\"count\":\"1\"}"), range.body());
    }

    @Test
    void shouldDoATransactionInJson() throws Exception {
        String txn = "{\"compare\":[{\"result\":\"EQUAL\",\"target\":\"VERSION\",\"key\":\"dHhu\",\"version\":\"0\"}],"
                + "\"success\":[{\"request_put\":{\"key\":\"dHhu\",\"value\":\"MQ==\"}},"
                + "{\"requestRange\":{\"key\":\"dHhu\"}}]}";
        String body = post("/v3/kv/txn", txn).body();
        assertTrue(body.contains("\"succeeded\":true"), body);
        assertTrue(body.contains("\"response_range\":{"), body);
        assertTrue(body.contains("\"value\":\"MQ==\""), body);
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        HttpResponse<String> noKey = post("/v3/kv/range", "{}");
        assertEquals(400, noKey.statusCode());
        assertEquals("{\"code\":3,\"message\":\"etcdserver: key is not provided\",\"details\":[]}", noKey.body());
        assertEquals(400, post("/v3/kv/range", "{\"key\":\"Zm9").statusCode());
        assertEquals(400, post("/v3/kv/range", "{\"key\":\"***\"}").statusCode());
        assertEquals(400, post("/v3/kv/range", "[1,2]").statusCode());
        assertEquals(404, post("/v3/kv/nothing", "{}").statusCode());
        assertEquals(404, get("/nothing").statusCode());
        assertEquals(501, get("/v3/kv/range").statusCode());
        assertEquals(405, post("/health", "").statusCode());
    }

    @Test
    void shouldNotNameItsOwnExceptions() throws Exception {
        for (String body : List.of("{\"key\":", "{\"key\":\"not base64!\"}", "{\"key\":5}", "nonsense")) {
            HttpResponse<String> answer = post("/v3/kv/range", body);
            assertEquals(400, answer.statusCode(), body);
            assertFalse(answer.body().contains("Exception"), answer.body());
        }
    }

    @Test
    void shouldWaitNoLongerThanTheCallerDoes() throws Exception {
        assertEquals(
                200, withTimeout("/v3/kv/range", "{\"key\":\"Zm9v\"}", "5S").statusCode());
        HttpResponse<String> late = withTimeout("/v3/watch", "{\"create_request\":{\"key\":\"Zm9v\"}}", "50m");
        assertTrue(
                late.body().contains("{\"code\":4,\"message\":\"context deadline exceeded\",\"details\":[]}"),
                late.body());
        HttpResponse<String> wrong = withTimeout("/v3/kv/range", "{\"key\":\"Zm9v\"}", "soon");
        assertEquals(400, wrong.statusCode());
        assertEquals("{\"code\":3,\"message\":\"invalid grpc-timeout: soon\",\"details\":[]}", wrong.body());
    }

    private HttpResponse<String> withTimeout(String path, String body, String timeout) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Grpc-Timeout", timeout)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldLetBrowsersAsk() throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri("/v3/kv/range"))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals("", answer.body());
    }

    @Test
    void shouldTellVersionAndHealth() throws Exception {
        assertEquals(
                "{\"etcdserver\":\"3.7.1\",\"etcdcluster\":\"3.7.0\",\"storage\":\"3.7.0\"}",
                get("/version").body());
        assertEquals("{\"health\":\"true\",\"reason\":\"\"}", get("/health").body());
        assertEquals("ok\n", get("/livez").body());
        assertEquals("[+]serializable_read ok\nok\n", get("/livez?verbose").body());
        assertEquals(
                "[+]data_corruption ok\n[+]linearizable_read ok\n[+]non_learner ok\nok\n",
                get("/readyz?verbose&exclude=serializable_read").body());
        assertEquals("ok\n", get("/readyz/non_learner").body());
        assertTrue(get("/metrics").body().contains("\netcd_server_has_leader 1\n"));
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            String one = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
            String put = "POST /v3/kv/range HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
            String last = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write((one + put + one + last).getBytes(StandardCharsets.US_ASCII));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int error = all.indexOf("key is not provided");
            assertTrue(all.indexOf("etcdserver") < error && error < all.lastIndexOf("etcdcluster"), all);
            assertTrue(all.endsWith("ok\n"), all);
        }
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }
}
