package io.stele.gateway.v2;

import java.time.Instant;

/** Answers as etcd 2 writes them: its names, in its order, escaped its way. */
final class KeysJson {
    private static final long MS_PER_SECOND = 1000;

    private final StringBuilder out = new StringBuilder(256);
    private final long nowMs;

    /** {@code nowMs}: since the epoch; what the time that is left is counted from. */
    KeysJson(long nowMs) {
        this.nowMs = nowMs;
    }

    static String error(KeysException failure) {
        KeysJson json = new KeysJson(0);
        json.out.append("{\"errorCode\":").append(failure.error.code);
        json.out.append(",\"message\":").append(quoted(failure.error.text));
        json.out.append(",\"cause\":").append(quoted(failure.cause));
        json.out.append(",\"index\":").append(failure.index).append('}');
        return json.out.toString();
    }

    /** A change. {@code previous}: or null. */
    static String event(Action action, Node node, Node previous, long nowMs) {
        KeysJson json = new KeysJson(nowMs);
        json.begin(action).append(",\"node\":");
        boolean isGone = action == Action.DELETE || action == Action.COMPARE_AND_DELETE || action == Action.EXPIRE;
        if (isGone) {
            json.key(node.path());
            json.out.append(node.isDirectory() ? ",\"dir\":true" : "");
        } else {
            json.open(node);
        }
        json.close(node);
        if (previous != null) {
            json.out.append(",\"prevNode\":");
            json.open(previous);
            json.close(previous);
        }
        return json.end();
    }

    /** A change of which nothing but that it was done is wanted. */
    static String done(Action action) {
        KeysJson json = new KeysJson(0);
        json.begin(action);
        return json.end();
    }

    StringBuilder begin(Action action) {
        return out.append("{\"action\":\"").append(action.text).append('"');
    }

    /** Begins a node; its children and {@link #close} are to follow. */
    void open(Node node) {
        key(node.path());
        if (node.isDirectory()) {
            out.append(",\"dir\":true");
        } else {
            out.append(",\"value\":").append(quoted(node.value().toStringUtf8()));
        }
        if (node.expiresMs() != 0) {
            out.append(",\"expiration\":\"").append(Instant.ofEpochMilli(node.expiresMs()));
            out.append('"');
            long seconds = Math.floorDiv(node.expiresMs() - nowMs + MS_PER_SECOND - 1, MS_PER_SECOND);
            if (seconds > 0) {
                out.append(",\"ttl\":").append(seconds);
            }
        }
    }

    private void key(KeyPath path) {
        out.append("{\"key\":").append(quoted(path.toString()));
    }

    /** The root is no node. */
    void openRoot() {
        out.append(",\"node\":{\"dir\":true");
    }

    void closeRoot() {
        out.append('}');
    }

    void close(Node node) {
        out.append(",\"modifiedIndex\":").append(node.modifiedIndex());
        out.append(",\"createdIndex\":").append(node.createdIndex()).append('}');
    }

    void raw(String text) {
        out.append(text);
    }

    int length() {
        return out.length();
    }

    String end() {
        return out.append('}').toString();
    }

    /** As Go's encoder does: also what could end a script in a page of HTML. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c == '\r') {
                quoted.append("\\r");
            } else if (c == '\t') {
                quoted.append("\\t");
            } else if (c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
