package io.stele.simulator.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keys with all versions they ever had, and leases, in the simplest form there is: nothing is ever removed. */
final class KeyModel {
    /** Versions of each key, oldest first; several may have one revision, the last of them counts. */
    private final TreeMap<byte[], List<Version>> keys = new TreeMap<>(Arrays::compareUnsigned);

    private final TreeMap<Long, Long> leases = new TreeMap<>();
    long revision = 1;
    long compactRevision = -1;

    /** The version of a key at a revision; null if it did not live then. */
    Version at(byte[] key, long wanted) {
        Version found = null;
        for (Version version : keys.getOrDefault(key, List.of())) {
            if (version.main() <= wanted) {
                found = version;
            }
        }
        return found == null || found.isDeletion() ? null : found;
    }

    Version newest(byte[] key) {
        return at(key, Long.MAX_VALUE);
    }

    void add(byte[] key, Version version) {
        keys.computeIfAbsent(key, unused -> new ArrayList<>()).add(version);
    }

    /** Keys of a range that live at a revision, in order. An empty end is the one key, a single zero byte no end. */
    SortedMap<byte[], Version> range(byte[] from, byte[] end, long wanted) {
        TreeMap<byte[], Version> found = new TreeMap<>(Arrays::compareUnsigned);
        for (byte[] key : candidates(from, end)) {
            Version version = at(key, wanted);
            if (version != null) {
                found.put(key, version);
            }
        }
        return found;
    }

    private Collection<byte[]> candidates(byte[] from, byte[] end) {
        if (end.length == 0) {
            return List.of(from);
        }
        if (end.length == 1 && end[0] == 0) {
            return keys.tailMap(from, true).keySet();
        }
        return Arrays.compareUnsigned(from, end) < 0
                ? keys.subMap(from, true, end, false).keySet()
                : List.of();
    }

    boolean hasLease(long leaseId) {
        return leases.containsKey(leaseId);
    }

    /** Null if there is none. */
    Long ttl(long leaseId) {
        return leases.get(leaseId);
    }

    void grant(long leaseId, long ttl) {
        leases.put(leaseId, ttl);
    }

    void forget(long leaseId) {
        leases.remove(leaseId);
    }

    Collection<Long> leaseIds() {
        return leases.keySet();
    }

    List<byte[]> keysOf(long leaseId) {
        List<byte[]> attached = new ArrayList<>();
        for (Map.Entry<byte[], List<Version>> entry : keys.entrySet()) {
            Version newest = newest(entry.getKey());
            if (newest != null && newest.lease() == leaseId) {
                attached.add(entry.getKey());
            }
        }
        return attached;
    }
}
