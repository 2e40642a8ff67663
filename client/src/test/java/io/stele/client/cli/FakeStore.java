package io.stele.client.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/*
 * etcd's key space in memory, as far as the recorded scripts go: all revisions of all keys, leases without time. Its
 * cluster, member and term are those of the etcd that the scripts were recorded with.
 */
final class FakeStore implements Store {
    private static final long CLUSTER_ID = 0xcdf818194e3a8c32L;
    private static final long MEMBER_ID = 0x8e9e05c52164694dL;
    private static final long RAFT_TERM = 2;
    static final long FIRST_LEASE = 0x694da203dc5eec63L;

    /** A version of a key; version 0 is a deletion. */
    private final TreeMap<String, TreeMap<Long, Reply.Pair>> history = new TreeMap<>();

    private final TreeMap<Long, Long> leases = new TreeMap<>();
    private long revision = 1;
    private long compacted = -1;
    private long nextLease = FIRST_LEASE;
    int closedCount;

    /** Takes whoever watches, when the past has been told. */
    Consumer<Consumer<Reply.Watched>> watchers = replies -> {};

    final List<Reply.Alarm> alarms = new ArrayList<>();
    final FakeUsers users = new FakeUsers(this::header);
    private String downgradeTarget = "";

    /** What a snapshot consists of. */
    List<byte[]> snapshot = List.of();

    /** Transactions that fail because nobody is there. */
    int absentCount;

    private static CliException refused(String text) {
        return new CliException(CliException.ERROR, "etcdserver: " + text);
    }

    private Reply.Header header() {
        return new Reply.Header(CLUSTER_ID, MEMBER_ID, revision, RAFT_TERM);
    }

    private Reply.Pair at(String key, long atRevision) {
        TreeMap<Long, Reply.Pair> versions = history.get(key);
        Map.Entry<Long, Reply.Pair> entry = versions == null ? null : versions.floorEntry(atRevision);
        return entry == null || entry.getValue().version() == 0 ? null : entry.getValue();
    }

    private List<Reply.Pair> live(String key, String end, long atRevision) {
        List<Reply.Pair> pairs = new ArrayList<>();
        if (end.isEmpty()) {
            Reply.Pair pair = at(key, atRevision);
            return pair == null ? pairs : List.of(pair);
        }
        for (String each : history.tailMap(key).keySet()) {
            Reply.Pair pair = end.equals(Operation.NO_END) || each.compareTo(end) < 0 ? at(each, atRevision) : null;
            if (pair != null) {
                pairs.add(pair);
            }
        }
        return pairs;
    }

    private static void requireKey(String key) {
        if (key.isEmpty()) {
            throw refused("key is not provided");
        }
    }

    private void checkRevision(long wanted) {
        if (wanted > revision) {
            throw refused("mvcc: required revision is a future revision");
        }
        if (wanted > 0 && wanted < compacted) {
            throw refused("mvcc: required revision has been compacted");
        }
    }

    private void check(Operation operation) {
        if (operation instanceof Operation.Put put) {
            requireKey(put.key());
            if (put.ignoreLease() && put.lease() != 0) {
                throw refused("lease is provided");
            }
            if ((put.ignoreLease() || put.ignoreValue()) && at(put.key(), revision) == null) {
                throw refused("key not found");
            }
            if (put.lease() != 0 && !leases.containsKey(put.lease())) {
                throw refused("requested lease not found");
            }
        } else if (operation instanceof Operation.Range range) {
            requireKey(range.key());
            checkRevision(range.revision());
        } else if (operation instanceof Operation.Delete delete) {
            requireKey(delete.key());
        }
    }

    /** Tells of the past alone: nobody changes anything while it is watched, unless a test does. */
    @Override
    public void watch(Operation.Watch watch, Consumer<Reply.Watched> replies) {
        watchPast(watch, replies);
        watchers.accept(replies);
    }

    private void watchPast(Operation.Watch watch, Consumer<Reply.Watched> replies) {
        if (!watch.end().isEmpty()
                && !watch.end().equals(Operation.NO_END)
                && watch.end().compareTo(watch.key()) <= 0) {
            replies.accept(new Reply.Watched(header(), List.of(), 0, true, "mvcc: watcher range is empty"));
            return;
        }
        if (watch.revision() != 0 && watch.revision() < compacted) {
            String reason = "etcdserver: mvcc: required revision has been compacted";
            Reply.Header header = new Reply.Header(CLUSTER_ID, MEMBER_ID, 0, RAFT_TERM);
            replies.accept(new Reply.Watched(header, List.of(), compacted, true, reason));
            return;
        }
        TreeMap<Long, Reply.Event> events = new TreeMap<>();
        history.forEach((key, versions) -> {
            boolean isIn = watch.end().isEmpty()
                    ? key.equals(watch.key())
                    : key.compareTo(watch.key()) >= 0
                            && (watch.end().equals(Operation.NO_END) || key.compareTo(watch.end()) < 0);
            versions.tailMap(watch.revision()).forEach((at, pair) -> {
                if (isIn && watch.revision() > 0) {
                    Reply.Pair previous = watch.previous() ? at(key, at - 1) : null;
                    boolean deletion = pair.version() == 0;
                    Reply.Pair grave = new Reply.Pair(key, "", 0, at, 0, 0);
                    events.put(at, new Reply.Event(deletion, deletion ? grave : pair, previous));
                }
            });
        });
        if (!events.isEmpty()) {
            replies.accept(new Reply.Watched(header(), new ArrayList<>(events.values()), 0, false, ""));
        }
    }

    @Override
    public void requestProgress() {}

    @Override
    public Reply.Members members(boolean linearizable) {
        Reply.Member only =
                new Reply.Member(1, "only", List.of("http://127.0.0.1:2380"), List.of("http://127.0.0.1:2379"), false);
        return new Reply.Members(header(), List.of(only), 0);
    }

    @Override
    public Reply.Members memberAdd(List<String> peerUrls, boolean learner) {
        List<Reply.Member> members = new ArrayList<>(members(true).members());
        members.add(new Reply.Member(2, "", peerUrls, List.of(), learner));
        return new Reply.Members(header(), members, 2);
    }

    @Override
    public Reply.Members memberRemove(long id) {
        throw refused("member not found");
    }

    @Override
    public Reply.Members memberUpdate(long id, List<String> peerUrls) {
        return new Reply.Members(header(), members(true).members(), id);
    }

    @Override
    public Reply.Members memberPromote(long id) {
        throw refused("can only promote a learner member");
    }

    @Override
    public Reply.Alarms alarms() {
        return new Reply.Alarms(header(), List.copyOf(alarms));
    }

    @Override
    public Reply.Alarms disarm(Reply.Alarm alarm) {
        return new Reply.Alarms(header(), alarms.remove(alarm) ? List.of(alarm) : List.of());
    }

    @Override
    public Reply.Downgrade downgrade(int action, String target) {
        if (action == 2 && downgradeTarget.isEmpty()) {
            throw refused("no inflight downgrade job");
        }
        if (action != 2 && !target.matches("\\d+\\.\\d+(\\.\\d+)?")) {
            throw refused("wrong downgrade target version format");
        }
        if (action == 1) {
            downgradeTarget = target;
        } else if (action == 2) {
            downgradeTarget = "";
        }
        return new Reply.Downgrade(header(), "3.7.0");
    }

    @Override
    public Reply.Done defragment() {
        return new Reply.Done(header());
    }

    /** Any number that another history does not have. */
    @Override
    public Reply.HashKv hashKv(long at) {
        checkRevision(at);
        long upTo = at == 0 ? revision : at;
        long hash = history.tailMap("").values().stream()
                .mapToLong(versions -> versions.headMap(upTo, true).hashCode() & 0xffffL)
                .sum();
        return new Reply.HashKv(header(), hash, compacted, upTo);
    }

    @Override
    public Users users() {
        return users;
    }

    @Override
    public void snapshot(SnapshotTaker taker) {
        long length = 0;
        for (byte[] piece : snapshot) {
            length += piece.length;
            taker.take(piece, length, 0);
        }
    }

    @Override
    public Reply.Done moveLeader(long target) {
        return new Reply.Done(header());
    }

    @Override
    public Reply.Put put(Operation.Put operation) {
        check(operation);
        revision++;
        return new Reply.Put(header(), putAt(operation));
    }

    private Reply.Pair putAt(Operation.Put put) {
        Reply.Pair before = at(put.key(), revision);
        String value = put.ignoreValue() ? before.value() : put.value();
        long lease = put.ignoreLease() ? before.lease() : put.lease();
        long created = before == null ? revision : before.createRevision();
        long version = before == null ? 1 : before.version() + 1;
        history.computeIfAbsent(put.key(), key -> new TreeMap<>())
                .put(revision, new Reply.Pair(put.key(), value, created, revision, version, lease));
        return put.previous() ? before : null;
    }

    @Override
    public Reply.Range range(Operation.Range operation) {
        check(operation);
        return rangeAt(operation, header());
    }

    @Override
    public void stream(Operation.Range operation, Consumer<Reply.Pair> pairs) {
        range(operation).pairs().forEach(pairs);
    }

    private Reply.Range rangeAt(Operation.Range range, Reply.Header header) {
        long atRevision = range.revision() == 0 ? revision : range.revision();
        List<Reply.Pair> pairs = new ArrayList<>(live(range.key(), range.end(), atRevision));
        long count = pairs.size();
        Operation.Bounds bounds = range.bounds();
        pairs.removeIf(pair -> outside(pair.createRevision(), bounds.minCreate(), bounds.maxCreate())
                || outside(pair.modRevision(), bounds.minModify(), bounds.maxModify()));
        sort(range, pairs);
        boolean more = range.limit() > 0 && pairs.size() > range.limit();
        if (more) {
            pairs = pairs.subList(0, (int) range.limit());
        }
        if (range.form().keysOnly()) {
            pairs.replaceAll(pair -> new Reply.Pair(
                    pair.key(), "", pair.createRevision(), pair.modRevision(), pair.version(), pair.lease()));
        }
        return range.form().countOnly()
                ? new Reply.Range(header, List.of(), false, count)
                : new Reply.Range(header, pairs, more, count);
    }

    private static boolean outside(long number, long min, long max) {
        return (min > 0 && number < min) || (max > 0 && number > max);
    }

    private static void sort(Operation.Range range, List<Reply.Pair> pairs) {
        Comparator<Reply.Pair> order = switch (range.target()) {
            case KEY -> Comparator.comparing(Reply.Pair::key);
            case VALUE -> Comparator.comparing(Reply.Pair::value);
            case VERSION -> Comparator.comparingLong(Reply.Pair::version);
            case CREATE -> Comparator.comparingLong(Reply.Pair::createRevision);
            case MODIFY -> Comparator.comparingLong(Reply.Pair::modRevision);
        };
        pairs.sort(range.order() == Operation.Order.DESCEND ? order.reversed() : order);
    }

    @Override
    public Reply.Delete delete(Operation.Delete operation) {
        check(operation);
        boolean any = !live(operation.key(), operation.end(), revision).isEmpty();
        revision += any ? 1 : 0;
        return deleteAt(operation, header());
    }

    private Reply.Delete deleteAt(Operation.Delete delete, Reply.Header header) {
        List<Reply.Pair> gone = live(delete.key(), delete.end(), revision);
        for (Reply.Pair pair : gone) {
            history.get(pair.key()).put(revision, new Reply.Pair(pair.key(), "", 0, revision, 0, 0));
        }
        return new Reply.Delete(header, gone.size(), delete.previous() ? gone : List.of());
    }

    @Override
    public Reply.Txn txn(List<Comparison> comparisons, List<Operation> success, List<Operation> failure) {
        if (absentCount > 0) {
            absentCount--;
            throw new CliException(CliException.ERROR, "connection lost", true);
        }
        comparisons.forEach(comparison -> requireKey(comparison.key()));
        checkDuplicates(success);
        checkDuplicates(failure);
        boolean succeeded = comparisons.stream().allMatch(this::holds);
        List<Operation> operations = succeeded ? success : failure;
        operations.forEach(this::check);
        boolean changes = operations.stream()
                .anyMatch(operation -> operation instanceof Operation.Put
                        || (operation instanceof Operation.Delete delete
                                && !live(delete.key(), delete.end(), revision).isEmpty()));
        revision += changes ? 1 : 0;
        Reply.Header inner = new Reply.Header(0, 0, revision, 0);
        List<Reply> replies = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                replies.add(new Reply.Put(inner, putAt(put)));
            } else if (operation instanceof Operation.Range range) {
                replies.add(rangeAt(range, inner));
            } else if (operation instanceof Operation.Delete delete) {
                replies.add(deleteAt(delete, inner));
            }
        }
        return new Reply.Txn(header(), succeeded, replies);
    }

    private static void checkDuplicates(List<Operation> operations) {
        List<String> keys = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                if (keys.contains(put.key())) {
                    throw refused("duplicate key given in txn request");
                }
                keys.add(put.key());
            }
        }
    }

    private boolean holds(Comparison comparison) {
        Reply.Pair pair = at(comparison.key(), revision);
        if (pair == null && comparison.target() == Comparison.Target.VALUE) {
            return false;
        }
        Reply.Pair stored = pair == null ? new Reply.Pair("", "", 0, 0, 0, 0) : pair;
        int order = switch (comparison.target()) {
            case VERSION -> Long.compare(stored.version(), comparison.number());
            case CREATE -> Long.compare(stored.createRevision(), comparison.number());
            case MODIFY -> Long.compare(stored.modRevision(), comparison.number());
            case LEASE -> Long.compare(stored.lease(), comparison.number());
            case VALUE -> stored.value().compareTo(comparison.operand());
        };
        return switch (comparison.relation()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }

    @Override
    public Reply.Done compact(long at, boolean physical) {
        if (at <= compacted) {
            throw refused("mvcc: required revision has been compacted");
        }
        if (at > revision) {
            throw refused("mvcc: required revision is a future revision");
        }
        compacted = at;
        return new Reply.Done(header());
    }

    @Override
    public Reply.Status status() {
        return new Reply.Status(
                header(),
                "0.1.0",
                "1",
                MEMBER_ID,
                false,
                new Reply.Progress(revision + 3, revision + 3),
                new Reply.Space(24576, 12288, 2147483648L),
                List.of());
    }

    @Override
    public Reply.Lease leaseGrant(long ttl) {
        if (ttl > 9_000_000_000L) {
            throw refused("too large lease TTL");
        }
        long id = nextLease++;
        leases.put(id, Math.max(2, ttl));
        return new Reply.Lease(header(), id, Math.max(2, ttl));
    }

    @Override
    public Reply.Done leaseRevoke(long id) {
        if (leases.remove(id) == null) {
            throw refused("requested lease not found");
        }
        List<String> attached = attached(id);
        revision += attached.isEmpty() ? 0 : 1;
        Reply.Header header = header();
        attached.forEach(key -> deleteAt(new Operation.Delete(key, "", false), header));
        return new Reply.Done(header);
    }

    private List<String> attached(long id) {
        List<String> keys = new ArrayList<>();
        for (Reply.Pair pair : live(Operation.NO_END, Operation.NO_END, revision)) {
            if (pair.lease() == id) {
                keys.add(pair.key());
            }
        }
        return keys;
    }

    @Override
    public Reply.Lease leaseKeepAlive(long id) {
        return new Reply.Lease(header(), id, leases.getOrDefault(id, 0L));
    }

    @Override
    public Reply.LeaseTime leaseTimeToLive(long id, boolean keys) {
        Long granted = leases.get(id);
        return granted == null
                ? new Reply.LeaseTime(header(), id, -1, 0, List.of())
                : new Reply.LeaseTime(header(), id, granted - 1, granted, keys ? attached(id) : List.of());
    }

    @Override
    public Reply.Leases leases() {
        return new Reply.Leases(header(), List.copyOf(leases.keySet()));
    }

    /** Nobody else is there, so that every turn comes at once. */
    @Override
    public Claim lock(String name, long ttl) {
        long id = leaseGrant(ttl).id();
        String key = name + "/" + Long.toHexString(id);
        put(new Operation.Put(key, "", id, false, false, false));
        return new Claim() {
            @Override
            public Reply.Range await() {
                return range(new Operation.Range(
                        key,
                        "",
                        0,
                        0,
                        Operation.Order.NONE,
                        Operation.Target.KEY,
                        new Operation.Bounds(0, 0, 0, 0),
                        new Operation.Form(false, false, false)));
            }

            @Override
            public CompletableFuture<String> lost() {
                return new CompletableFuture<>();
            }

            @Override
            public void release() {
                leaseRevoke(id);
            }
        };
    }

    @Override
    public Claim campaign(String election, String proposal, long ttl) {
        throw new UnsupportedOperationException("never ends");
    }

    @Override
    public void observe(String election, Consumer<Reply.Range> leaders) {
        throw new UnsupportedOperationException("never ends");
    }

    @Override
    public void close() {
        closedCount++;
    }
}
