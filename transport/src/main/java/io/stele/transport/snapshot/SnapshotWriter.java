package io.stele.transport.snapshot;

import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.agrona.MutableDirectBuffer;

/**
 * Makes a snapshot's bytes, piece by piece, in buffers of the caller, and sums up the hash on the way. In this order:
 * the header, chunks, the end.
 */
public final class SnapshotWriter {
    private final MessageDigest hash = sha256();
    private long length;
    private long entryCount;

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bytes made so far. */
    public long length() {
        return length;
    }

    /** Writes the header; returns its length. */
    public int header(MutableDirectBuffer buffer, int offset, SnapshotHeader header) {
        SnapshotDescriptor.putHeader(buffer, offset, header);
        return done(buffer, offset, SnapshotDescriptor.HEADER_LENGTH);
    }

    /**
     * Completes a chunk whose {@code bytes} the caller has put behind room for a chunk's header, which begins at
     * {@code offset}. Returns the length of both.
     */
    public int chunk(MutableDirectBuffer buffer, int offset, int type, int bytes, int entries) {
        SnapshotDescriptor.putChunkHeader(buffer, offset, type, bytes);
        entryCount += entries;
        return done(buffer, offset, SnapshotDescriptor.CHUNK_HEADER_LENGTH + bytes);
    }

    /** Writes the last chunk, the zeros and the hash; returns the length of it all. */
    public int end(MutableDirectBuffer buffer, int offset) {
        int at = offset + SnapshotDescriptor.CHUNK_HEADER_LENGTH;
        buffer.putLong(at, entryCount, ByteOrder.LITTLE_ENDIAN);
        at = offset + chunk(buffer, offset, SnapshotDescriptor.END, Long.BYTES, 0);
        int zeros = (int) (-length & (SnapshotDescriptor.BLOCK_LENGTH - 1));
        buffer.putLong(at + zeros, 0); // makes room, if need be
        buffer.setMemory(at, zeros, (byte) 0);
        at += done(buffer, at, zeros);
        buffer.putBytes(at, hash.digest());
        length += SnapshotDescriptor.HASH_LENGTH;
        return at + SnapshotDescriptor.HASH_LENGTH - offset;
    }

    private int done(MutableDirectBuffer buffer, int offset, int bytes) {
        byte[] copy = new byte[bytes];
        buffer.getBytes(offset, copy);
        hash.update(copy);
        length += bytes;
        return bytes;
    }
}
