package io.stele.storage.page;

import io.stele.storage.file.Checksum;
import org.agrona.concurrent.UnsafeBuffer;

/** CRC32C that is never 0. One per thread. */
final class PageChecksum {
    private final Checksum checksum = new Checksum();

    int of(UnsafeBuffer buffer, int offset, int length) {
        int value = checksum.compute(buffer, offset, length);
        return value == 0 ? 1 : value;
    }
}
