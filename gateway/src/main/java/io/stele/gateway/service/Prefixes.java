package io.stele.gateway.service;

import com.google.protobuf.ByteString;

/** Ranges of all keys that begin alike. */
final class Prefixes {
    private Prefixes() {}

    /** The first key behind all that begin so. */
    static ByteString end(ByteString prefix) {
        byte[] bytes = prefix.toByteArray();
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] != (byte) 0xFF) {
                bytes[i]++;
                return ByteString.copyFrom(bytes, 0, i + 1);
            }
        }
        return ByteString.copyFrom(new byte[1]);
    }

    /** The queue under a name, and one lease's place in it. */
    static ByteString queue(ByteString name) {
        return name.concat(ByteString.copyFromUtf8("/"));
    }

    static ByteString place(ByteString name, long lease) {
        return queue(name).concat(ByteString.copyFromUtf8(Long.toString(lease, 16)));
    }
}
