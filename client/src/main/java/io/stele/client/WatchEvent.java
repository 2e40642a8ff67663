package io.stele.client;

/**
 * One change of a key.
 *
 * @param isDelete whether the key was deleted; else it was put
 * @param pair the pair since then; of a deletion, key and mod revision only
 * @param previous the pair before, if that was asked for, existed, and is not compacted; else null
 */
public record WatchEvent(boolean isDelete, KeyValue pair, KeyValue previous) {
    /** Whether the put created the key. */
    public boolean isCreate() {
        return !isDelete && pair.createRevision() == pair.modRevision();
    }
}
