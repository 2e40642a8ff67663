package io.stele.simulator.cluster.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the history of one register can be told in an order in which each call takes effect at one instant between
 * its beginning and its end: Wing and Gong's search, with Lowe's memory of what was tried. It looks at calls and
 * answers only, and knows nothing of logs, terms or revisions.
 *
 * <p>A call whose outcome is unknown may take effect at any time after it began, or never.
 *
 * <pre>
 *   the calls lie in a list by time, an invocation and a return for each:   a( b( )a c( )b )c
 *   take the first invocation that may come next and fits the value, lift it with its return, go on from the start;
 *   at a return nothing fits: put the last one back, and try the next after it
 * </pre>
 */
public final class Linearizability {
    /** What the search found. */
    public enum Result {
        LINEARIZABLE,
        NOT_LINEARIZABLE,
        /** It would have taken too long to find out. */
        UNDECIDED
    }

    /** What a call does to the register. */
    public enum Kind {
        /** Saw the value; null: nothing. */
        READ,
        /** Sets the value; null: removes it. */
        WRITE
    }

    /**
     * A call of one client.
     *
     * @param returnedNs {@code Long.MAX_VALUE} if nobody knows whether it took effect
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    public record Event(Kind kind, byte[] value, long invokedNs, long returnedNs) {
        boolean isUnknown() {
            return returnedNs == Long.MAX_VALUE;
        }
    }

    /** An invocation or a return, in a list from which pairs are lifted and into which they are put back. */
    private static final class Node {
        private final int call;
        private final boolean isReturn;
        private Node match;
        private Node previous;
        private Node next;

        Node(int call, boolean isReturn) {
            this.call = call;
            this.isReturn = isReturn;
        }
    }

    private record State(BitSet done, int value) {}

    private final List<Event> events;
    private final List<byte[]> values = new ArrayList<>();
    private final int[] valueOf;
    private final Node head = new Node(-1, false);
    private int stepsLeft;

    private Linearizability(List<Event> events, int stepsMax) {
        this.events = events;
        stepsLeft = stepsMax;
        valueOf = new int[events.size()];
        for (int i = 0; i < valueOf.length; i++) {
            valueOf[i] = number(events.get(i).value);
        }
        link();
    }

    /** Searches for an order; the register is empty in the beginning. */
    public static Result check(List<Event> events, int stepsMax) {
        return new Linearizability(events, stepsMax).search();
    }

    /** Equal values have equal numbers; nothing is 0. */
    private int number(byte[] value) {
        if (value == null) {
            return 0;
        }
        for (int i = 0; i < values.size(); i++) {
            if (Arrays.equals(values.get(i), value)) {
                return i + 1;
            }
        }
        values.add(value);
        return values.size();
    }

    private void link() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            Node invocation = new Node(i, false);
            invocation.match = new Node(i, true);
            invocation.match.match = invocation;
            nodes.add(invocation);
            nodes.add(invocation.match);
        }
        // At equal times invocations come first: calls that touch each other are taken to overlap.
        nodes.sort(Comparator.comparingLong(this::time).thenComparing(node -> node.isReturn));
        Node last = head;
        for (Node node : nodes) {
            last.next = node;
            node.previous = last;
            last = node;
        }
    }

    private long time(Node node) {
        Event event = events.get(node.call);
        return node.isReturn ? event.returnedNs : event.invokedNs;
    }

    private Result search() {
        List<Node> lifted = new ArrayList<>();
        List<Integer> valuesBefore = new ArrayList<>();
        Set<State> tried = new HashSet<>();
        BitSet done = new BitSet(events.size());
        int value = 0;
        Node node = head.next;
        while (!isOver()) {
            if (--stepsLeft < 0) {
                return Result.UNDECIDED;
            }
            boolean isStuck = node == null || node.isReturn;
            if (isStuck) {
                if (lifted.isEmpty()) {
                    return Result.NOT_LINEARIZABLE;
                }
                Node back = lifted.remove(lifted.size() - 1);
                value = valuesBefore.remove(valuesBefore.size() - 1);
                done.clear(back.call);
                putBack(back);
                node = back.next;
                continue;
            }
            Event event = events.get(node.call);
            boolean fits = event.kind == Kind.WRITE || valueOf[node.call] == value;
            int after = event.kind == Kind.WRITE ? valueOf[node.call] : value;
            if (fits) {
                done.set(node.call);
                if (tried.add(new State((BitSet) done.clone(), after))) {
                    lifted.add(node);
                    valuesBefore.add(value);
                    value = after;
                    lift(node);
                    node = head.next;
                    continue;
                }
                done.clear(node.call);
            }
            node = node.next;
        }
        return Result.LINEARIZABLE;
    }

    /** Only calls are left that need not have happened. */
    private boolean isOver() {
        for (Node node = head.next; node != null; node = node.next) {
            if (!events.get(node.call).isUnknown()) {
                return false;
            }
        }
        return true;
    }

    private static void lift(Node invocation) {
        unlink(invocation);
        unlink(invocation.match);
    }

    private static void unlink(Node node) {
        node.previous.next = node.next;
        if (node.next != null) {
            node.next.previous = node.previous;
        }
    }

    private static void putBack(Node invocation) {
        relink(invocation.match);
        relink(invocation);
    }

    private static void relink(Node node) {
        node.previous.next = node;
        if (node.next != null) {
            node.next.previous = node;
        }
    }
}
