package io.stele.storage.file;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * CRC32C (Castagnoli) of buffer ranges, without garbage: the JVM's intrinsic, some 16 ns for 256 bytes and 90 ns for
 * 4 KiB.
 *
 * <p>The JDK computes it over an array or a {@link ByteBuffer} with a position. The position is the trouble: a buffer
 * may be shared between threads, so each instance keeps its own window over the last byte buffer that it was shown.
 * Work that stays within one mapping therefore allocates nothing; changing over costs one small object. Instances
 * belong to one thread.
 */
public final class Checksum {
    private static final int SCRATCH_LENGTH = 4096;

    private final CRC32C crc = new CRC32C();
    private ByteBuffer windowed;
    private ByteBuffer window;
    private byte[] scratch;

    public int compute(DirectBuffer buffer, int offset, int length) {
        crc.reset();
        update(buffer, offset, length);
        return (int) crc.getValue();
    }

    private void update(DirectBuffer buffer, int offset, int length) {
        buffer.boundsCheck(offset, length);
        byte[] array = buffer.byteArray();
        ByteBuffer bytes = buffer.byteBuffer();
        if (array != null) {
            crc.update(array, buffer.wrapAdjustment() + offset, length);
        } else if (bytes != null) {
            int start = buffer.wrapAdjustment() + offset;
            crc.update(window(bytes).limit(start + length).position(start));
        } else {
            updateByCopy(buffer, offset, length);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant, not the same bytes
    private ByteBuffer window(ByteBuffer bytes) {
        if (windowed != bytes) {
            windowed = bytes;
            window = bytes.duplicate();
        }
        return window.clear();
    }

    /** For buffers that wrap a bare address: nothing in the JDK takes one. */
    private void updateByCopy(DirectBuffer buffer, int offset, int length) {
        if (scratch == null) {
            scratch = new byte[SCRATCH_LENGTH];
        }
        int done = 0;
        while (done < length) {
            int count = Math.min(SCRATCH_LENGTH, length - done);
            buffer.getBytes(offset + done, scratch, 0, count);
            crc.update(scratch, 0, count);
            done += count;
        }
    }
}
