package io.stele.transport.peer;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * CRC32C over pieces of buffers, without garbage as long as they lie in the same memory as the last ones. One thread.
 */
final class FrameChecksum {
    private static final int SCRATCH_LENGTH = 4096;
    private static final int WINDOWS = 8; // power of two; terms of a few streams

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer[] origins = new ByteBuffer[WINDOWS];
    private final ByteBuffer[] windows = new ByteBuffer[WINDOWS];
    private byte[] scratch;
    private int nextWindow;

    FrameChecksum begin() {
        crc.reset();
        return this;
    }

    int value() {
        return (int) crc.getValue();
    }

    FrameChecksum update(DirectBuffer buffer, int offset, int length) {
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
        return this;
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant, not the same bytes
    private ByteBuffer window(ByteBuffer bytes) {
        for (int i = 0; i < WINDOWS; i++) {
            if (origins[i] == bytes) {
                return windows[i].clear();
            }
        }
        int place = nextWindow++ & WINDOWS - 1;
        origins[place] = bytes;
        windows[place] = bytes.duplicate();
        return windows[place].clear();
    }

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
