package io.stele.server.watch;

import java.util.Arrays;

/**
 * Watchers of ranges: which of them include a key is found by a search that looks at little more than those that do.
 *
 * <p>A treap ordered by the ranges' begin, then end; each node knows the furthest end below it, so that whole subtrees
 * that end before the key are passed by. Equal ranges share a node. The priorities come from a seed: nobody can choose
 * ranges that make it deep, and the same watches in the same order make the same tree.
 */
final class IntervalTree {
    private static final class Node {
        final byte[] begin;
        final byte[] end;
        final int priority;
        final WatcherList watchers = new WatcherList();
        Node left;
        Node right;
        byte[] furthestEnd;

        Node(byte[] begin, byte[] end, int priority) {
            this.begin = begin;
            this.end = end;
            this.priority = priority;
            furthestEnd = end;
        }

        void update() {
            furthestEnd = end;
            if (left != null && compareEnds(left.furthestEnd, furthestEnd) > 0) {
                furthestEnd = left.furthestEnd;
            }
            if (right != null && compareEnds(right.furthestEnd, furthestEnd) > 0) {
                furthestEnd = right.furthestEnd;
            }
        }
    }

    private long random;
    private Node root;

    IntervalTree(long seed) {
        random = seed | 1;
    }

    void add(Watcher watcher) {
        Node node = find(watcher.key, watcher.end);
        if (node == null) {
            node = new Node(watcher.key, watcher.end, nextPriority());
            root = insert(root, node);
        }
        node.watchers.add(watcher);
    }

    void remove(Watcher watcher) {
        WatcherList watchers = watcher.list;
        watchers.remove(watcher);
        if (watchers.count() == 0) {
            root = remove(root, watcher.key, watcher.end);
        }
    }

    void match(byte[] key, int length, MatchHandler handler) {
        match(root, key, length, handler);
    }

    private static void match(Node from, byte[] key, int length, MatchHandler handler) {
        Node node = from;
        while (node != null && isBeforeEnd(key, length, node.furthestEnd)) {
            match(node.left, key, length, handler);
            if (Arrays.compareUnsigned(node.begin, 0, node.begin.length, key, 0, length) > 0) {
                return; // what is right of it begins later still
            }
            if (isBeforeEnd(key, length, node.end)) {
                handler.onMatch(node.watchers);
            }
            node = node.right;
        }
    }

    private static boolean isBeforeEnd(byte[] key, int length, byte[] end) {
        return end.length == 0 || Arrays.compareUnsigned(key, 0, length, end, 0, end.length) < 0;
    }

    private Node find(byte[] begin, byte[] end) {
        Node node = root;
        while (node != null) {
            int order = compare(begin, end, node);
            if (order == 0) {
                return node;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    private static Node insert(Node into, Node node) {
        if (into == null) {
            return node;
        }
        Node top = into;
        if (compare(node.begin, node.end, into) < 0) {
            into.left = insert(into.left, node);
            if (into.left.priority > into.priority) {
                top = rotateRight(into);
            }
        } else {
            into.right = insert(into.right, node);
            if (into.right.priority > into.priority) {
                top = rotateLeft(into);
            }
        }
        top.update();
        return top;
    }

    private static Node remove(Node from, byte[] begin, byte[] end) {
        int order = compare(begin, end, from);
        if (order == 0) {
            return join(from.left, from.right);
        }
        if (order < 0) {
            from.left = remove(from.left, begin, end);
        } else {
            from.right = remove(from.right, begin, end);
        }
        from.update();
        return from;
    }

    private static Node join(Node left, Node right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        Node top;
        if (left.priority > right.priority) {
            top = left;
            top.right = join(left.right, right);
        } else {
            top = right;
            top.left = join(left, right.left);
        }
        top.update();
        return top;
    }

    private static Node rotateRight(Node node) {
        Node top = node.left;
        node.left = top.right;
        top.right = node;
        node.update();
        return top;
    }

    private static Node rotateLeft(Node node) {
        Node top = node.right;
        node.right = top.left;
        top.left = node;
        node.update();
        return top;
    }

    private static int compare(byte[] begin, byte[] end, Node node) {
        int order = Arrays.compareUnsigned(begin, node.begin);
        return order != 0 ? order : compareEnds(end, node.end);
    }

    /** No end is beyond any. */
    private static int compareEnds(byte[] a, byte[] b) {
        if (a.length == 0 || b.length == 0) {
            return Boolean.compare(a.length == 0, b.length == 0);
        }
        return Arrays.compareUnsigned(a, b);
    }

    private int nextPriority() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) (random >>> 16);
    }
}
