package io.stele.simulator.model;

import io.stele.simulator.check.Answer;
import io.stele.simulator.check.Change;
import io.stele.simulator.check.Reference;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What every request must be answered, by etcd's rules: written for being read, not for speed, and sharing nothing with
 * the server's state machine but the messages.
 */
public final class ReferenceModel implements Reference {
    private static final int TXN_OPERATIONS_MAX = 128;
    private static final long LEASE_TTL_MIN = 2;
    private static final int ORDER_NONE = 0;
    private static final int ORDER_DESCEND = 2;
    private static final int TARGET_KEY = 0;
    private static final int TARGET_VALUE = 4;
    private static final int COMPARE_VALUE = 3;

    private final KeyModel keys = new KeyModel();
    private final OpReader reader = new OpReader();
    private final Reply reply = new Reply();
    private final Alarms alarms = new Alarms();
    private final SessionModel sessions;

    private final List<Change> changes = new ArrayList<>();

    /** Revision of what the request under way changes. */
    private long next;

    private boolean changed;

    /** Log indices of a lease's grant and of what was last said of it. */
    private record Age(long grantedIndex, long epoch) {}

    private final Map<Long, Age> ages = new TreeMap<>();
    private long entryIndex;
    private long entryTerm;

    public ReferenceModel() {
        this(SessionModel.SESSIONS_MAX_DEFAULT);
    }

    /** @param sessionsMax how many sessions are remembered */
    public ReferenceModel(int sessionsMax) {
        sessions = new SessionModel(sessionsMax);
    }

    @Override
    public boolean nameSession(long logIndex, long sessionId) {
        return sessions.name(logIndex, sessionId);
    }

    @Override
    public long revision() {
        return keys.revision;
    }

    @Override
    public long compactRevision() {
        return keys.compactRevision;
    }

    @Override
    public void beginEntry(long logIndex, long term) {
        entryIndex = logIndex;
        entryTerm = term;
    }

    @Override
    public byte[] apply(byte[] request) {
        keys.commandCount++;
        Numbers numbers = Numbers.of(request);
        if (numbers == null) {
            return carryOut(request);
        }
        switch (sessions.look(numbers)) {
            case NEW -> {
                byte[] answer = carryOut(request);
                sessions.remember(numbers, answer, entryIndex);
                return answer;
            }
            case REPEATED -> {
                return repeat(numbers, request);
            }
            case OVERTAKEN -> {
                return refused(request, ApiError.SEQUENCE_OVERTAKEN);
            }
            case UNKNOWN -> {
                return refused(request, ApiError.SESSION_NOT_FOUND);
            }
        }
        throw new AssertionError();
    }

    /** The first answer again, if it is short enough to have been remembered. */
    private byte[] repeat(Numbers numbers, byte[] request) {
        long correlationId = ReplySplitter.correlationId(new UnsafeBuffer(request), 0);
        byte[] first = sessions.answer(numbers);
        if (first == null) {
            reply.replyLost(correlationId);
            return Answer.canonical(List.of(reply.take()));
        }
        return Answer.addressed(first, correlationId);
    }

    private byte[] refused(byte[] request, ApiError error) {
        reply.error(ReplySplitter.correlationId(new UnsafeBuffer(request), 0), error);
        return Answer.canonical(List.of(reply.take()));
    }

    private byte[] carryOut(byte[] request) {
        Op op = reader.read(request);
        if (!alarms.refuses(op)) {
            return answer(request);
        }
        return refused(request, alarms.error(op));
    }

    private byte[] answer(byte[] request) {
        long correlationId = ReplySplitter.correlationId(new UnsafeBuffer(request), 0);
        Op op = reader.read(request);
        next = keys.revision + 1;
        changed = false;
        ApiError error = impossible(op);
        if (error == null) {
            execute(op, correlationId, true);
        } else {
            reply.error(correlationId, error);
        }
        return Answer.canonical(List.of(reply.take()));
    }

    @Override
    public boolean isRead(byte[] request) {
        Op op = reader.read(request);
        return op instanceof Op.Txn txn
                ? txn.success().stream().allMatch(Op.Range.class::isInstance)
                        && txn.failure().stream().allMatch(Op.Range.class::isInstance)
                : op instanceof Op.Range
                        || op instanceof Op.TimeToLive
                        || op instanceof Op.KeepAlive
                        || op instanceof Op.Leases;
    }

    /** A transaction that reads nothing asks for no more than the member has. */
    @Override
    public boolean isLocal(byte[] request) {
        Op op = reader.read(request);
        if (op instanceof Op.Txn txn) {
            return isRead(request)
                    && txn.success().stream().allMatch(ReferenceModel::isSerializable)
                    && txn.failure().stream().allMatch(ReferenceModel::isSerializable);
        }
        return op instanceof Op.Leases || isSerializable(op);
    }

    private static boolean isSerializable(Op op) {
        return op instanceof Op.Range range && range.serializable();
    }

    @Override
    public byte[] read(byte[] request) {
        assert isRead(request);
        return answer(request);
    }

    @Override
    public byte[] readAsOf(byte[] request, long revision) {
        return readAt(request, new Moment(revision, keys.compactRevision, Long.MAX_VALUE));
    }

    @Override
    public Moment moment() {
        return new Moment(keys.revision, keys.compactRevision, keys.commandCount);
    }

    @Override
    public byte[] readAt(byte[] request, Moment moment) {
        Moment now = moment();
        keys.revision = moment.revision();
        keys.compactRevision = moment.compactRevision();
        keys.horizon = moment.revision();
        keys.commandHorizon = moment.commandCount();
        try {
            return read(request);
        } finally {
            keys.revision = now.revision();
            keys.compactRevision = now.compactRevision();
            keys.horizon = Long.MAX_VALUE;
            keys.commandHorizon = Long.MAX_VALUE;
        }
    }

    @Override
    public byte[] refusal(byte[] request) {
        Op op = reader.read(request);
        ApiError error = illFormed(op, TXN_OPERATIONS_MAX);
        if (error == null && op instanceof Op.Txn txn) {
            boolean isClear = Claims.of(txn.success()) != null && Claims.of(txn.failure()) != null;
            error = isClear ? null : ApiError.DUPLICATE_KEY;
        }
        return error == null ? null : refused(request, error);
    }

    /** What can be said against a request without looking at the keys. */
    private ApiError illFormed(Op op, int operationsMax) {
        if (op instanceof Op.Put put) {
            if (put.key().length == 0) {
                return ApiError.KEY_NOT_PROVIDED;
            }
            if (put.ignoreValue() && put.value().length > 0) {
                return ApiError.VALUE_PROVIDED;
            }
            return put.ignoreLease() && put.lease() != 0 ? ApiError.LEASE_PROVIDED : null;
        }
        if (op instanceof Op.Range range) {
            if (range.key().length == 0) {
                return ApiError.KEY_NOT_PROVIDED;
            }
            return range.order() > 2 || range.target() > 4 ? ApiError.INVALID_SORT_OPTION : null;
        }
        if (op instanceof Op.Delete delete) {
            return delete.key().length == 0 ? ApiError.KEY_NOT_PROVIDED : null;
        }
        return op instanceof Op.Txn txn ? illFormedTxn(txn, operationsMax) : null;
    }

    private ApiError illFormedTxn(Op.Txn txn, int operationsMax) {
        int largest = Math.max(
                txn.compares().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        if (largest > operationsMax) {
            return ApiError.TOO_MANY_OPERATIONS;
        }
        for (Op.Compare compare : txn.compares()) {
            if (compare.key().length == 0) {
                return ApiError.KEY_NOT_PROVIDED;
            }
        }
        List<Op> operations = new ArrayList<>(txn.success());
        operations.addAll(txn.failure());
        for (Op op : operations) {
            ApiError error = op instanceof Op.Other ? ApiError.KEY_NOT_FOUND : illFormed(op, operationsMax - largest);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    /** What the keys, as they are before the request, say against it. */
    private ApiError impossible(Op op) {
        if (op instanceof Op.Put put) {
            if (put.lease() != 0 && !keys.hasLease(put.lease())) {
                return ApiError.LEASE_NOT_FOUND;
            }
            boolean needsKey = put.ignoreValue() || put.ignoreLease();
            return needsKey && keys.newest(put.key()) == null ? ApiError.KEY_NOT_FOUND : null;
        }
        if (op instanceof Op.Range range) {
            return range.revision() <= 0 ? null : unreadable(range.revision());
        }
        if (op instanceof Op.Txn txn) {
            return impossibleInTxn(txn);
        }
        if (op instanceof Op.Compact compact) {
            if (compact.revision() <= keys.compactRevision) {
                return ApiError.COMPACTED;
            }
            return compact.revision() > keys.revision ? ApiError.FUTURE_REVISION : null;
        }
        if (op instanceof Op.Grant grant) {
            return keys.hasLease(grant.leaseId()) ? ApiError.LEASE_EXISTS : null;
        }
        if (op instanceof Op.CloseSession close) {
            return sessions.exists(close.sessionId()) ? null : ApiError.SESSION_NOT_FOUND;
        }
        return op instanceof Op.Revoke revoke && !keys.hasLease(revoke.leaseId()) ? ApiError.LEASE_NOT_FOUND : null;
    }

    private ApiError impossibleInTxn(Op.Txn txn) {
        for (Op op : holdsAll(txn) ? txn.success() : txn.failure()) {
            ApiError error;
            if (op instanceof Op.Range range) {
                error = range.revision() == 0 ? null : unreadable(range.revision());
            } else if (op instanceof Op.Put put) {
                boolean needsKey = put.ignoreValue() || put.ignoreLease();
                boolean lacksLease = put.lease() != 0 && !keys.hasLease(put.lease());
                boolean lacksKey = needsKey && keys.newest(put.key()) == null;
                error = lacksKey ? ApiError.KEY_NOT_FOUND : lacksLease ? ApiError.LEASE_NOT_FOUND : null;
            } else {
                error = impossible(op);
            }
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private ApiError unreadable(long revision) {
        if (revision > keys.revision) {
            return ApiError.FUTURE_REVISION;
        }
        return revision < keys.compactRevision ? ApiError.COMPACTED : null;
    }

    private void execute(Op op, long correlationId, boolean isRoot) {
        if (op instanceof Op.Put put) {
            put(put, correlationId);
        } else if (op instanceof Op.Range range) {
            range(range, correlationId);
        } else if (op instanceof Op.Delete delete) {
            delete(delete, correlationId);
        } else if (op instanceof Op.Txn txn) {
            // All comparisons, the inner ones too, are made before anything is changed.
            IdentityHashMap<Op.Txn, Boolean> outcomes = new IdentityHashMap<>();
            evaluate(txn, outcomes);
            txn(txn, correlationId, outcomes);
            return;
        } else if (op instanceof Op.Compact compact) {
            keys.compactRevision = compact.revision();
            reply.compact(correlationId, keys.revision);
        } else if (op instanceof Op.Grant grant) {
            long ttl = Math.max(grant.ttl(), LEASE_TTL_MIN);
            keys.grant(grant.leaseId(), ttl);
            ages.put(grant.leaseId(), new Age(entryIndex, entryIndex));
            reply.grant(correlationId, keys.revision, grant.leaseId(), ttl);
        } else if (op instanceof Op.Expire expire) {
            if (isDue(expire)) {
                end(expire.leaseId());
            }
            reply.revoke(correlationId, keys.revision); // nobody hears it
        } else if (op instanceof Op.Checkpoint checkpoint) {
            note(checkpoint);
            reply.revoke(correlationId, keys.revision);
        } else if (op instanceof Op.Revoke revoke) {
            end(revoke.leaseId());
            commit();
            reply.revoke(correlationId, keys.revision);
        } else if (op instanceof Op.TimeToLive query) {
            Long ttl = keys.ttl(query.leaseId());
            List<byte[]> attached = query.keys() && ttl != null ? keys.keysOf(query.leaseId()) : List.of();
            reply.timeToLive(correlationId, keys.revision, query.leaseId(), ttl, attached);
        } else if (op instanceof Op.KeepAlive renewal) {
            reply.keepAlive(correlationId, keys.revision, renewal.leaseId(), keys.ttl(renewal.leaseId()));
        } else if (op instanceof Op.Leases) {
            reply.leases(correlationId, keys.revision, keys.leaseIds());
        } else if (op instanceof Op.OpenSession) {
            sessions.open(entryIndex);
            reply.openSession(correlationId, keys.revision);
        } else if (op instanceof Op.CloseSession close) {
            sessions.close(close.sessionId());
            reply.closeSession(correlationId, keys.revision);
        } else if (op instanceof Op.Alarm alarm) {
            alarms.note(alarm);
            reply.revoke(correlationId, keys.revision); // nobody hears it
        } else {
            reply.error(correlationId, ApiError.UNIMPLEMENTED);
        }
        if (isRoot) {
            commit();
        }
    }

    private void end(long leaseId) {
        for (byte[] key : keys.keysOf(leaseId)) {
            change(key, Version.deletion(next));
        }
        keys.forget(leaseId);
    }

    /** Whether it is the leader of this term that says so, and nothing was said of the lease since it was seen. */
    private boolean isDue(Op.Expire expire) {
        return expire.term() == entryTerm
                && keys.hasLease(expire.leaseId())
                && ages.get(expire.leaseId()).epoch == expire.epoch();
    }

    private void note(Op.Checkpoint checkpoint) {
        for (int i = 0; i < checkpoint.leaseIds().size() && checkpoint.term() == entryTerm; i++) {
            long leaseId = checkpoint.leaseIds().get(i);
            long grantedIndex = checkpoint.grantedIndices().get(i);
            if (keys.hasLease(leaseId) && ages.get(leaseId).grantedIndex == grantedIndex) {
                ages.put(leaseId, new Age(grantedIndex, entryIndex));
            }
        }
    }

    private void commit() {
        if (changed) {
            keys.revision = next;
        }
    }

    private void change(byte[] key, Version version) {
        Version before = keys.at(key, next - 1);
        changes.add(version.asChange(key, before == null ? null : before.asChange(key, null)));
        keys.add(key, version);
        changed = true;
    }

    @Override
    public boolean hasLease(long leaseId) {
        return keys.hasLease(leaseId);
    }

    @Override
    public List<Change> changes() {
        return changes;
    }

    private void put(Op.Put put, long correlationId) {
        Version old = keys.newest(put.key());
        // A key that is to keep what it has may have been deleted earlier in the same transaction, in a way that the
        // rule against changing a key twice does not see: then there is nothing to keep.
        byte[] value = put.ignoreValue() && old != null ? old.value() : put.value();
        long lease = put.ignoreLease() && old != null ? old.lease() : put.lease();
        long create = old == null ? next : old.create();
        long number = old == null ? 1 : old.number() + 1;
        change(put.key(), new Version(next, create, number, lease, value));
        reply.put(correlationId, next, put.previous() ? old : null, put.key());
    }

    private void delete(Op.Delete delete, long correlationId) {
        SortedMap<byte[], Version> found = keys.range(delete.key(), delete.end(), Long.MAX_VALUE);
        found.keySet().forEach(key -> change(key, Version.deletion(next)));
        reply.delete(correlationId, changed ? next : keys.revision, delete.previous() ? found.size() : 0, found.size());
        if (delete.previous()) {
            found.forEach(reply::pair);
        }
    }

    private void range(Op.Range range, long correlationId) {
        long at = range.revision() <= 0 ? keys.horizon : range.revision();
        SortedMap<byte[], Version> found = keys.range(range.key(), range.end(), at);
        List<Map.Entry<byte[], Version>> rows = new ArrayList<>(found.entrySet());
        boolean limitFirst = range.pairLimit() > 0 && range.order() == ORDER_NONE && !range.hasFilters();
        if (limitFirst && rows.size() > range.pairLimit() + 1) {
            rows = new ArrayList<>(rows.subList(0, (int) range.pairLimit() + 1));
        }
        rows.removeIf(row -> isFilteredOut(range, row.getValue()));
        sort(range, rows);
        boolean more = range.pairLimit() > 0 && rows.size() > range.pairLimit() && !range.countOnly();
        if (more) {
            rows = rows.subList(0, (int) range.pairLimit());
        }
        if (range.countOnly()) {
            rows = List.of();
        }
        reply.range(correlationId, keys.revision, more, rows.size(), found.size());
        for (Map.Entry<byte[], Version> row : rows) {
            boolean keepsLease = range.target() == TARGET_VALUE;
            reply.pair(row.getKey(), range.keysOnly() ? row.getValue().withoutValue(keepsLease) : row.getValue());
        }
    }

    private static boolean isFilteredOut(Op.Range range, Version version) {
        return (range.maxMod() != 0 && version.main() > range.maxMod())
                || (range.minMod() != 0 && version.main() < range.minMod())
                || (range.maxCreate() != 0 && version.create() > range.maxCreate())
                || (range.minCreate() != 0 && version.create() < range.minCreate());
    }

    /** Stable: equal rows stay in the order of their keys. */
    private static void sort(Op.Range range, List<Map.Entry<byte[], Version>> rows) {
        Comparator<Map.Entry<byte[], Version>> order = switch (range.target()) {
            case 1 -> Comparator.comparingLong(row -> row.getValue().number());
            case 2 -> Comparator.comparingLong(row -> row.getValue().create());
            case 3 -> Comparator.comparingLong(row -> row.getValue().main());
            case TARGET_VALUE ->
                (a, b) -> Arrays.compareUnsigned(
                        a.getValue().value(), b.getValue().value());
            default -> (a, b) -> Arrays.compareUnsigned(a.getKey(), b.getKey());
        };
        if (range.target() == TARGET_KEY && range.order() == ORDER_NONE) {
            return;
        }
        rows.sort(range.order() == ORDER_DESCEND ? Collections.reverseOrder(order) : order);
    }

    private void evaluate(Op.Txn txn, IdentityHashMap<Op.Txn, Boolean> outcomes) {
        boolean holds = holdsAll(txn);
        outcomes.put(txn, holds);
        for (Op op : holds ? txn.success() : txn.failure()) {
            if (op instanceof Op.Txn inner) {
                evaluate(inner, outcomes);
            }
        }
    }

    private void txn(Op.Txn txn, long correlationId, IdentityHashMap<Op.Txn, Boolean> outcomes) {
        boolean holds = outcomes.get(txn);
        List<Op> taken = holds ? txn.success() : txn.failure();
        int at = reply.txn(correlationId, holds, taken.size());
        for (Op op : taken) {
            if (op instanceof Op.Txn inner) {
                txn(inner, 0, outcomes);
            } else {
                execute(op, 0, false);
            }
        }
        if (correlationId != 0) {
            commit();
            reply.txnRevision(at, keys.revision);
        }
    }

    private boolean holdsAll(Op.Txn txn) {
        return txn.compares().stream().allMatch(this::holds);
    }

    private boolean holds(Op.Compare compare) {
        SortedMap<byte[], Version> found = keys.range(compare.key(), compare.end(), keys.horizon);
        if (found.isEmpty()) {
            return compare.target() != COMPARE_VALUE && holds(compare, Version.NOTHING);
        }
        return found.values().stream().allMatch(version -> holds(compare, version));
    }

    private static boolean holds(Op.Compare compare, Version version) {
        int order = switch (compare.target()) {
            case 0 -> Long.compare(version.number(), compare.number());
            case 1 -> Long.compare(version.create(), compare.number());
            case 2 -> Long.compare(version.main(), compare.number());
            case COMPARE_VALUE -> Arrays.compareUnsigned(version.value(), compare.value());
            case 4 -> Long.compare(version.lease(), compare.number());
            default -> 0;
        };
        return switch (compare.result()) {
            case 0 -> order == 0;
            case 1 -> order > 0;
            case 2 -> order < 0;
            case 3 -> order != 0;
            default -> true;
        };
    }
}
