package io.stele.transport.snapshot;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads a snapshot's file and believes nothing: what does not add up is a {@link SnapshotException}. */
public final class SnapshotReader implements AutoCloseable {
    private static final int BBOLT_MAGIC = 0xED0CDAED;
    private static final int BBOLT_MAGIC_OFFSET = 16;
    private static final int COPY_LENGTH = 256 * 1024;

    private final Path file;
    private final DataInputStream in;
    private final SnapshotHeader header;
    private final byte[] hash;
    private UnsafeBuffer chunk = new UnsafeBuffer(new byte[0]);
    private int chunkType;
    private int chunkLength;

    private SnapshotReader(Path file, DataInputStream in, SnapshotHeader header, byte[] hash) {
        this.file = file;
        this.in = in;
        this.header = header;
        this.hash = hash;
    }

    /**
     * Opens a file, and reads all of it once to check its hash, unless that is not to be. Chunks have checksums of
     * their own, which are checked in any case.
     */
    public static SnapshotReader open(Path file, boolean checksHash) {
        try {
            byte[] begin = begin(file);
            checkKind(file, begin);
            byte[] hash = hash(file, checksHash);
            UnsafeBuffer buffer = new UnsafeBuffer(begin);
            if (begin.length < SnapshotDescriptor.HEADER_LENGTH) {
                throw new SnapshotException(file + " is cut off");
            }
            if (buffer.getInt(SnapshotDescriptor.FORMAT_OFFSET, ByteOrder.LITTLE_ENDIAN) != SnapshotDescriptor.FORMAT) {
                throw new SnapshotException(file + " is a snapshot in a format of another version");
            }
            if (buffer.getInt(SnapshotDescriptor.HEADER_CRC_OFFSET, ByteOrder.LITTLE_ENDIAN)
                    != SnapshotDescriptor.headerCrc(buffer, 0)) {
                throw new SnapshotException(file + " is damaged: its header does not match its checksum");
            }
            InputStream in = new BufferedInputStream(Files.newInputStream(file), COPY_LENGTH);
            in.skipNBytes(SnapshotDescriptor.HEADER_LENGTH);
            return new SnapshotReader(file, new DataInputStream(in), SnapshotDescriptor.header(buffer, 0), hash);
        } catch (NoSuchFileException e) {
            throw new SnapshotException(file + " does not exist", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static byte[] begin(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(SnapshotDescriptor.HEADER_LENGTH);
        }
    }

    private static void checkKind(Path file, byte[] begin) {
        UnsafeBuffer buffer = new UnsafeBuffer(begin);
        if (begin.length >= Long.BYTES && buffer.getLong(0, ByteOrder.LITTLE_ENDIAN) == SnapshotDescriptor.MAGIC) {
            return;
        }
        boolean isEtcds = begin.length >= BBOLT_MAGIC_OFFSET + Integer.BYTES
                && buffer.getInt(BBOLT_MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN) == BBOLT_MAGIC;
        throw new SnapshotException(
                file + (isEtcds ? " is a snapshot of etcd's, not one of Stele's" : " is not a snapshot of Stele's"));
    }

    /** The hash that the file ends with; null where there is none and none is wanted. */
    private static byte[] hash(Path file, boolean checks) throws IOException {
        long length = Files.size(file);
        if (length % SnapshotDescriptor.BLOCK_LENGTH != SnapshotDescriptor.HASH_LENGTH) {
            if (checks) {
                throw new SnapshotException(file + " is cut off: it does not end with a SHA-256");
            }
            return null;
        }
        MessageDigest digest = SnapshotWriter.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] copy = new byte[COPY_LENGTH];
            long left = length - SnapshotDescriptor.HASH_LENGTH;
            while (checks && left > 0) {
                int read = in.readNBytes(copy, 0, (int) Math.min(left, copy.length));
                if (read == 0) {
                    throw new EOFException();
                }
                digest.update(copy, 0, read);
                left -= read;
            }
            in.skipNBytes(left);
            byte[] expected = in.readNBytes(SnapshotDescriptor.HASH_LENGTH);
            byte[] found = digest.digest();
            if (checks && !Arrays.equals(expected, found)) {
                throw new SnapshotException(file + " is damaged: its SHA-256 is "
                        + HexFormat.of().formatHex(found, 0, Integer.BYTES) + "..., it says "
                        + HexFormat.of().formatHex(expected, 0, Integer.BYTES) + "...");
            }
            return expected;
        }
    }

    private static SnapshotException unreadable(Path file, IOException e) {
        return new SnapshotException(
                file + (e instanceof EOFException ? " is cut off" : " cannot be read: " + e.getMessage()), e);
    }

    public SnapshotHeader header() {
        return header;
    }

    /** The first bytes of the hash, to tell snapshots apart; 0 where there is none. */
    public int shortHash() {
        return hash == null ? 0 : new UnsafeBuffer(hash).getInt(0, ByteOrder.BIG_ENDIAN);
    }

    /** Reads the next chunk; false after the last one, when all of them have come. */
    public boolean next() {
        try {
            byte[] head = in.readNBytes(SnapshotDescriptor.CHUNK_HEADER_LENGTH);
            if (head.length < SnapshotDescriptor.CHUNK_HEADER_LENGTH) {
                throw new EOFException();
            }
            UnsafeBuffer headBuffer = new UnsafeBuffer(head);
            chunkType = SnapshotDescriptor.chunkType(headBuffer, 0);
            chunkLength = SnapshotDescriptor.chunkLength(headBuffer, 0);
            if (chunkType < SnapshotDescriptor.ENTRIES
                    || chunkType > SnapshotDescriptor.END
                    || chunkLength < 0
                    || chunkLength > SnapshotDescriptor.CHUNK_LENGTH_MAX) {
                throw damaged();
            }
            int whole = SnapshotDescriptor.CHUNK_HEADER_LENGTH + chunkLength;
            if (chunk.capacity() < whole) {
                chunk = new UnsafeBuffer(new byte[2 * whole]);
            }
            chunk.putBytes(0, head);
            in.readFully(chunk.byteArray(), SnapshotDescriptor.CHUNK_HEADER_LENGTH, chunkLength);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (!SnapshotDescriptor.isChunkWhole(chunk, 0, chunkLength)) {
            throw damaged();
        }
        return chunkType != SnapshotDescriptor.END;
    }

    /** After the last chunk: whether so many entries were to come as have come. */
    public void checkEnd(long found) {
        long said = chunk.getLong(offset(), ByteOrder.LITTLE_ENDIAN);
        if (chunkType != SnapshotDescriptor.END || found != said || found != header.entryCount()) {
            throw new SnapshotException(
                    file + " is damaged: it has " + found + " of " + header.entryCount() + " entries");
        }
    }

    private SnapshotException damaged() {
        return new SnapshotException(file + " is damaged: a chunk does not match its checksum");
    }

    public int type() {
        return chunkType;
    }

    /** Where the chunk's bytes are, from {@link #offset} on. */
    public UnsafeBuffer buffer() {
        return chunk;
    }

    public int offset() {
        return SnapshotDescriptor.CHUNK_HEADER_LENGTH;
    }

    public int length() {
        return chunkLength;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
