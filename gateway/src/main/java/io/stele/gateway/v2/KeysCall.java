package io.stele.gateway.v2;

import io.grpc.Status;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.ResponseOp;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.http.HttpSite;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.service.KeyWait;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One request of {@code /v2/keys}: a read, a change, or a wait for one. */
final class KeysCall implements HttpSite.Opened {
    /** Others may come first so long. */
    private static final long CHANGE_NS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long TTL_SECONDS_MAX = 9_000_000_000L;

    private final KeysRequest request;
    private final KeysAnswer answer;
    private final KeysStats stats;
    private final NodeCalls node;
    private final String version;
    private final NodeQuestions questions;
    private final long deadlineNs = System.nanoTime() + CHANGE_NS_MAX;
    private long lease;
    private long expiresMs;
    private Listing listing;
    private KeyWait wait;
    private boolean hasBegun;

    KeysCall(KeysRequest request, KeysAnswer answer, KeysStats stats, NodeCalls node, String version) {
        this.request = request;
        this.answer = answer;
        this.stats = stats;
        this.node = node;
        this.version = version;
        questions = new NodeQuestions(node, this::onFailure);
    }

    @Override
    public void start() {
        if (request.awaits()) {
            await();
        } else if (request.action() == Action.GET) {
            read();
        } else if (request.ttlSeconds() >= 0) {
            long seconds = Math.min(request.ttlSeconds(), TTL_SECONDS_MAX);
            questions.grant(Math.max(1, seconds), granted -> {
                lease = granted;
                expiresMs = System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(seconds);
                look();
            });
        } else {
            look();
        }
    }

    @Override
    public void cancel() {
        answer.cancel();
        questions.abandon();
        if (wait != null) {
            endWait();
        }
    }

    private void onFailure(Status status) {
        if (wait != null) {
            endWait();
        }
        if (hasBegun) {
            answer.finish("");
        } else {
            fail(KeysException.of(status));
        }
    }

    private void fail(KeysException failure) {
        stats.onDone(request.action(), false);
        answer.fail(failure, Long.toHexString(node.reader().header(0, 0).getClusterId()));
    }

    /** Answers, with where the cluster is by then. */
    private void send(int status, String json, long index) {
        stats.onDone(request.action(), true);
        questions.status(version, member -> answer.send(status, json, index, member));
    }

    // ---- reads

    private void read() {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        txn.addAllSuccess(State.reads(request.path()));
        txn.addSuccess(RequestOp.newBuilder()
                .setRequestRange(Listing.page(request.path().below(), request.path())));
        for (RequestOp.Builder read : txn.getSuccessBuilderList()) {
            read.getRequestRangeBuilder().setSerializable(!request.quorum());
        }
        questions.txn(txn.build(), response -> {
            try {
                onRead(response);
            } catch (KeysException e) {
                fail(e);
            }
        });
    }

    private void onRead(TxnResponse response) throws KeysException {
        KeyPath path = request.path();
        long revision = response.getHeader().getRevision();
        State state = new State(path, response.getResponsesList(), revision);
        int present = state.presentDepth();
        if (present < path.depth()) {
            throw new KeysException(
                    KeysError.KEY_NOT_FOUND, path.prefix(present + 1).toString(), revision);
        }
        Node top = path.isRoot() ? null : state.node(path.depth());
        if (top != null && !top.isDirectory()) {
            send(200, KeysJson.event(Action.GET, top, null, System.currentTimeMillis()), revision);
            return;
        }
        listing = new Listing(path, top, request.recursive(), System.currentTimeMillis());
        onPage(response.getResponses(response.getResponsesCount() - 1).getResponseRange(), revision);
    }

    private void onPage(RangeResponse page, long revision) {
        listing.add(page.getKvsList());
        if (listing.isTooLong()) {
            fail(new KeysException(KeysError.RAFT_INTERNAL, "directory is too long to be listed", revision));
        } else if (page.getMore()) {
            questions.range(
                    listing.next().setRevision(revision).setSerializable(true).build(), next -> onPage(next, revision));
        } else {
            if (listing.leftover() != null) {
                questions.execute(Change.sweep(listing.leftover()));
            }
            send(200, listing.end(), revision);
        }
    }

    // ---- changes

    private void look() {
        TxnRequest reads = TxnRequest.newBuilder()
                .addAllSuccess(State.reads(request.path()))
                .build();
        questions.txn(reads, response -> decide(response.getResponsesList(), response));
    }

    private void decide(List<ResponseOp> reads, TxnResponse response) {
        State state = new State(request.path(), reads, response.getHeader().getRevision());
        Change change;
        try {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new KeysException(KeysError.RAFT_INTERNAL, "etcdserver: request timed out", state.revision());
            }
            change = Change.of(request, state, lease, expiresMs);
        } catch (KeysException e) {
            if (lease != 0) {
                questions.revoke(lease);
            }
            fail(e);
            return;
        }
        if (change.leftover() != null) {
            questions.txn(Change.sweep(change.leftover()), swept -> look());
        } else {
            questions.txn(change.txn(), done -> {
                if (done.getSucceeded()) {
                    onChanged(change, done.getHeader().getRevision());
                } else {
                    decide(done.getResponsesList(), done);
                }
            });
        }
    }

    private void onChanged(Change change, long revision) {
        Node previous = change.previous();
        if (previous != null && previous.lease() != 0) {
            questions.revoke(previous.lease());
        }
        Action action = request.action();
        boolean isNew = action == Action.CREATE || (action == Action.SET && previous == null);
        String json = request.noValueOnSuccess() && action != Action.DELETE && action != Action.COMPARE_AND_DELETE
                ? KeysJson.done(action)
                : KeysJson.event(action, change.after().written(revision), previous, System.currentTimeMillis());
        send(isNew ? 201 : 200, json, revision);
    }

    // ---- waits

    private void await() {
        questions.history(version, (member, compacted) -> {
            long index = request.waitIndex();
            if (index != 0 && index < compacted) {
                fail(cleared(compacted, member.getHeader().getRevision()));
            } else {
                await(member);
            }
        });
    }

    private void await(StatusResponse member) {
        stats.onWaitBegun();
        wait = new KeyWait(node, this::onFailure);
        Wait events = new Wait(request, questions, wait, this::onEvent);
        wait.start(
                events.watch(),
                created -> {
                    hasBegun = true;
                    answer.begin(created.getRevision(), member);
                },
                events::onChange);
    }

    private void onEvent(String json) {
        if (!answer.isOver()) {
            endWait();
            answer.finish(json);
        }
    }

    private void endWait() {
        wait.close();
        stats.onWaitEnded();
    }

    private KeysException cleared(long compacted, long index) {
        String range = "[" + compacted + '/' + request.waitIndex() + ']';
        return new KeysException(KeysError.INDEX_CLEARED, "the requested history has been cleared " + range, index);
    }
}
