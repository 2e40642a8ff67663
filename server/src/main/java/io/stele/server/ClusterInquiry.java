package io.stele.server;

import io.stele.server.config.ClusterConfig;
import io.stele.server.config.ConfigException;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.Version;
import io.stele.server.machine.MemberRecord;
import io.stele.server.node.Joining;
import io.stele.server.node.NodeIdentity;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.FrameDescriptor;
import io.stele.transport.codec.ClientHelloEncoder;
import io.stele.transport.codec.MemberItemDecoder;
import io.stele.transport.codec.MemberListReplyDecoder;
import io.stele.transport.codec.MemberListRequestEncoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.ServerHelloDecoder;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Asks the members that are there which cluster they are, and who the one is that is about to join: each listens on its
 * peer address for the clients' protocol too. Done once, before anything else runs; it may block.
 */
final class ClusterInquiry {
    private static final int TIMEOUT_MS = 5_000;
    private static final int FRAME_LENGTH_MAX = 16 * 1024 * 1024;

    private final ClusterConfig cluster;
    private final String name;

    ClusterInquiry(ClusterConfig cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    /** The first answer; throws with one clear line if there is none, or one that does not fit. */
    Joining ask() {
        String failure = "--initial-cluster names no other member";
        for (InitialMember member : cluster.members()) {
            if (member.name().equals(name)) {
                continue;
            }
            ListenUrl url = member.peerUrls().get(0);
            try {
                return ask(url);
            } catch (IOException e) {
                failure = url + ": " + e.getMessage();
            }
        }
        throw new IllegalStateException("could not retrieve cluster information from the given URLs, last " + failure);
    }

    private Joining ask(ListenUrl url) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(url.address(), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            OutputStream out = socket.getOutputStream();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write(FrameDescriptor.preface().byteArray());
            send(out, hello());
            UnsafeBuffer hello = receive(in, ServerHelloDecoder.TEMPLATE_ID);
            long clusterId = new ServerHelloDecoder()
                    .wrapAndApplyHeader(hello, 0, new MessageHeaderDecoder())
                    .clusterId();
            send(out, question());
            List<MemberRecord> members = members(receive(in, MemberListReplyDecoder.TEMPLATE_ID));
            return new Joining(new NodeIdentity(clusterId, ownId(members)), members);
        }
    }

    /** The member at one of this one's addresses. */
    private long ownId(List<MemberRecord> members) {
        List<String> own =
                cluster.advertisePeerUrls().stream().map(ListenUrl::toString).toList();
        for (MemberRecord member : members) {
            if (member.peerUrls().stream().anyMatch(own::contains)) {
                return member.memberId();
            }
        }
        throw new ConfigException(
                "no member of the cluster has the peer URLs " + own + "; add it first, with 'stelectl member add'");
    }

    private static ExpandableArrayBuffer hello() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        ClientHelloEncoder hello = new ClientHelloEncoder();
        hello.wrapAndApplyHeader(buffer, Integer.BYTES, new MessageHeaderEncoder())
                .wireVersion(FrameDescriptor.WIRE_VERSION)
                .frameLengthMax(FRAME_LENGTH_MAX);
        hello.clientName("stele/" + Version.NUMBER).putCredentials(new byte[0], 0, 0);
        return framed(buffer, hello.limit());
    }

    private static ExpandableArrayBuffer question() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        MemberListRequestEncoder request = new MemberListRequestEncoder();
        request.wrapAndApplyHeader(buffer, Integer.BYTES, new MessageHeaderEncoder())
                .correlationId(1)
                .linearizable((short) 0);
        return framed(buffer, request.limit());
    }

    private static ExpandableArrayBuffer framed(ExpandableArrayBuffer buffer, int limit) {
        buffer.putInt(0, limit - Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
        return buffer;
    }

    private static void send(OutputStream out, ExpandableArrayBuffer frame) throws IOException {
        int length = Integer.BYTES + frame.getInt(0, ByteOrder.LITTLE_ENDIAN);
        out.write(frame.byteArray(), 0, length);
        out.flush();
    }

    private static UnsafeBuffer receive(DataInputStream in, int templateId) throws IOException {
        int length = Integer.reverseBytes(in.readInt());
        if (length < MessageHeaderDecoder.ENCODED_LENGTH || length > FRAME_LENGTH_MAX) {
            throw new IOException("no Stele member answers there");
        }
        byte[] frame = new byte[length];
        in.readFully(frame);
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        if (new MessageHeaderDecoder().wrap(buffer, 0).templateId() != templateId) {
            throw new IOException("no Stele member answers there");
        }
        return buffer;
    }

    private static List<MemberRecord> members(UnsafeBuffer frame) {
        MessageSequence reply = new MessageSequence().wrap(frame, 0, frame.capacity());
        reply.next();
        MemberListReplyDecoder list = new MemberListReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        List<MemberRecord> members = new ArrayList<>();
        MemberItemDecoder item = new MemberItemDecoder();
        for (long remaining = list.memberCount(); remaining > 0; remaining--) {
            reply.next(MemberItemDecoder.TEMPLATE_ID);
            item.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            String memberName = item.name();
            List<String> peerUrls = List.of(item.peerUrls().split(",", -1));
            members.add(new MemberRecord(item.memberId(), memberName, peerUrls, List.of()));
        }
        return members;
    }
}
