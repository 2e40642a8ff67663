package io.stele.gateway.v2;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.service.KeyWait;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Makes of the changes of keys what version 2 tells: of each request one change, of a directory that goes that alone,
 * and nothing of what is hidden.
 */
final class Wait {
    private final KeysRequest request;
    private final NodeQuestions questions;
    private final KeyWait changes;
    private final Consumer<String> onEvent;
    private final ArrayDeque<KeyWait.Change> waiting = new ArrayDeque<>();
    private boolean isAsking;

    Wait(KeysRequest request, NodeQuestions questions, KeyWait changes, Consumer<String> onEvent) {
        this.request = request;
        this.questions = questions;
        this.changes = changes;
        this.onEvent = onEvent;
    }

    WatchCreateRequest watch() {
        return WatchCreateRequest.newBuilder()
                .setKey(request.path().key())
                .setRangeEnd(request.recursive() ? request.path().end() : ByteString.EMPTY)
                .setStartRevision(request.waitIndex())
                .setPrevKv(true)
                .build();
    }

    void onChange(KeyWait.Change change) {
        waiting.add(change);
        if (!isAsking) {
            next();
        }
    }

    private void next() {
        while (!isAsking && !waiting.isEmpty()) {
            KeyWait.Change change = waiting.poll();
            if (change.isDeletion()) {
                isAsking = true;
                changes.pause();
                removed(change);
            } else {
                written(change);
            }
        }
    }

    private void written(KeyWait.Change change) {
        Node node = Node.decode(change.pair());
        if (node.action() == Action.IMPLIED
                || node.isRefreshed()
                || request.path().hides(node.path())) {
            return;
        }
        Node previous = change.previous() == null ? null : Node.decode(change.previous());
        tell(node.action(), node.written(node.revision()), previous);
    }

    private void removed(KeyWait.Change change) {
        long revision = change.pair().getModRevision();
        questions.range(at(KeyPath.REMOVAL_KEY, revision), response -> {
            boolean isMeant = response.getKvsCount() > 0 && response.getKvs(0).getModRevision() == revision;
            KeyPath path = KeyPath.ofNode(change.pair().getKey());
            Removal removal =
                    isMeant ? Removal.decode(response.getKvs(0).getValue()) : new Removal(Action.EXPIRE, path);
            boolean isSwept = isMeant && removal.action() == Action.EXPIRE;
            if (isSwept && !removal.path().isAbove(request.path())) {
                asked(); // that the directory is over was told when it was
            } else if (isSwept || removal.path().equals(path) || revision == 1) {
                Action action = isSwept ? Action.EXPIRE : removal.action();
                removed(action, change.previous() == null ? null : Node.decode(change.previous()), revision);
            } else {
                questions.range(at(removal.path().key(), revision - 1), before -> {
                    Node node = before.getKvsCount() == 0 ? null : Node.decode(before.getKvs(0));
                    removed(removal.action(), node, revision);
                });
            }
        });
    }

    private static RangeRequest at(ByteString key, long revision) {
        return RangeRequest.newBuilder()
                .setKey(key)
                .setRevision(revision)
                .setSerializable(true)
                .build();
    }

    private void removed(Action action, Node node, long revision) {
        if (node != null && !request.path().hides(node.path())) {
            tell(action, node.written(revision), node);
        }
        asked();
    }

    private void asked() {
        isAsking = false;
        next();
        if (!isAsking) {
            changes.unpause();
        }
    }

    private void tell(Action action, Node node, Node previous) {
        onEvent.accept(KeysJson.event(action, node, previous, System.currentTimeMillis()));
    }
}
