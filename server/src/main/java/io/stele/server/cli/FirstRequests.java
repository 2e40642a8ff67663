package io.stele.server.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/**
 * One of each kind of request that loads many classes the first time, byte by byte: gRPC and HTTP. Where nothing speaks
 * these protocols the connections just end.
 */
final class FirstRequests {
    private static final int TIMEOUT_MS = 10_000;
    private static final int FRAME_DATA = 0;
    private static final int FRAME_HEADERS = 1;
    private static final int FRAME_SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    /** Lengths have three bytes. */
    private static final int TOP_BYTE = 1 << 16;
    /** key = k, value = v. */
    private static final byte[] PUT = {0x0A, 1, 'k', 0x12, 1, 'v'};

    private static final byte[] RANGE = {0x0A, 1, 'k'};

    private FirstRequests() {}

    static void send(int port) throws IOException {
        try (Socket socket = open(port)) {
            grpc(socket);
        }
        http(port, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        http(port, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        http(
                port,
                "POST /v3/kv/range HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 14\r\n\r\n"
                        + "{\"key\":\"aw==\"}");
    }

    private static Socket open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    private static void http(int port, String request) throws IOException {
        try (Socket socket = open(port)) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }

    // ---- HTTP/2, as little of it as will do

    private static void grpc(Socket socket) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        frame(out, FRAME_SETTINGS, 0, 0, new byte[0]);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        call(out, 1, "/etcdserverpb.KV/Put", PUT);
        if (awaitEnd(in)) {
            call(out, 3, "/etcdserverpb.KV/Range", RANGE);
            awaitEnd(in);
        }
    }

    private static void call(DataOutputStream out, int stream, String path, byte[] message) throws IOException {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        header(headers, ":method", "POST");
        header(headers, ":scheme", "http");
        header(headers, ":path", path);
        header(headers, ":authority", "localhost");
        header(headers, "content-type", "application/grpc");
        header(headers, "te", "trailers");
        frame(out, FRAME_HEADERS, END_HEADERS, stream, headers.toByteArray());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(data);
        body.writeByte(0); // not compressed
        body.writeInt(message.length);
        body.write(message);
        frame(out, FRAME_DATA, END_STREAM, stream, data.toByteArray());
        out.flush();
    }

    /** Literal, not indexed, not compressed. */
    private static void header(ByteArrayOutputStream out, String name, String value) {
        out.write(0);
        out.write(name.length());
        out.writeBytes(name.getBytes(US_ASCII));
        out.write(value.length());
        out.writeBytes(value.getBytes(US_ASCII));
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
            throws IOException {
        out.writeByte(0);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    /** Reads frames up to the trailers of a call; false when the connection ends before. */
    private static boolean awaitEnd(DataInputStream in) throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return false;
            }
            int length = first * TOP_BYTE + in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            in.skipNBytes(length);
            if (type == FRAME_HEADERS && (flags & END_STREAM) != 0) {
                return true;
            }
        }
    }
}
