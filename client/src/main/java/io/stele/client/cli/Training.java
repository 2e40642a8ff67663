package io.stele.client.cli;

import io.stele.transport.ReplySplitter;
import io.stele.transport.codec.KeyValueEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutReplyEncoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeReplyEncoder;
import io.stele.transport.codec.ServerHelloEncoder;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/*
 * A run that loads what commands load, for the archive of classes that makes them start fast: it talks to a server of
 * its own that takes every put and answers every range with one pair.
 */
final class Training {
    static final String ARGUMENT = "--train";

    private static final int PREFACE_LENGTH = 8;
    private static final int FRAME_LENGTH_MAX = 64 * 1024;
    private static final List<List<String>> COMMANDS = List.of(
            List.of("put", "k", "v"),
            List.of("get", "k"),
            List.of("get", "k", "-w", "json"),
            List.of("get", "k", "-w", "fields"),
            List.of("endpoint", "health"),
            List.of("get", "--bad"),
            List.of("help"));

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MutableDirectBuffer buffer = new UnsafeBuffer(new byte[FRAME_LENGTH_MAX]);

    private Training() {}

    static void run() {
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> new Training().serve(socket), "training");
            server.setDaemon(true);
            server.start();
            String endpoint = "--endpoints=127.0.0.1:" + socket.getLocalPort();
            for (List<String> command : COMMANDS) {
                Console console = new Console(
                        new ByteArrayInputStream(new byte[0]),
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream());
                CliContext context = new CliContext(Map.of(), console, ClientStore::new, ns -> {});
                List<String> words = new ArrayList<>(command);
                words.add(0, endpoint);
                int exitCode = Cli.run(words, context);
                if (exitCode != 0 && !command.contains("--bad")) {
                    throw new IllegalStateException(command + " failed");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(ServerSocket socket) {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                answer(new DataInputStream(connection.getInputStream()), connection.getOutputStream());
            } catch (IOException e) {
                // The command has what it wanted, and hung up.
            }
        }
    }

    private void answer(DataInputStream in, OutputStream out) throws IOException {
        in.readFully(new byte[PREFACE_LENGTH]);
        readFrame(in);
        send(out, hello());
        while (true) {
            UnsafeBuffer request = readFrame(in);
            long correlationId = ReplySplitter.correlationId(request, 0);
            boolean put = request.getShort(2, ByteOrder.LITTLE_ENDIAN) == PutRequestDecoder.TEMPLATE_ID;
            send(out, put ? put(correlationId) : range(correlationId));
        }
    }

    private static UnsafeBuffer readFrame(DataInputStream in) throws IOException {
        byte[] frame = new byte[Integer.reverseBytes(in.readInt())];
        in.readFully(frame);
        return new UnsafeBuffer(frame);
    }

    private void send(OutputStream out, int end) throws IOException {
        buffer.putInt(0, end - Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
        out.write(buffer.byteArray(), 0, end);
        out.flush();
    }

    private int hello() {
        ServerHelloEncoder hello = new ServerHelloEncoder().wrapAndApplyHeader(buffer, Integer.BYTES, header);
        hello.wireVersion(1)
                .clusterId(1)
                .memberId(1)
                .frameLengthMax(FRAME_LENGTH_MAX)
                .inFlightMax(1)
                .idleTimeoutMs(0)
                .serverVersion("")
                .memberName("");
        return hello.limit();
    }

    private int put(long correlationId) {
        PutReplyEncoder reply = new PutReplyEncoder().wrapAndApplyHeader(buffer, Integer.BYTES, header);
        reply.correlationId(correlationId).revision(1).raftTerm(1).flags().clear();
        return reply.limit();
    }

    private int range(long correlationId) {
        RangeReplyEncoder reply = new RangeReplyEncoder().wrapAndApplyHeader(buffer, Integer.BYTES, header);
        reply.correlationId(correlationId).revision(1).raftTerm(1).kvCount(1).count(1);
        reply.flags().clear();
        KeyValueEncoder pair = new KeyValueEncoder().wrapAndApplyHeader(buffer, reply.limit(), header);
        byte[] text = {'k'};
        pair.createRevision(1)
                .modRevision(1)
                .version(1)
                .lease(0)
                .putKey(text, 0, 1)
                .putValue(text, 0, 1);
        return pair.limit();
    }
}
