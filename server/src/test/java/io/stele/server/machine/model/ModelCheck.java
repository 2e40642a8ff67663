package io.stele.server.machine.model;

import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is to be said against a request before its execution, written down once more. */
public final class ModelCheck {
    private record Deletion(String key, String end) {
        boolean hits(String put) {
            return end.isEmpty() ? put.equals(key) : put.compareTo(key) >= 0 && put.compareTo(end) < 0;
        }
    }

    private record Claims(Set<String> puts, List<Deletion> deletions) {}

    private static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private ModelCheck() {}

    /** Returns what is wrong, or null. */
    public static ApiError check(Request request, int operationsMax) {
        if (request instanceof Request.LeaseGrant grant) {
            return grant.ttl() > 9_000_000_000L ? ApiError.LEASE_TTL_TOO_LARGE : null;
        }
        if (!(request instanceof Request.Operation operation)) {
            return null;
        }
        ApiError error = operation(operation, operationsMax);
        if (error == null && operation instanceof Request.Txn txn) {
            try {
                claims(txn.success());
                claims(txn.failure());
            } catch (Conflict conflict) {
                return ApiError.DUPLICATE_KEY;
            }
        }
        return error;
    }

    private static ApiError operation(Request.Operation operation, int operationsMax) {
        if (operation instanceof Request.Put put) {
            if (put.key().isEmpty()) {
                return ApiError.KEY_NOT_PROVIDED;
            } else if (put.ignoreValue() && !put.value().isEmpty()) {
                return ApiError.VALUE_PROVIDED;
            }
            return put.ignoreLease() && put.lease() != 0 ? ApiError.LEASE_PROVIDED : null;
        } else if (operation instanceof Request.Range range) {
            if (range.key().isEmpty()) {
                return ApiError.KEY_NOT_PROVIDED;
            }
            return range.order() > 2 || range.target() > 4 ? ApiError.INVALID_SORT_OPTION : null;
        } else if (operation instanceof Request.DeleteRange delete) {
            return delete.key().isEmpty() ? ApiError.KEY_NOT_PROVIDED : null;
        } else if (operation instanceof Request.Txn txn) {
            return txn(txn, operationsMax);
        }
        return ApiError.KEY_NOT_FOUND;
    }

    private static ApiError txn(Request.Txn txn, int operationsMax) {
        int largest = Math.max(
                txn.compares().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        if (largest > operationsMax) {
            return ApiError.TOO_MANY_OPERATIONS;
        }
        if (txn.compares().stream().anyMatch(compare -> compare.key().isEmpty())) {
            return ApiError.KEY_NOT_PROVIDED;
        }
        List<Request.Operation> all = new ArrayList<>(txn.success());
        all.addAll(txn.failure());
        for (Request.Operation operation : all) {
            ApiError error = operation(operation, operationsMax - largest);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static Claims claims(List<Request.Operation> operations) {
        Claims claims = new Claims(new HashSet<>(), new ArrayList<>());
        for (Request.Operation operation : operations) {
            if (operation instanceof Request.DeleteRange delete) {
                claims.deletions().add(new Deletion(delete.key(), delete.end()));
            }
        }
        for (Request.Operation operation : operations) {
            if (operation instanceof Request.Txn txn) {
                Claims then = claims(txn.success());
                Claims otherwise = claims(txn.failure());
                Set<String> before = new HashSet<>(claims.puts());
                for (Claims branch : List.of(then, otherwise)) {
                    for (String put : branch.puts()) {
                        if (before.contains(put) || isDeleted(claims, put)) {
                            throw new Conflict();
                        }
                        claims.puts().add(put);
                    }
                }
                claims.deletions().addAll(then.deletions());
                claims.deletions().addAll(otherwise.deletions());
            }
        }
        for (Request.Operation operation : operations) {
            if (operation instanceof Request.Put put) {
                if (isDeleted(claims, put.key()) || !claims.puts().add(put.key())) {
                    throw new Conflict();
                }
            }
        }
        return claims;
    }

    private static boolean isDeleted(Claims claims, String put) {
        return claims.deletions().stream().anyMatch(deletion -> deletion.hits(put));
    }
}
