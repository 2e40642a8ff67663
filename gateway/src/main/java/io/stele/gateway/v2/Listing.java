package io.stele.gateway.v2;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.mvccpb.KeyValue;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A directory as JSON, out of its nodes as they come, page by page, in the order of their keys: each directory before
 * what is in it. What is deeper than wanted is passed over, and jumped over where a page ends within it.
 */
final class Listing {
    static final int PAGE_NODES = 1000;
    /** Longer lists are refused. */
    static final int LENGTH_MAX = 64 * 1024 * 1024;

    private final KeysJson json;
    private final KeyPath root;
    private final boolean recursive;
    private final ArrayDeque<Node> open = new ArrayDeque<>();
    /** How many nodes were written in each that is open. */
    private final ArrayDeque<Integer> counts = new ArrayDeque<>();

    private KeyPath leftover;
    private KeyPath last;

    /** {@code top}: what is listed; null for the root of all. */
    Listing(KeyPath root, Node top, boolean recursive, long nowMs) {
        this.root = root;
        this.recursive = recursive;
        json = new KeysJson(nowMs);
        json.begin(Action.GET);
        if (top == null) {
            json.openRoot();
        } else {
            json.raw(",\"node\":");
            json.open(top);
        }
        open.push(top == null ? Node.of(root, Action.IMPLIED, true, 0, ByteString.EMPTY) : top);
        counts.push(0);
        last = root;
    }

    /** A page from a place on. */
    static RangeRequest.Builder page(ByteString from, KeyPath root) {
        return RangeRequest.newBuilder().setKey(from).setRangeEnd(root.end()).setLimit(PAGE_NODES);
    }

    void add(List<KeyValue> pairs) {
        for (KeyValue pair : pairs) {
            Node node = Node.decode(pair);
            last = node.path();
            if (!root.hides(last) && (recursive || last.depth() == root.depth() + 1)) {
                add(node);
            }
        }
    }

    private void add(Node node) {
        while (!open.peek().path().isAbove(node.path())) {
            close();
        }
        KeyPath directory = open.peek().path();
        if (!directory.equals(node.path().parent())) {
            leftover = node.path().prefix(directory.depth() + 1);
            return;
        }
        int before = counts.pop();
        json.raw(before == 0 ? ",\"nodes\":[" : ",");
        counts.push(before + 1);
        json.open(node);
        if (node.isDirectory()) {
            open.push(node);
            counts.push(0);
        } else {
            json.close(node);
        }
    }

    private void close() {
        if (counts.pop() > 0) {
            json.raw("]");
        }
        json.close(open.pop());
    }

    /** Where the next page begins. */
    RangeRequest.Builder next() {
        boolean isDeep = !recursive && last.depth() > root.depth() + 1;
        KeyPath passed = isDeep ? last.prefix(root.depth() + 1) : last;
        // Behind the key, or behind all that is below it.
        return page(isDeep ? passed.end() : passed.key().concat(ByteString.copyFrom(new byte[1])), root);
    }

    boolean isTooLong() {
        return json.length() > LENGTH_MAX;
    }

    /** A directory whose time is up and that has left something behind, or null. */
    KeyPath leftover() {
        return leftover;
    }

    String end() {
        while (open.size() > 1) {
            close();
        }
        if (counts.pop() > 0) {
            json.raw("]");
        }
        if (root.isRoot()) {
            json.closeRoot();
        } else {
            json.close(open.pop());
        }
        return json.end();
    }
}
