package io.stele.server.machine.model;

import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the key space should do, said as simply as possible: every version of every key in memory, nothing shared with
 * the real thing. Slow, and never compacted but in what it answers.
 */
public final class ReferenceModel {
    private static final long NEVER_COMPACTED = -1;
    private static final long LEASE_TTL_MIN = 2;
    private static final long LEASE_TTL_MAX = 9_000_000_000L;

    private record Version(long main, boolean deleted, long create, long version, long lease, String value) {}

    private final NavigableMap<String, List<Version>> keys = new TreeMap<>();
    private final Map<Long, Long> leases = new TreeMap<>();
    private long revision = 1;
    private long compactRevision = NEVER_COMPACTED;
    private boolean changed;

    public long revision() {
        return revision;
    }

    public long compactRevision() {
        return compactRevision;
    }

    /** Executes a request that has passed {@link ModelCheck}. */
    public Reply apply(Request request) {
        changed = false;
        Reply reply = execute(request);
        if (changed) {
            revision++;
        }
        changed = false;
        return reply;
    }

    /** Live keys at the newest revision. */
    public List<Reply.Pair> liveKeys() {
        return select("\0", "\0", revision);
    }

    public Map<Long, Long> leases() {
        return leases;
    }

    private Reply execute(Request request) {
        if (request instanceof Request.Put put) {
            ApiError error = checkAlone(put);
            return error == null ? put(put) : refuse(error);
        } else if (request instanceof Request.DeleteRange delete) {
            return delete(delete);
        } else if (request instanceof Request.Range range) {
            if (range.revision() > now()) {
                return refuse(ApiError.FUTURE_REVISION);
            }
            return range.revision() > 0 && range.revision() < compactRevision
                    ? refuse(ApiError.COMPACTED)
                    : range(range);
        } else if (request instanceof Request.Txn txn) {
            List<Boolean> path = new ArrayList<>();
            evaluate(txn, path);
            ApiError error = check(txn, new ArrayList<>(path));
            return error == null ? txn(txn, path, true) : refuse(error);
        } else if (request instanceof Request.Compact compact) {
            return compact(compact.revision());
        } else if (request instanceof Request.LeaseGrant grant) {
            return grant(grant);
        } else if (request instanceof Request.LeaseRevoke revoke) {
            return revoke(revoke.id());
        }
        throw new IllegalArgumentException(request.toString());
    }

    private Reply compact(long wanted) {
        if (wanted <= compactRevision) {
            return refuse(ApiError.COMPACTED);
        }
        if (wanted > revision) {
            return refuse(ApiError.FUTURE_REVISION);
        }
        compactRevision = wanted;
        return new Reply.Compact(revision);
    }

    private Reply grant(Request.LeaseGrant grant) {
        if (grant.ttl() > LEASE_TTL_MAX) {
            return refuse(ApiError.LEASE_TTL_TOO_LARGE);
        }
        if (leases.containsKey(grant.id())) {
            return refuse(ApiError.LEASE_EXISTS);
        }
        long ttl = Math.max(LEASE_TTL_MIN, grant.ttl());
        leases.put(grant.id(), ttl);
        return new Reply.LeaseGrant(revision, grant.id(), ttl);
    }

    private Reply revoke(long id) {
        if (leases.remove(id) == null) {
            return refuse(ApiError.LEASE_NOT_FOUND);
        }
        for (Reply.Pair pair : select("\0", "\0", now())) {
            if (pair.lease() == id) {
                append(pair.key(), new Version(revision + 1, true, 0, 0, 0, ""));
            }
        }
        return new Reply.LeaseRevoke(now());
    }

    private ApiError checkAlone(Request.Put put) {
        if (put.lease() != 0 && !leases.containsKey(put.lease())) {
            return ApiError.LEASE_NOT_FOUND;
        }
        boolean needsKey = put.ignoreValue() || put.ignoreLease();
        return needsKey && find(put.key(), now()) == null ? ApiError.KEY_NOT_FOUND : null;
    }

    private Reply put(Request.Put put) {
        Reply.Pair old = find(put.key(), now());
        long version = old == null ? 1 : old.version() + 1;
        long create = old == null ? revision + 1 : old.create();
        String value = put.ignoreValue() && old != null ? old.value() : put.value();
        long lease = put.ignoreLease() && old != null ? old.lease() : put.lease();
        append(put.key(), new Version(revision + 1, false, create, version, lease, value));
        return new Reply.Put(revision + 1, put.previous() ? old : null);
    }

    private Reply delete(Request.DeleteRange delete) {
        List<Reply.Pair> old = select(delete.key(), delete.end(), now());
        for (Reply.Pair pair : old) {
            append(pair.key(), new Version(revision + 1, true, 0, 0, 0, ""));
        }
        return new Reply.DeleteRange(now(), old.size(), delete.previous() ? old : List.of());
    }

    private Reply range(Request.Range range) {
        List<Reply.Pair> all = select(range.key(), range.end(), range.revision() <= 0 ? now() : range.revision());
        if (range.countOnly()) {
            return new Reply.Range(now(), all.size(), false, List.of());
        }
        boolean filtered =
                range.minMod() != 0 || range.maxMod() != 0 || range.minCreate() != 0 || range.maxCreate() != 0;
        boolean defaultOrder = range.order() == 0 || (range.order() == 1 && range.target() == 0);
        List<Reply.Pair> pairs = new ArrayList<>(all);
        if (range.limit() > 0 && defaultOrder && !filtered && pairs.size() > range.limit() + 1) {
            pairs = new ArrayList<>(pairs.subList(0, (int) range.limit() + 1));
        }
        pairs.removeIf(pair -> range.maxMod() != 0 && pair.mod() > range.maxMod());
        pairs.removeIf(pair -> range.minMod() != 0 && pair.mod() < range.minMod());
        pairs.removeIf(pair -> range.maxCreate() != 0 && pair.create() > range.maxCreate());
        pairs.removeIf(pair -> range.minCreate() != 0 && pair.create() < range.minCreate());
        Comparator<Reply.Pair> order = order(range.target());
        pairs.sort(range.order() == 2 ? order.reversed() : order);
        boolean more = range.limit() > 0 && pairs.size() > range.limit();
        if (more) {
            pairs = pairs.subList(0, (int) range.limit());
        }
        if (range.keysOnly()) {
            pairs.replaceAll(pair -> new Reply.Pair(
                    pair.key(), "", pair.create(), pair.mod(), pair.version(), range.target() == 4 ? pair.lease() : 0));
        }
        return new Reply.Range(now(), all.size(), more, new ArrayList<>(pairs));
    }

    private static Comparator<Reply.Pair> order(int target) {
        return switch (target) {
            case 0 -> Comparator.comparing(Reply.Pair::key);
            case 1 -> Comparator.comparingLong(Reply.Pair::version);
            case 2 -> Comparator.comparingLong(Reply.Pair::create);
            case 3 -> Comparator.comparingLong(Reply.Pair::mod);
            default -> Comparator.comparing(Reply.Pair::value);
        };
    }

    private void evaluate(Request.Txn txn, List<Boolean> path) {
        boolean holds = txn.compares().stream().allMatch(this::holds);
        path.add(holds);
        for (Request.Operation operation : holds ? txn.success() : txn.failure()) {
            if (operation instanceof Request.Txn inner) {
                evaluate(inner, path);
            }
        }
    }

    private boolean holds(Request.Compare compare) {
        List<Reply.Pair> pairs = select(compare.key(), compare.end(), revision);
        if (pairs.isEmpty()) {
            return compare.target() != 3 && holds(compare, new Reply.Pair("", "", 0, 0, 0, 0));
        }
        return pairs.stream().allMatch(pair -> holds(compare, pair));
    }

    private static boolean holds(Request.Compare compare, Reply.Pair pair) {
        int order = switch (compare.target()) {
            case 0 -> Long.compare(pair.version(), compare.number());
            case 1 -> Long.compare(pair.create(), compare.number());
            case 2 -> Long.compare(pair.mod(), compare.number());
            case 3 -> pair.value().compareTo(compare.value());
            case 4 -> Long.compare(pair.lease(), compare.number());
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

    private ApiError check(Request.Txn txn, List<Boolean> path) {
        for (Request.Operation operation : path.remove(0) ? txn.success() : txn.failure()) {
            ApiError error = null;
            if (operation instanceof Request.Range range && range.revision() != 0) {
                error = range.revision() > revision
                        ? ApiError.FUTURE_REVISION
                        : range.revision() < compactRevision ? ApiError.COMPACTED : null;
            } else if (operation instanceof Request.Put put) {
                if ((put.ignoreValue() || put.ignoreLease()) && find(put.key(), revision) == null) {
                    error = ApiError.KEY_NOT_FOUND;
                } else if (put.lease() != 0 && !leases.containsKey(put.lease())) {
                    error = ApiError.LEASE_NOT_FOUND;
                }
            } else if (operation instanceof Request.Txn inner) {
                error = check(inner, path);
            }
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private Reply txn(Request.Txn txn, List<Boolean> path, boolean outermost) {
        boolean succeeded = path.remove(0);
        List<Reply> replies = new ArrayList<>();
        for (Request.Operation operation : succeeded ? txn.success() : txn.failure()) {
            if (operation instanceof Request.Put put) {
                replies.add(put(put));
            } else if (operation instanceof Request.DeleteRange delete) {
                replies.add(delete(delete));
            } else if (operation instanceof Request.Range range) {
                replies.add(range(range));
            } else if (operation instanceof Request.Txn inner) {
                replies.add(txn(inner, path, false));
            }
        }
        return new Reply.Txn(outermost ? now() : 0, succeeded, replies);
    }

    private Reply refuse(ApiError error) {
        return new Reply.Refusal(error.code().value(), error.text(), now());
    }

    private long now() {
        return changed ? revision + 1 : revision;
    }

    private void append(String key, Version version) {
        keys.computeIfAbsent(key, unused -> new ArrayList<>()).add(version);
        changed = true;
    }

    private Reply.Pair find(String key, long atRevision) {
        List<Version> versions = keys.getOrDefault(key, Collections.emptyList());
        for (int i = versions.size() - 1; i >= 0; i--) {
            Version version = versions.get(i);
            if (version.main() <= atRevision) {
                return version.deleted()
                        ? null
                        : new Reply.Pair(
                                key,
                                version.value(),
                                version.create(),
                                version.main(),
                                version.version(),
                                version.lease());
            }
        }
        return null;
    }

    private List<Reply.Pair> select(String key, String end, long atRevision) {
        TreeSet<String> names = new TreeSet<>();
        if (end.isEmpty()) {
            names.add(key);
        } else if (end.equals("\0")) {
            names.addAll(keys.tailMap(key, true).keySet());
        } else if (end.compareTo(key) > 0) {
            names.addAll(keys.subMap(key, true, end, false).keySet());
        }
        List<Reply.Pair> pairs = new ArrayList<>();
        for (String name : names) {
            Reply.Pair pair = find(name, atRevision);
            if (pair != null) {
                pairs.add(pair);
            }
        }
        return pairs;
    }
}
