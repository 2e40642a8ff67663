package io.stele.gateway.v2;

import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.ResponseOp;
import io.stele.gateway.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.List;

/**
 * All that matters for a change, at one revision: each name of the path from the root on, how much there is below it,
 * and the guard of the last.
 */
final class State {
    private final KeyPath path;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Long> below = new ArrayList<>();
    private final long guardRevision;
    private final long revision;

    /** Reads what {@link #reads} asked for. */
    State(KeyPath path, List<ResponseOp> answers, long revision) {
        this.path = path;
        this.revision = revision;
        for (int i = 0; i < path.depth(); i++) {
            List<KeyValue> pairs = answers.get(2 * i).getResponseRange().getKvsList();
            nodes.add(pairs.isEmpty() ? null : Node.decode(pairs.get(0)));
            below.add(answers.get(2 * i + 1).getResponseRange().getCount());
        }
        List<KeyValue> guard = answers.get(2 * path.depth()).getResponseRange().getKvsList();
        guardRevision = guard.isEmpty() ? 0 : guard.get(0).getModRevision();
    }

    static List<RequestOp> reads(KeyPath path) {
        List<RequestOp> reads = new ArrayList<>();
        for (int depth = 1; depth <= path.depth(); depth++) {
            KeyPath prefix = path.prefix(depth);
            reads.add(range(RangeRequest.newBuilder().setKey(prefix.key())));
            reads.add(range(RangeRequest.newBuilder()
                    .setKey(prefix.below())
                    .setRangeEnd(prefix.end())
                    .setCountOnly(true)));
        }
        reads.add(range(RangeRequest.newBuilder().setKey(path.guard())));
        return reads;
    }

    private static RequestOp range(RangeRequest.Builder range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    /** Newest index. */
    long revision() {
        return revision;
    }

    long guardRevision() {
        return guardRevision;
    }

    /** Names that are there, from the root on; throws where one on the way is a file. */
    int presentDepth() throws KeysException {
        for (int i = 0; i < path.depth(); i++) {
            Node node = nodes.get(i);
            if (node == null) {
                return i;
            }
            if (!node.isDirectory() && i < path.depth() - 1) {
                throw new KeysException(
                        KeysError.NOT_A_DIRECTORY, path.prefix(i + 1).toString(), revision);
            }
        }
        return path.depth();
    }

    /** The node with so many names. */
    Node node(int depth) {
        return nodes.get(depth - 1);
    }

    /** How many nodes there are below it; below one that is not there, what it left behind when its time was up. */
    long countBelow(int depth) {
        return below.get(depth - 1);
    }
}
