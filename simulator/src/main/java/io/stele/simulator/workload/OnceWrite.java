package io.stele.simulator.workload;

import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;

/**
 * A write of which it shows if it was done twice, or not at all: to a key that only its client writes.
 *
 * @param key that key
 * @param value what it has afterwards; null: nothing
 * @param versionBefore what its version was before, where the client counts on that
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record OnceWrite(Kind kind, byte[] key, byte[] value, long versionBefore) {
    /** What is written, and what is asked with it. */
    public enum Kind {
        /** A put, whatever was there before. */
        SET,
        /** A put that tells what was there before. */
        PUT,
        /** A put on condition that the version is the one expected. */
        ADVANCE,
        /** A removal that tells what was removed. */
        REMOVE
    }

    /** As it is sent; session 0: without a number. */
    public byte[] request(long correlationId, long sessionId, long sequence) {
        RequestWriter writer = new RequestWriter();
        switch (kind) {
            case SET -> writer.put(correlationId, key, value, 0, 0);
            case PUT -> writer.put(correlationId, key, value, 0, RequestWriter.PREVIOUS);
            case ADVANCE -> {
                byte[] none = RequestWriter.NO_BYTES;
                writer.txn(correlationId, 1, 1, 1);
                writer.compare(key, none, CompareTarget.VERSION, CompareResult.EQUAL, versionBefore);
                writer.put(0, key, value, 0, 0).get(0, key);
            }
            case REMOVE -> writer.delete(correlationId, key, RequestWriter.NO_BYTES, true);
        }
        return writer.numbered(sessionId, sequence).take();
    }

    @Override
    public String toString() {
        return kind + " " + Workload.name(key) + (value == null ? "" : " " + value.length + " B");
    }
}
