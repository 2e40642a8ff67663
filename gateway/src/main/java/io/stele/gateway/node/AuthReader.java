package io.stele.gateway.node;

import com.google.protobuf.ByteString;
import io.stele.gateway.authpb.Permission;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AuthNameDecoder;
import io.stele.transport.codec.AuthPermissionDecoder;
import io.stele.transport.codec.AuthReplyDecoder;
import java.util.ArrayList;
import java.util.List;

/** Reads what the node says of users and roles. */
public final class AuthReader {
    private AuthReader() {}

    /**
     * Such a reply.
     *
     * @param header as it goes to the client
     * @param revision how often users and roles have changed
     * @param isEnabled whether requests are checked
     * @param names users or roles, if these were asked for
     * @param permissions of a role, if this was asked for
     */
    public record Reply(
            ResponseHeader header,
            long revision,
            boolean isEnabled,
            List<String> names,
            List<Permission> permissions) {}

    public static Reply read(ReplyReader reader, MessageSequence message) {
        ReplyReader.expect(message, AuthReplyDecoder.TEMPLATE_ID);
        AuthReplyDecoder decoder = new AuthReplyDecoder()
                .wrap(message.buffer(), message.bodyOffset(), message.blockLength(), message.version());
        Reply reply = new Reply(
                reader.header(decoder.revision(), decoder.raftTerm()),
                decoder.authRevision(),
                decoder.enabled() != 0,
                new ArrayList<>(),
                new ArrayList<>());
        for (long remaining = decoder.itemCount(); remaining > 0 && message.next(); remaining--) {
            if (message.templateId() == AuthNameDecoder.TEMPLATE_ID) {
                reply.names.add(name(message));
            } else {
                reply.permissions.add(permission(message));
            }
        }
        return reply;
    }

    private static String name(MessageSequence message) {
        AuthNameDecoder decoder = new AuthNameDecoder()
                .wrap(message.buffer(), message.bodyOffset(), message.blockLength(), message.version());
        byte[] name = new byte[decoder.nameLength()];
        decoder.getName(name, 0, name.length);
        return ByteString.copyFrom(name).toStringUtf8();
    }

    private static Permission permission(MessageSequence message) {
        ReplyReader.expect(message, AuthPermissionDecoder.TEMPLATE_ID);
        AuthPermissionDecoder decoder = new AuthPermissionDecoder()
                .wrap(message.buffer(), message.bodyOffset(), message.blockLength(), message.version());
        Permission.Builder permission =
                Permission.newBuilder().setPermTypeValue(decoder.permission().value());
        byte[] key = new byte[decoder.keyLength()];
        decoder.getKey(key, 0, key.length);
        byte[] rangeEnd = new byte[decoder.rangeEndLength()];
        decoder.getRangeEnd(rangeEnd, 0, rangeEnd.length);
        return permission
                .setKey(ByteString.copyFrom(key))
                .setRangeEnd(ByteString.copyFrom(rangeEnd))
                .build();
    }
}
