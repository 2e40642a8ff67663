package io.stele.gateway.v2;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A place in the tree of version 2, and the keys that it has in the key space of version 3.
 *
 * <pre>
 *   /a/b          0 v 2 0 n 0 a 0 b            the node itself
 *   all below     0 v 2 0 n 0 a 0 b 0 .. 1     one range, names in order; with the node itself: one range, too
 *   its guard     0 v 2 0 g 0 a 0 b            changed by each POST to this directory
 *   last removal  0 v 2 0 a                    changed with everything that is removed on somebody's word
 * </pre>
 */
record KeyPath(List<String> names) {
    private static final char NODES = 'n';
    private static final char GUARDS = 'g';
    static final ByteString REMOVAL_KEY = ByteString.copyFromUtf8("\0v2\0a");
    private static final int PREFIX_LENGTH = 5;

    KeyPath {
        names = List.copyOf(names);
    }

    /** Of what stands behind {@code /v2/keys}; empty names go, as do dots. */
    static KeyPath parse(String text) {
        List<String> names = new ArrayList<>();
        for (String name : text.split("/", -1)) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.remove(names.size() - 1);
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return new KeyPath(names);
    }

    /** Of a node's key. */
    static KeyPath ofNode(ByteString key) {
        String text = key.substring(PREFIX_LENGTH).toStringUtf8();
        return text.isEmpty()
                ? new KeyPath(List.of())
                : new KeyPath(List.of(text.substring(1).split("\0", -1)));
    }

    boolean isRoot() {
        return names.isEmpty();
    }

    int depth() {
        return names.size();
    }

    /** The first names of this one. */
    KeyPath prefix(int depth) {
        return new KeyPath(names.subList(0, depth));
    }

    KeyPath parent() {
        return prefix(depth() - 1);
    }

    KeyPath child(String name) {
        List<String> all = new ArrayList<>(names);
        all.add(name);
        return new KeyPath(all);
    }

    boolean isAbove(KeyPath other) {
        return depth() < other.depth() && other.prefix(depth()).equals(this);
    }

    /** Whether lists and watches of this directory leave the other out: a name below this one begins with _. */
    boolean hides(KeyPath other) {
        for (String name : other.names().subList(Math.min(depth(), other.depth()), other.depth())) {
            if (name.startsWith("_")) {
                return true;
            }
        }
        return false;
    }

    ByteString key() {
        return key(NODES, -1);
    }

    /** Where the nodes below begin. */
    ByteString below() {
        return key(NODES, 0);
    }

    /** Where they end. */
    ByteString end() {
        return key(NODES, 1);
    }

    ByteString guard() {
        return key(GUARDS, -1);
    }

    /** Behind the guards of this directory and of all below. */
    ByteString guardsEnd() {
        return key(GUARDS, 1);
    }

    private ByteString key(char space, int last) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 'v', '2', 0, (byte) space});
        for (String name : names) {
            bytes.write(0);
            bytes.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        }
        if (last >= 0) {
            bytes.write(last);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    /** As clients write it. */
    @Override
    public String toString() {
        return "/" + String.join("/", names);
    }
}
