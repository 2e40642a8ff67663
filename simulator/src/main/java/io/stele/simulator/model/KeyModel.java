package io.stele.simulator.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keys with all versions they ever had, and leases with all lives they ever had, in the simplest form there is: nothing
 * is ever removed, so that what was at an earlier moment can be asked too.
 */
final class KeyModel {
    /** A lease from one command to another. */
    private record LeaseLife(long ttl, long fromCommand, long toCommand) {}

    /** Versions of each key, oldest first; several may have one revision, the last of them counts. */
    private final TreeMap<byte[], List<Version>> keys = new TreeMap<>(Arrays::compareUnsigned);

    /** Lives of each lease, oldest first. */
    private final TreeMap<Long, List<LeaseLife>> leases = new TreeMap<>();

    long revision = 1;
    long compactRevision = -1;

    /** Commands applied so far. */
    long commandCount;

    /** Newest revision and command that are looked at. */
    long horizon = Long.MAX_VALUE;

    long commandHorizon = Long.MAX_VALUE;

    /** The version of a key at a revision; null if it did not live then. */
    Version at(byte[] key, long wanted) {
        List<Version> versions = keys.getOrDefault(key, List.of());
        int place = versions.size() - 1;
        while (place >= 0 && versions.get(place).main() > wanted) {
            place--;
        }
        Version found = place < 0 ? null : versions.get(place);
        return found == null || found.isDeletion() ? null : found;
    }

    Version newest(byte[] key) {
        return at(key, horizon);
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
        return ttl(leaseId) != null;
    }

    /** Null if there is none. */
    Long ttl(long leaseId) {
        for (LeaseLife life : leases.getOrDefault(leaseId, List.of())) {
            if (isLooked(life)) {
                return life.ttl;
            }
        }
        return null;
    }

    private boolean isLooked(LeaseLife life) {
        long command = Math.min(commandHorizon, commandCount);
        return life.fromCommand <= command && command < life.toCommand;
    }

    void grant(long leaseId, long ttl) {
        leases.computeIfAbsent(leaseId, unused -> new ArrayList<>())
                .add(new LeaseLife(ttl, commandCount, Long.MAX_VALUE));
    }

    void forget(long leaseId) {
        List<LeaseLife> lives = leases.get(leaseId);
        LeaseLife last = lives.remove(lives.size() - 1);
        lives.add(new LeaseLife(last.ttl, last.fromCommand, commandCount));
    }

    Collection<Long> leaseIds() {
        List<Long> ids = new ArrayList<>();
        for (Long leaseId : leases.keySet()) {
            if (hasLease(leaseId)) {
                ids.add(leaseId);
            }
        }
        return ids;
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
