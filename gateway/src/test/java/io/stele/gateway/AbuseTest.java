package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Clients that mean no good: each is answered or hung up on, and others do not notice. */
@TestInstance(Lifecycle.PER_CLASS)
class AbuseTest {
    private static final int SILENT_COUNT = 500;

    private TestNode node;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
        channel = node.channel();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @AfterEach
    void shouldNotHaveTheirSayInTheLog() {
        Logger grpc = Logger.getLogger("io.grpc.netty.NettyServerTransport.connections");
        assertFalse(grpc.isLoggable(Level.INFO));
        assertFalse(Logger.getLogger("io.grpc").getUseParentHandlers());
    }

    @AfterEach
    void othersShouldNotNotice() {
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
        var unused = kv.put(PutRequest.newBuilder().setKey(bytes("k")).build());
        assertEquals(
                1,
                kv.range(RangeRequest.newBuilder().setKey(bytes("k")).build()).getCount());
    }

    @Test
    void shouldHangUpOnAClientThatOpensStreamsAndResetsThem() throws IOException {
        try (RawHttp2 client = new RawHttp2(node.port())) {
            client.hello();
            assertTrue(client.sendUntilHungUp(20_000, i -> {
                client.headers(2 * i + 1, true, RawHttp2.REQUEST);
                client.frame(RawHttp2.RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8});
            }));
        }
    }

    @Test
    void shouldHangUpOnHeadersThatDoNotEnd() throws IOException {
        try (RawHttp2 client = new RawHttp2(node.port())) {
            client.hello();
            client.headers(1, false, RawHttp2.REQUEST);
            byte[] more = RawHttp2.header("x-filler", "y".repeat(4000));
            assertTrue(client.sendUntilHungUp(2_000, i -> client.frame(RawHttp2.CONTINUATION, 0, 1, more)));
        }
    }

    @Test
    void shouldHangUpOnHeadersInEmptyPieces() throws IOException {
        try (RawHttp2 client = new RawHttp2(node.port())) {
            client.hello();
            client.headers(1, false, RawHttp2.REQUEST);
            assertTrue(client.sendUntilHungUp(200_000, i -> client.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0])));
        }
    }

    @Test
    void shouldHangUpOnAClientThatHasItAnswerPingsAndReadsNoAnswer() throws IOException {
        try (RawHttp2 client = new RawHttp2(node.port())) {
            client.hello();
            assertTrue(client.sendUntilHungUp(500_000, i -> client.frame(RawHttp2.PING, 0, 0, new byte[8])));
        }
    }

    @Test
    void shouldHangUpOnFramesThatAreTooLongOrMakeNoSense() throws IOException {
        for (int type : new int[] {RawHttp2.DATA, RawHttp2.CONTINUATION, RawHttp2.RST_STREAM}) {
            try (RawHttp2 client = new RawHttp2(node.port())) {
                client.hello();
                assertTrue(client.sendUntilHungUp(1_000, i -> client.frame(type, 0, 0, new byte[20_000])));
            }
        }
    }

    @Test
    void shouldRefuseMetadataThatIsTooLong() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), "t".repeat(64 * 1024));
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(node.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        RangeRequest request = RangeRequest.newBuilder().setKey(bytes("k")).build();
        assertThrows(StatusRuntimeException.class, () -> kv.range(request));
    }

    @Test
    void shouldRefuseWhatIsNoProtobuf() {
        for (String name : new String[] {"Put", "Range", "Txn"}) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("etcdserverpb.KV/" + name)
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();
            byte[] request = {(byte) 0xff, 0x0a, 0x7f, 0, 1, 2};
            StatusRuntimeException refusal = assertThrows(
                    StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request));
            assertEquals(
                    "INTERNAL: grpc: error unmarshalling request: proto: cannot parse invalid wire-format data",
                    refusal.getMessage());
        }
    }

    @Test
    void shouldNameAMethodThatDoesNotExist() {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("etcdserverpb.KV/Nothing")
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        StatusRuntimeException refusal = assertThrows(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, new byte[0]));
        assertEquals(Status.Code.UNIMPLEMENTED, refusal.getStatus().getCode());
    }

    @Test
    void shouldRefuseHttpThatIsTooLong() throws IOException {
        assertTrue(http("GET /" + "x".repeat(8000) + " HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400"));
        assertTrue(http("GET /version HTTP/1.1\r\nX: " + "x".repeat(40_000) + "\r\n\r\n")
                .startsWith("HTTP/1.1 400"));
        assertTrue(http("POST /v3/kv/put HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")
                .startsWith("HTTP/1.1 413"));
    }

    @Test
    void shouldServeWhileManyConnectionsSayNothing() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < SILENT_COUNT; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
                silent.add(socket);
                if (i % 3 == 1) { // half a preface
                    socket.getOutputStream().write("PRI * HT".getBytes(StandardCharsets.US_ASCII));
                } else if (i % 3 == 2) { // half a request
                    socket.getOutputStream().write("POST /v3/kv/put HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            othersShouldNotNotice();
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void shouldTakeACallThatAsksForALeaderWhereThereIsOne() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        KVGrpc.KVBlockingStub kv =
                KVGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        assertTrue(kv.put(PutRequest.newBuilder().setKey(bytes("k")).build())
                        .getHeader()
                        .getRevision()
                > 1);
    }

    /** Sends a request and returns what there is of an answer when the connection ends. */
    private String http(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            try {
                InputStream in = socket.getInputStream();
                for (int next = in.read(); next >= 0 && answer.indexOf("\r\n") < 0; next = in.read()) {
                    answer.append((char) next);
                }
            } catch (SocketException e) {
                assertTrue(answer.length() > 0, "reset without an answer");
            }
            return answer.toString();
        }
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** Messages as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
