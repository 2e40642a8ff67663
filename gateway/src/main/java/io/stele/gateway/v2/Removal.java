package io.stele.gateway.v2;

import com.google.protobuf.ByteString;

/**
 * What was removed, and how: a removed key cannot say so itself. Written in the transaction that removes; a node that
 * goes without was ended by its lease.
 */
record Removal(Action action, KeyPath path) {
    static ByteString encode(Action action, KeyPath path) {
        return ByteString.copyFromUtf8((char) action.code + path.toString());
    }

    static Removal decode(ByteString bytes) {
        return new Removal(
                Action.of(bytes.byteAt(0)), KeyPath.parse(bytes.substring(1).toStringUtf8()));
    }
}
