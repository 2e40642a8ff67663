package io.stele.client;

/**
 * What a role may do with the keys of a range.
 *
 * @param type what
 * @param key first key
 * @param rangeEnd end of the range; empty for the one key, one zero byte for all from the key on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Permission(Type type, byte[] key, byte[] rangeEnd) {
    /** What may be done. */
    public enum Type {
        READ,
        WRITE,
        READWRITE
    }
}
