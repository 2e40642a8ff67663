package io.stele.client.cli;

import io.stele.client.Alarm;
import io.stele.client.AlarmResult;
import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.Compare;
import io.stele.client.DeleteOptions;
import io.stele.client.DeleteResult;
import io.stele.client.DowngradeResult;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.HashKvResult;
import io.stele.client.Header;
import io.stele.client.KeyValue;
import io.stele.client.Member;
import io.stele.client.MemberListResult;
import io.stele.client.Op;
import io.stele.client.OpResult;
import io.stele.client.PutOptions;
import io.stele.client.PutResult;
import io.stele.client.SnapshotResult;
import io.stele.client.StatusResult;
import io.stele.client.SteleClient;
import io.stele.client.SteleException;
import io.stele.client.StreamResult;
import io.stele.client.TxnResult;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvent;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import io.stele.client.recipes.Election;
import io.stele.client.recipes.LeaseSession;
import io.stele.client.recipes.Mutex;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/*
 * The store over the Java client: translates, waits, and words failures. The connection is made by the first call;
 * while none can be made it tries again until the dial timeout is over, so that a server just starting is waited for.
 */
final class ClientStore implements Store {
    private static final long REDIAL_NS = 50_000_000L;

    private final List<String> endpoints;
    private final long dialTimeoutNs;
    private final long commandTimeoutNs;
    private SteleClient client;

    ClientStore(List<String> endpoints, long dialTimeoutNs, long commandTimeoutNs) {
        this.endpoints = endpoints;
        this.dialTimeoutNs = dialTimeoutNs;
        this.commandTimeoutNs = commandTimeoutNs;
    }

    // ---- connection and failures

    private synchronized SteleClient client() {
        if (client != null) {
            return client;
        }
        if (commandTimeoutNs <= 0 || dialTimeoutNs <= 0) {
            throw new CliException(CliException.ERROR, "context deadline exceeded: timeouts must be more than 0");
        }
        long deadlineNs = System.nanoTime() + dialTimeoutNs;
        while (true) {
            try {
                // Java's own selector: loading the native one takes longer than a whole command.
                client = SteleClient.connect(new ClientContext()
                        .endpoints(Octets.text(String.join(",", endpoints)))
                        .connectTimeout(Duration.ofNanos(dialTimeoutNs))
                        .requestTimeout(Duration.ofNanos(commandTimeoutNs))
                        .cluster(false)
                        .useEpoll(false));
                return client;
            } catch (IllegalArgumentException e) {
                throw new CliException(CliException.ERROR, Octets.utf8(e.getMessage()));
            } catch (SteleException e) {
                if (System.nanoTime() + REDIAL_NS - deadlineNs > 0) {
                    throw new CliException(
                            CliException.ERROR,
                            Octets.utf8(e.getMessage()) + "; start a server there, or name another with --endpoints",
                            true);
                }
            }
            LockSupport.parkNanos(REDIAL_NS);
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SteleException cause) {
                throw failure(cause);
            }
            if (e.getCause() instanceof CliException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static CliException failure(SteleException e) {
        boolean passing = e.code() == ErrorCode.DEADLINE_EXCEEDED || e.code() == ErrorCode.UNAVAILABLE;
        boolean unknown = e.isOutcomeUnknown() && passing;
        String text = Octets.utf8(String.valueOf(e.getMessage()));
        return new CliException(
                CliException.ERROR, unknown ? text + "; a change may have been made, or not" : text, passing);
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    // ---- calls

    @Override
    public Reply.Put put(Operation.Put put) {
        return reply(await(client().kv().put(bytes(put.key()), bytes(put.value()), options(put))));
    }

    @Override
    public Reply.Range range(Operation.Range range) {
        return reply(await(client().kv().get(bytes(range.key()), options(range))));
    }

    @Override
    public void stream(Operation.Range range, Consumer<Reply.Pair> pairs) {
        CompletableFuture<Void> refused = new CompletableFuture<>();
        CompletableFuture<StreamResult> streamed = client().kv().stream(bytes(range.key()), options(range), view -> {
            try {
                if (!refused.isDone()) {
                    pairs.accept(pair(view.copy()));
                }
            } catch (CliException e) {
                refused.completeExceptionally(e);
            }
        });
        await(CompletableFuture.anyOf(streamed, refused));
    }

    @Override
    public Reply.Delete delete(Operation.Delete delete) {
        return reply(await(client().kv().delete(bytes(delete.key()), options(delete))));
    }

    @Override
    public Reply.Txn txn(List<Comparison> comparisons, List<Operation> success, List<Operation> failure) {
        List<Compare> compares = new ArrayList<>();
        comparisons.forEach(comparison -> compares.add(compare(comparison)));
        return reply(await(client().kv().commit(new Op.Txn(compares, ops(success), ops(failure)))));
    }

    @Override
    public Reply.Done compact(long revision, boolean physical) {
        return new Reply.Done(
                header(await(client().kv().compact(revision, physical)).header()));
    }

    @Override
    public Reply.Status status() {
        StatusResult status = await(client().maintenance().status());
        List<String> errors = new ArrayList<>();
        status.errors().forEach(error -> errors.add(Octets.utf8(error)));
        return new Reply.Status(
                header(status.header()),
                Octets.utf8(status.version()),
                Octets.utf8(status.storageVersion()),
                status.leaderId(),
                status.isLearner(),
                new Reply.Progress(status.raftIndex(), status.raftAppliedIndex()),
                new Reply.Space(status.dbLength(), status.dbLengthInUse(), status.dbQuota()),
                errors);
    }

    @Override
    public Reply.Members members(boolean linearizable) {
        var cluster = client().cluster();
        return members(await(linearizable ? cluster.members() : cluster.membersAsKnown()));
    }

    @Override
    public Reply.Members memberAdd(List<String> peerUrls, boolean learner) {
        return members(await(client().cluster().add(peerUrls, learner)));
    }

    @Override
    public Reply.Members memberRemove(long id) {
        return members(await(client().cluster().remove(id)));
    }

    @Override
    public Reply.Members memberUpdate(long id, List<String> peerUrls) {
        return members(await(client().cluster().update(id, peerUrls)));
    }

    @Override
    public Reply.Members memberPromote(long id) {
        return members(await(client().cluster().promote(id)));
    }

    @Override
    public Reply.Done moveLeader(long target) {
        return new Reply.Done(
                header(await(client().maintenance().moveLeader(target)).header()));
    }

    @Override
    public Reply.Alarms alarms() {
        return reply(await(client().maintenance().alarms()));
    }

    @Override
    public Reply.Alarms disarm(Reply.Alarm alarm) {
        return reply(
                await(client().maintenance().disarm(new Alarm(alarm.memberId(), Alarm.Kind.valueOf(alarm.kind())))));
    }

    private static Reply.Alarms reply(AlarmResult result) {
        List<Reply.Alarm> alarms = new ArrayList<>();
        result.alarms()
                .forEach(alarm -> alarms.add(
                        new Reply.Alarm(alarm.memberId(), alarm.kind().name())));
        return new Reply.Alarms(header(result.header()), alarms);
    }

    @Override
    public Reply.Downgrade downgrade(int action, String target) {
        DowngradeResult result = await(client().maintenance().downgrade(action, target));
        return new Reply.Downgrade(header(result.header()), Octets.utf8(result.clusterVersion()));
    }

    @Override
    public Reply.Done defragment() {
        return new Reply.Done(header(await(client().maintenance().defragment()).header()));
    }

    @Override
    public Reply.HashKv hashKv(long revision) {
        HashKvResult result = await(client().maintenance().hashKv(revision));
        return new Reply.HashKv(
                header(result.header()), result.hash(), result.compactRevision(), result.hashRevision());
    }

    @Override
    public Users users() {
        return new ClientUsers(client().auth(), ClientStore::await);
    }

    @Override
    public void snapshot(SnapshotTaker taker) {
        AtomicReference<RuntimeException> refused = new AtomicReference<>();
        AtomicLong taken = new AtomicLong();
        CompletableFuture<SnapshotResult> all = client().maintenance().snapshot((buffer, offset, length, remaining) -> {
            byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            try {
                taker.take(bytes, taken.addAndGet(length), remaining);
            } catch (RuntimeException e) {
                refused.compareAndSet(null, e);
                throw e;
            }
        });
        try {
            await(all);
        } catch (CliException e) {
            if (refused.get() != null) {
                throw refused.get();
            }
            throw e;
        }
    }

    private static Reply.Members members(MemberListResult result) {
        List<Reply.Member> members = new ArrayList<>();
        for (Member member : result.members()) {
            members.add(new Reply.Member(
                    member.id(),
                    Octets.utf8(member.name()),
                    member.peerUrls(),
                    member.clientUrls(),
                    member.isLearner()));
        }
        return new Reply.Members(header(result.header()), members, result.changedId());
    }

    @Override
    public void watch(Operation.Watch operation, Consumer<Reply.Watched> replies) {
        WatchOptions options = WatchOptions.DEFAULT.withStartRevision(operation.revision());
        if (!operation.end().isEmpty()) {
            options = options.withRange(bytes(operation.end()));
        }
        options = operation.previous() ? options.withPrevious() : options;
        options = operation.progressNotify() ? options.withProgressNotify() : options;
        client().watch().watch(bytes(operation.key()), options, new WatchReplies(replies));
    }

    @Override
    public void requestProgress() {
        await(client().watch().requestProgress());
    }

    /** Words what a watch hears. */
    private static final class WatchReplies implements WatchListener {
        private final Consumer<Reply.Watched> replies;
        private Reply.Header last = new Reply.Header(0, 0, 0, 0);

        WatchReplies(Consumer<Reply.Watched> replies) {
            this.replies = replies;
        }

        @Override
        public void onEvents(WatchEvents events) {
            last = header(events.header());
            List<Reply.Event> list = new ArrayList<>();
            for (WatchEvent event : events.events()) {
                Reply.Pair previous = event.previous() == null ? null : pair(event.previous());
                list.add(new Reply.Event(event.isDelete(), pair(event.pair()), previous));
            }
            replies.accept(new Reply.Watched(last, list, 0, false, ""));
        }

        @Override
        public void onProgress(Header upTo) {
            last = header(upTo);
            replies.accept(new Reply.Watched(last, List.of(), 0, false, ""));
        }

        @Override
        public void onEnd(WatchEnd end) {
            if (end.cause() != WatchEnd.Cause.CLOSED) {
                replies.accept(
                        new Reply.Watched(last, List.of(), end.compactRevision(), true, Octets.utf8(end.text())));
            }
        }
    }

    @Override
    public Reply.Lease leaseGrant(long ttl) {
        var granted = await(client().lease().grant(ttl));
        return new Reply.Lease(header(granted.header()), granted.leaseId(), granted.ttl());
    }

    @Override
    public Reply.Done leaseRevoke(long id) {
        return new Reply.Done(header(await(client().lease().revoke(id)).header()));
    }

    @Override
    public Reply.Lease leaseKeepAlive(long id) {
        var renewed = await(client().lease().keepAliveOnce(id));
        return new Reply.Lease(header(renewed.header()), renewed.leaseId(), renewed.ttl());
    }

    @Override
    public Reply.LeaseTime leaseTimeToLive(long id, boolean keys) {
        var time = await(client().lease().timeToLive(id, keys));
        List<String> attached = new ArrayList<>();
        time.keys().forEach(key -> attached.add(Octets.of(key.toArray())));
        return new Reply.LeaseTime(header(time.header()), id, time.ttl(), time.grantedTtl(), attached);
    }

    @Override
    public Claim lock(String name, long ttl) {
        LeaseSession session = await(LeaseSession.open(client(), ttl));
        var lock = new Mutex(session, bytes(name)).lock();
        return new ClientClaim(
                session, lock.thenAccept(held -> {}), () -> pairAt(lock.join().key()));
    }

    @Override
    public Claim campaign(String election, String proposal, long ttl) {
        LeaseSession session = await(LeaseSession.open(client(), ttl));
        var lead = new Election(client(), bytes(election)).campaign(session, bytes(proposal));
        return new ClientClaim(
                session, lead.thenAccept(leads -> {}), () -> pairAt(lead.join().key()));
    }

    private Reply.Range pairAt(Bytes key) {
        return reply(await(client().kv().get(key)));
    }

    @Override
    public void observe(String election, Consumer<Reply.Range> leaders) {
        new Election(client(), bytes(election)).observe(leader -> {
            Reply.Header header = new Reply.Header(0, 0, leader.modRevision(), 0);
            leaders.accept(new Reply.Range(header, List.of(pair(leader)), false, 1));
        });
    }

    @Override
    public Reply.Leases leases() {
        var leases = await(client().lease().list());
        return new Reply.Leases(header(leases.header()), leases.leaseIds());
    }

    // ---- there

    private static Bytes bytes(String octets) {
        return Bytes.of(Octets.bytes(octets));
    }

    private static PutOptions options(Operation.Put put) {
        return new PutOptions(put.lease(), put.previous(), put.ignoreValue(), put.ignoreLease());
    }

    private static DeleteOptions options(Operation.Delete delete) {
        DeleteOptions options = DeleteOptions.DEFAULT;
        if (!delete.end().isEmpty()) {
            options = options.withRange(bytes(delete.end()));
        }
        return delete.previous() ? options.withPrevious() : options;
    }

    private static GetOptions options(Operation.Range range) {
        Operation.Bounds bounds = range.bounds();
        Operation.Form form = range.form();
        GetOptions options = GetOptions.DEFAULT
                .withRevision(range.revision())
                .withLimit(range.limit())
                .withSort(target(range.target()), order(range.order()))
                .withCreateRevisions(bounds.minCreate(), bounds.maxCreate())
                .withModRevisions(bounds.minModify(), bounds.maxModify());
        options = range.end().isEmpty() ? options : options.withRange(bytes(range.end()));
        options = form.keysOnly() ? options.withKeysOnly() : options;
        options = form.countOnly() ? options.withCountOnly() : options;
        return form.serializable() ? options.withSerializable() : options;
    }

    private static SortOrder order(Operation.Order order) {
        return switch (order) {
            case NONE -> SortOrder.NONE;
            case ASCEND -> SortOrder.ASCEND;
            case DESCEND -> SortOrder.DESCEND;
        };
    }

    private static SortTarget target(Operation.Target target) {
        return switch (target) {
            case KEY -> SortTarget.KEY;
            case VERSION -> SortTarget.VERSION;
            case CREATE -> SortTarget.CREATE;
            case MODIFY -> SortTarget.MOD;
            case VALUE -> SortTarget.VALUE;
        };
    }

    private static List<Op> ops(List<Operation> operations) {
        List<Op> ops = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                ops.add(new Op.Put(bytes(put.key()), bytes(put.value()), options(put)));
            } else if (operation instanceof Operation.Range range) {
                ops.add(new Op.Get(bytes(range.key()), options(range)));
            } else if (operation instanceof Operation.Delete delete) {
                ops.add(new Op.Delete(bytes(delete.key()), options(delete)));
            }
        }
        return ops;
    }

    private static Compare compare(Comparison comparison) {
        Bytes key = bytes(comparison.key());
        CompareResult result = switch (comparison.relation()) {
            case EQUAL -> CompareResult.EQUAL;
            case NOT_EQUAL -> CompareResult.NOT_EQUAL;
            case GREATER -> CompareResult.GREATER;
            case LESS -> CompareResult.LESS;
        };
        return switch (comparison.target()) {
            case VERSION -> Compare.version(key, result, comparison.number());
            case CREATE -> Compare.createRevision(key, result, comparison.number());
            case MODIFY -> Compare.modRevision(key, result, comparison.number());
            case VALUE -> Compare.value(key, result, bytes(comparison.operand()));
            case LEASE -> Compare.lease(key, result, comparison.number());
        };
    }

    // ---- and back

    static Reply.Header header(Header header) {
        return new Reply.Header(header.clusterId(), header.memberId(), header.revision(), header.raftTerm());
    }

    private static Reply.Pair pair(KeyValue pair) {
        return new Reply.Pair(
                Octets.of(pair.key().toArray()),
                Octets.of(pair.value().toArray()),
                pair.createRevision(),
                pair.modRevision(),
                pair.version(),
                pair.lease());
    }

    private static List<Reply.Pair> pairs(List<KeyValue> pairs) {
        List<Reply.Pair> list = new ArrayList<>(pairs.size());
        pairs.forEach(pair -> list.add(pair(pair)));
        return list;
    }

    private static Reply.Put reply(PutResult result) {
        return put(result, header(result.header()));
    }

    private static Reply.Range reply(GetResult result) {
        return range(result, header(result.header()));
    }

    private static Reply.Delete reply(DeleteResult result) {
        return delete(result, header(result.header()));
    }

    private static Reply.Put put(PutResult result, Reply.Header header) {
        return new Reply.Put(header, result.previous() == null ? null : pair(result.previous()));
    }

    private static Reply.Range range(GetResult result, Reply.Header header) {
        return new Reply.Range(header, pairs(result.pairs()), result.more(), result.count());
    }

    private static Reply.Delete delete(DeleteResult result, Reply.Header header) {
        return new Reply.Delete(header, result.deleted(), pairs(result.previous()));
    }

    /** As etcd has it: the parts' headers say the transaction's revision and nothing else. */
    private static Reply.Txn reply(TxnResult result) {
        Reply.Header inner = new Reply.Header(0, 0, result.header().revision(), 0);
        List<Reply> replies = new ArrayList<>();
        for (OpResult part : result.results()) {
            if (part instanceof PutResult put) {
                replies.add(put(put, inner));
            } else if (part instanceof GetResult range) {
                replies.add(range(range, inner));
            } else if (part instanceof DeleteResult delete) {
                replies.add(delete(delete, inner));
            }
        }
        return new Reply.Txn(header(result.header()), result.succeeded(), replies);
    }
}
