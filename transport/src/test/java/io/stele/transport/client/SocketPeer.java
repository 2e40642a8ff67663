package io.stele.transport.client;

import io.stele.transport.RequestFrame;
import io.stele.transport.codec.GoodbyeDecoder;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.MessageHeaderDecoder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A client over a plain blocking socket: shares no code with what is tested but the schema. */
final class SocketPeer implements ClientLinkContract.Peer {
    private final Socket socket;
    private final DataInputStream in;
    private GoodbyeReason reason;
    private String reasonText = "";

    SocketPeer(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] hello(int frameLengthMax) {
        ExpandableArrayBuffer message = new ExpandableArrayBuffer();
        var encoder = new io.stele.transport.codec.ClientHelloEncoder()
                .wrapAndApplyHeader(message, 0, new io.stele.transport.codec.MessageHeaderEncoder());
        encoder.wireVersion(1).frameLengthMax(frameLengthMax);
        encoder.clientName("test").putCredentials(new byte[0], 0, 0);
        byte[] preface = {'S', 'T', 'E', 'L', 'E', 0, 1, '\n'};
        byte[] frame = framed(message, 0, encoder.limit());
        byte[] all = new byte[preface.length + frame.length];
        System.arraycopy(preface, 0, all, 0, preface.length);
        System.arraycopy(frame, 0, all, preface.length, frame.length);
        return all;
    }

    static byte[] framed(DirectBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[4 + length];
        new UnsafeBuffer(bytes).putInt(0, length, java.nio.ByteOrder.LITTLE_ENDIAN);
        buffer.getBytes(offset, bytes, 4, length);
        return bytes;
    }

    /** Says hello and reads the answer. */
    byte[] handshake() {
        write(hello(1 << 20));
        return receive();
    }

    boolean write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void send(DirectBuffer buffer, int offset, int length) {
        write(framed(buffer, offset, length));
    }

    @Override
    public byte[] receive() {
        try {
            int length = Integer.reverseBytes(in.readInt());
            byte[] frame = new byte[length];
            in.readFully(frame);
            if (RequestFrame.templateId(new UnsafeBuffer(frame), 0) != GoodbyeDecoder.TEMPLATE_ID) {
                return frame;
            }
            GoodbyeDecoder goodbye =
                    new GoodbyeDecoder().wrapAndApplyHeader(new UnsafeBuffer(frame), 0, new MessageHeaderDecoder());
            reason = goodbye.reason();
            reasonText = goodbye.text();
            return receive();
        } catch (EOFException e) {
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public GoodbyeReason reason() {
        return reason;
    }

    String reasonText() {
        return reasonText;
    }
}
