package io.stele.gateway.v2;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.TxnRequest;

/**
 * How a request changes a state: decided from what was read, as one transaction on condition that it is still so. When
 * it is not, the transaction reads anew, and all is decided again.
 */
final class Change {
    private final KeysRequest request;
    private final State state;
    private final long lease;
    private final long expiresMs;
    private final TxnRequest.Builder txn = TxnRequest.newBuilder();
    private KeyPath target;
    private Node previous;
    private Node after;
    private KeyPath leftover;

    private Change(KeysRequest request, State state, long lease, long expiresMs) {
        this.request = request;
        this.state = state;
        this.lease = lease;
        this.expiresMs = expiresMs;
    }

    /** Throws when the state speaks against it. {@code lease}: ends the node, at {@code expiresMs}; or 0. */
    static Change of(KeysRequest request, State state, long lease, long expiresMs) throws KeysException {
        Change change = new Change(request, state, lease, expiresMs);
        change.decide();
        change.txn.addAllFailure(State.reads(request.path()));
        return change;
    }

    TxnRequest txn() {
        return txn.build();
    }

    Node previous() {
        return previous;
    }

    /** What the node is then; of one that was removed, what it was. */
    Node after() {
        return after;
    }

    /** What is in the way: nodes below one whose time is up. They have to go first. Null: nothing. */
    KeyPath leftover() {
        return leftover;
    }

    /** Takes away what a directory left behind when its time was up, unless there is one again. */
    static TxnRequest sweep(KeyPath directory) {
        return TxnRequest.newBuilder()
                .addCompare(isAbsent(directory.key()))
                .addSuccess(remove(directory.below(), directory.end()))
                .addSuccess(remove(directory.guard(), directory.guardsEnd()))
                .addSuccess(put(KeyPath.REMOVAL_KEY, Removal.encode(Action.EXPIRE, directory), 0))
                .build();
    }

    private void decide() throws KeysException {
        KeyPath path = request.path();
        boolean isQueued = request.method().name().equals("POST");
        if (path.isRoot() && !isQueued) {
            throw failure(KeysError.ROOT_READ_ONLY, "/");
        }
        int present = state.presentDepth();
        for (int depth = 1; depth <= Math.min(present, path.depth() - (isQueued ? 0 : 1)); depth++) {
            Node directory = state.node(depth);
            if (!directory.isDirectory()) {
                throw failure(KeysError.NOT_A_DIRECTORY, directory.path().toString());
            }
            txn.addCompare(isStill(directory));
        }
        if (isQueued) {
            target = path.child(String.format("%020d", state.revision() + 1));
            txn.addCompare(isAt(path.guard(), state.guardRevision()));
            txn.addSuccess(put(path.guard(), ByteString.EMPTY, 0));
        } else {
            target = path;
            previous = present == path.depth() ? state.node(present) : null;
        }
        act(present);
    }

    private void act(int present) throws KeysException {
        switch (request.action()) {
            case CREATE -> {
                if (previous != null) {
                    throw failure(KeysError.KEY_EXISTS, target.toString());
                }
                write(present, request.isDirectory(), 0, request.value());
            }
            case SET -> set(present);
            case UPDATE -> update(present);
            case COMPARE_AND_SWAP -> {
                compare(present);
                String value = request.refresh() ? previous.value().toStringUtf8() : request.value();
                write(present, false, previous.createdIndex(), value);
            }
            case DELETE -> {
                exists(present);
                boolean isMeant = request.isDirectory() || request.recursive();
                if (previous.isDirectory() && !isMeant) {
                    throw failure(KeysError.NOT_A_FILE, target.toString());
                }
                if (previous.isDirectory() && !request.recursive() && state.countBelow(target.depth()) > 0) {
                    throw failure(KeysError.DIRECTORY_NOT_EMPTY, target.toString());
                }
                remove();
            }
            case COMPARE_AND_DELETE -> {
                compare(present);
                remove();
            }
            case IMPLIED, GET, EXPIRE -> throw new IllegalStateException("no change");
        }
    }

    private void set(int present) throws KeysException {
        String value = request.value();
        if (request.refresh()) {
            exists(present);
            value = previous.value().toStringUtf8();
        }
        if (previous != null && previous.isDirectory()) {
            throw failure(KeysError.NOT_A_FILE, target.toString());
        }
        write(present, request.isDirectory(), 0, value);
    }

    private void update(int present) throws KeysException {
        exists(present);
        if (previous.isDirectory() && !request.value().isEmpty()) {
            throw failure(KeysError.NOT_A_FILE, target.toString());
        }
        String value = request.refresh() ? previous.value().toStringUtf8() : request.value();
        write(present, previous.isDirectory(), previous.createdIndex(), value);
    }

    private void exists(int present) throws KeysException {
        if (previous == null) {
            throw failure(KeysError.KEY_NOT_FOUND, target.prefix(present + 1).toString());
        }
    }

    private void compare(int present) throws KeysException {
        exists(present);
        if (previous.isDirectory()) {
            throw failure(KeysError.NOT_A_FILE, target.toString());
        }
        StringBuilder differences = new StringBuilder();
        String value = previous.value().toStringUtf8();
        if (!request.previousValue().isEmpty() && !request.previousValue().equals(value)) {
            differences
                    .append('[')
                    .append(request.previousValue())
                    .append(" != ")
                    .append(value)
                    .append(']');
        }
        if (request.previousIndex() != 0 && request.previousIndex() != previous.modifiedIndex()) {
            differences.append(differences.length() == 0 ? "[" : " [");
            differences.append(request.previousIndex());
            differences.append(" != ").append(previous.modifiedIndex()).append(']');
        }
        if (differences.length() > 0) {
            throw failure(KeysError.COMPARE_FAILED, differences.toString());
        }
    }

    /** The node, and the directories on the way that are not there. */
    private void write(int present, boolean isDirectory, long createdIndex, String value) {
        if (previous == null && present < request.path().depth() && state.countBelow(present + 1) > 0) {
            leftover = target.prefix(present + 1);
            return;
        }
        for (int depth = present + 1; depth < target.depth(); depth++) {
            Node directory = Node.of(target.prefix(depth), Action.IMPLIED, true, 0, ByteString.EMPTY);
            txn.addCompare(isAbsent(directory.path().key()));
            txn.addSuccess(put(directory.path().key(), directory.encode(), 0));
        }
        if (previous == null && present < request.path().depth()) {
            KeyPath first = target.prefix(present + 1);
            txn.addCompare(isAbsent(first.below()).toBuilder().setRangeEnd(first.end()));
        }
        txn.addCompare(previous == null ? isAbsent(target.key()) : isAt(target.key(), previous.revision()));
        ByteString bytes = isDirectory ? ByteString.EMPTY : ByteString.copyFromUtf8(value);
        after = Node.of(target, request.action(), isDirectory, createdIndex, bytes)
                .expiring(expiresMs, lease, request.refresh());
        txn.addSuccess(put(target.key(), after.encode(), lease));
    }

    private void remove() {
        txn.addCompare(isAt(target.key(), previous.revision()));
        if (previous.isDirectory()) {
            if (!request.recursive()) {
                txn.addCompare(isAbsent(target.below()).toBuilder().setRangeEnd(target.end()));
            }
            txn.addSuccess(remove(target.key(), target.end()));
            txn.addSuccess(remove(target.guard(), target.guardsEnd()));
        } else {
            txn.addSuccess(remove(target.key(), ByteString.EMPTY));
        }
        txn.addSuccess(put(KeyPath.REMOVAL_KEY, Removal.encode(request.action(), target), 0));
        after = previous;
    }

    private KeysException failure(KeysError error, String cause) {
        return new KeysException(error, cause, state.revision());
    }

    private static Compare isAbsent(ByteString key) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(0)
                .build();
    }

    /** A directory stays one until it is removed. */
    private static Compare isStill(Node directory) {
        return Compare.newBuilder()
                .setKey(directory.path().key())
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.GREATER)
                .setCreateRevision(0)
                .build();
    }

    private static Compare isAt(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    private static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    private static RequestOp remove(ByteString key, ByteString end) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(key).setRangeEnd(end))
                .build();
    }
}
