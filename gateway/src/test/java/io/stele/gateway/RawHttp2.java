package io.stele.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** HTTP/2 frames as one likes, right or wrong. Never reads before it has sent what it wants. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int CONTINUATION = 9;

    static final byte[] REQUEST = request();

    static final int END_HEADERS = 4;
    private static final int END_STREAM = 1;
    private static final int TIMEOUT_MS = 60_000;

    private final Socket socket;
    private final OutputStream out;

    /** Sends one thing. */
    interface Sender {
        void send(int number) throws IOException;
    }

    RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        out = socket.getOutputStream();
    }

    void hello() throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    void headers(int stream, boolean isEnd, byte[] block) throws IOException {
        frame(HEADERS, isEnd ? END_STREAM | END_HEADERS : 0, stream, block);
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(encode(type, flags, stream, payload));
    }

    static byte[] encode(int type, int flags, int stream, byte[] payload) {
        byte[] frame = new byte[9 + payload.length];
        frame[0] = (byte) (payload.length >> 16);
        frame[1] = (byte) (payload.length >> 8);
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        frame[5] = (byte) (stream >> 24);
        frame[6] = (byte) (stream >> 16);
        frame[7] = (byte) (stream >> 8);
        frame[8] = (byte) stream;
        System.arraycopy(payload, 0, frame, 9, payload.length);
        return frame;
    }

    /** Whether the connection has ended, at the latest after so much was sent. */
    boolean sendUntilHungUp(int countMax, Sender sender) throws IOException {
        try {
            for (int i = 0; i < countMax; i++) {
                sender.send(i);
            }
            byte[] ignored = new byte[64 * 1024];
            int read = 0;
            while (read >= 0) {
                read = socket.getInputStream().read(ignored);
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true; // reset
        }
    }

    /** Without compression, and remembered by nobody. */
    static byte[] header(String name, String value) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0);
        text(block, name);
        text(block, value);
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int rest = bytes.length - 127;
        block.write(Math.min(bytes.length, 127));
        for (; rest >= 128; rest >>= 7) {
            block.write((rest & 127) | 128);
        }
        if (bytes.length >= 127) {
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    private static byte[] request() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        String[] fields = {
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            "/etcdserverpb.KV/Range",
            ":authority",
            "x",
            "content-type",
            "application/grpc",
            "te",
            "trailers"
        };
        for (int i = 0; i < fields.length; i += 2) {
            block.writeBytes(header(fields[i], fields[i + 1]));
        }
        return block.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
