package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.transport.client.FrameDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A node whose clients, HTTP and metrics have ports of their own. */
@TestInstance(Lifecycle.PER_CLASS)
class PortsTest {
    private static final byte[] HTTP_2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestNode node;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(
                directory,
                "--listen-client-http-urls",
                "http://127.0.0.1:0",
                "--listen-metrics-urls",
                "http://127.0.0.1:0",
                "--max-concurrent-streams",
                "7",
                "--grpc-keepalive-interval",
                "1m");
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldServeGrpcButNoHttpToClients() throws Exception {
        PutRequest put =
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
        assertTrue(KVGrpc.newBlockingStub(node.channel()).put(put).getHeader().getRevision() > 1);
        assertThrows(IOException.class, () -> get(node.port(), "/version"));
    }

    @Test
    void shouldServeHttpAndNothingElseWhereHttpIsApart() throws Exception {
        int port = node.httpPort();
        assertEquals(200, get(port, "/version").statusCode());
        assertEquals(200, get(port, "/metrics").statusCode());
        HttpRequest range = HttpRequest.newBuilder(uri(port, "/v3/kv/range"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"aw==\"}"))
                .build();
        assertEquals(
                200, client.send(range, HttpResponse.BodyHandlers.ofString()).statusCode());
        shouldBeCutOff(port, HTTP_2);
        shouldBeCutOff(port, FrameDescriptor.preface().byteArray());
    }

    @Test
    void shouldServeHealthAndMetricsAloneWhereMetricsAre() throws Exception {
        int port = node.metricsPort();
        assertTrue(get(port, "/metrics").body().contains("etcd_server_has_leader 1"));
        assertEquals(
                "{\"health\":\"true\",\"reason\":\"\"}", get(port, "/health").body());
        assertEquals("ok\n", get(port, "/readyz").body());
        assertEquals("ok\n", get(port, "/livez/serializable_read").body());
        assertEquals(404, get(port, "/version").statusCode());
        assertEquals(404, get(port, "/v3/kv/range").statusCode());
        HttpRequest range = HttpRequest.newBuilder(uri(port, "/v3/kv/range"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"aw==\"}"))
                .build();
        assertEquals(
                404, client.send(range, HttpResponse.BodyHandlers.ofString()).statusCode());
        shouldBeCutOff(port, HTTP_2);
        shouldBeCutOff(port, FrameDescriptor.preface().byteArray());
    }

    /** What speaks another protocol hears nothing that it could take for an answer. */
    private static void shouldBeCutOff(int port, byte[] preface) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(preface);
            socket.getOutputStream().write(new byte[64]);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(answer.contains("the first bytes are no known protocol's"), answer);
        }
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(port, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
