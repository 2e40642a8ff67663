package io.stele.gateway.v2;

import com.google.protobuf.ByteString;
import io.stele.gateway.mvccpb.KeyValue;
import java.nio.ByteBuffer;

/**
 * A file or directory. Its value in the key space of version 3:
 *
 * <pre>
 *   | 0 format | 1 action | 2 flags | 3 created index, 0: this revision | 11 expires, ms, 0: never | 19 value ... |
 * </pre>
 *
 * @param path where it is
 * @param action what made it as it is
 * @param isDirectory or a file
 * @param isRefreshed only its time was changed: nobody is told
 * @param createdIndex when it came to be
 * @param modifiedIndex when it was changed last; a directory never is
 * @param expiresMs since the epoch; 0: never
 * @param value of a file
 * @param lease what ends it, or 0
 * @param revision of its key
 */
record Node(
        KeyPath path,
        Action action,
        boolean isDirectory,
        boolean isRefreshed,
        long createdIndex,
        long modifiedIndex,
        long expiresMs,
        ByteString value,
        long lease,
        long revision) {
    private static final byte FORMAT = 1;
    private static final int DIRECTORY = 1;
    private static final int REFRESHED = 2;
    private static final int HEADER_LENGTH = 19;

    /** One that is about to be written. {@code created}: 0 for now. */
    static Node of(KeyPath path, Action action, boolean isDirectory, long created, ByteString value) {
        return new Node(path, action, isDirectory, false, created, 0, 0, value, 0, 0);
    }

    /** The same with an end. */
    Node expiring(long atMs, long byLease, boolean isRefresh) {
        return new Node(path, action, isDirectory, isRefresh, createdIndex, 0, atMs, value, byLease, 0);
    }

    /** The same as it is once it has been written. */
    Node written(long atRevision) {
        long created = createdIndex == 0 ? atRevision : createdIndex;
        return new Node(
                path, action, isDirectory, isRefreshed, created, atRevision, expiresMs, value, lease, atRevision);
    }

    static Node decode(KeyValue pair) {
        ByteString bytes = pair.getValue();
        if (bytes.size() < HEADER_LENGTH || bytes.byteAt(0) != FORMAT) {
            throw new IllegalArgumentException("no node of version 2");
        }
        int flags = bytes.byteAt(2);
        ByteBuffer header = bytes.asReadOnlyByteBuffer();
        long created = header.getLong(3);
        long createdIndex = created == 0 ? pair.getModRevision() : created;
        boolean isDirectory = (flags & DIRECTORY) != 0;
        return new Node(
                KeyPath.ofNode(pair.getKey()),
                Action.of(bytes.byteAt(1)),
                isDirectory,
                (flags & REFRESHED) != 0,
                createdIndex,
                isDirectory ? createdIndex : pair.getModRevision(),
                header.getLong(11),
                bytes.substring(HEADER_LENGTH),
                pair.getLease(),
                pair.getModRevision());
    }

    ByteString encode() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_LENGTH + value.size());
        bytes.put(FORMAT).put((byte) action.code);
        bytes.put((byte) ((isDirectory ? DIRECTORY : 0) | (isRefreshed ? REFRESHED : 0)));
        bytes.putLong(createdIndex).putLong(expiresMs).put(value.asReadOnlyByteBuffer());
        return ByteString.copyFrom(bytes.flip());
    }
}
