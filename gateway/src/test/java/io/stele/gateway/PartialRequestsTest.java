package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.netty.util.internal.PlatformDependent;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hundreds of clients that each send all but the end of a big request: memory has a bound, others are served,
 * and nobody waits for ever.
 */
@TestInstance(Lifecycle.PER_CLASS)
class PartialRequestsTest {
    private static final int CLIENTS = 300;
    private static final int REQUEST_LENGTH = 1_400_000;
    /** Without a bound it is {@code CLIENTS * REQUEST_LENGTH}, 420 MB. */
    private static final long MEMORY_MAX = 320L << 20;
    /** So many times nothing is taken, with a call by somebody else in between: then nothing will be. */
    private static final int QUIET_ROUNDS = 10;

    private TestNode node;
    private KVGrpc.KVBlockingStub kv;

    @BeforeAll
    void start(@TempDir Path directory) {
        node = new TestNode(directory);
        kv = KVGrpc.newBlockingStub(node.channel());
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldBoundWhatIsKeptOfJson() throws IOException {
        byte[] key = "A".repeat(REQUEST_LENGTH).getBytes(StandardCharsets.US_ASCII);
        byte[] body = bytes("{\"key\":\"", key, "\"}");
        byte[] request = bytes(
                "POST /v3/kv/range HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length
                        + "\r\n\r\n",
                body,
                "");
        exercise(request, "HTTP/1.1 200");
    }

    @Test
    void shouldBoundWhatIsKeptOfGrpc() throws IOException {
        byte[] message = RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[REQUEST_LENGTH]))
                .build()
                .toByteArray();
        ByteBuffer data = ByteBuffer.allocate(5 + message.length);
        data.put((byte) 0).putInt(message.length).put(message);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(RawHttp2.encode(RawHttp2.SETTINGS, 0, 0, new byte[0]));
        request.writeBytes(RawHttp2.encode(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.REQUEST));
        data.flip();
        while (data.hasRemaining()) {
            byte[] piece = new byte[Math.min(16_000, data.remaining())];
            data.get(piece);
            request.writeBytes(RawHttp2.encode(RawHttp2.DATA, data.hasRemaining() ? 0 : 1, 1, piece));
        }
        exercise(request.toByteArray(), "grpc-status");
    }

    private void exercise(byte[] request, String answer) throws IOException {
        othersAreServed();
        long before = PlatformDependent.usedDirectMemory();
        long most = 0;
        List<Sender> senders = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                senders.add(new Sender(node.port(), request));
            }
            for (int quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
                for (Sender sender : senders) {
                    if (sender.send(request.length - 1)) {
                        quiet = 0;
                    }
                }
                othersAreServed();
                most = Math.max(most, PlatformDependent.usedDirectMemory() - before);
            }
            long kept = most;
            assertTrue(kept < MEMORY_MAX, () -> "bytes of direct memory taken: " + kept);

            // Every other one leaves; those that stay go on, and are answered, or were slow and hung up on.
            for (int i = 0; i < CLIENTS; i += 2) {
                senders.get(i).close();
            }
            int ended = 0;
            while (ended < CLIENTS / 2) {
                ended = 0;
                for (int i = 1; i < CLIENTS; i += 2) {
                    senders.get(i).send(request.length);
                    ended += senders.get(i).hasEnded(answer) ? 1 : 0;
                }
                othersAreServed();
            }
        } finally {
            for (Sender sender : senders) {
                sender.close();
            }
        }
    }

    private void othersAreServed() {
        ByteString key = ByteString.copyFromUtf8("k");
        var unused = kv.put(PutRequest.newBuilder().setKey(key).build());
        assertEquals(1, kv.range(RangeRequest.newBuilder().setKey(key).build()).getCount());
    }

    private static byte[] bytes(String head, byte[] middle, String tail) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(middle);
        bytes.writeBytes(tail.getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    /** One that sends as much as is taken, and never waits. */
    private static final class Sender implements AutoCloseable {
        private final SocketChannel socket;
        private final ByteBuffer request;
        private final ByteBuffer read = ByteBuffer.allocateDirect(16 * 1024);
        private final StringBuilder received = new StringBuilder();
        private boolean isHungUp;

        Sender(int port, byte[] request) throws IOException {
            this.request = ByteBuffer.wrap(request);
            socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.configureBlocking(false);
        }

        /** Whether any of it was taken. */
        boolean send(int end) {
            int length = Math.min(end - request.position(), 64 * 1024);
            if (length == 0 || isHungUp) {
                return false;
            }
            request.limit(request.position() + length);
            try {
                return socket.write(request) > 0;
            } catch (IOException e) {
                isHungUp = true;
                return false;
            }
        }

        /** Whether it has its answer, or the server did not wait for the request any longer. */
        boolean hasEnded(String answer) {
            read.clear();
            try {
                int length = isHungUp ? 0 : socket.read(read);
                isHungUp |= length < 0;
                received.append(StandardCharsets.ISO_8859_1.decode(read.flip()));
            } catch (IOException e) {
                isHungUp = true;
            }
            return isHungUp || received.indexOf(answer) >= 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
