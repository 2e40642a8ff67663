package io.stele.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private final Checksum checksum = new Checksum();

    @Test
    void shouldKnowTheTestVector() {
        UnsafeBuffer buffer = new UnsafeBuffer("123456789".getBytes(StandardCharsets.US_ASCII));
        assertEquals(0xe3069283, checksum.compute(buffer, 0, 9));
    }

    @Test
    void shouldAgreeForEveryKindOfBuffer() {
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
        direct.put(bytes);
        ByteBuffer otherDirect = ByteBuffer.allocateDirect(bytes.length + 8);
        otherDirect.position(8);
        otherDirect.put(bytes);
        long address = BufferUtil.address(direct);
        DirectBuffer[] buffers = {
            new UnsafeBuffer(bytes),
            new UnsafeBuffer(direct),
            new UnsafeBuffer(otherDirect, 8, bytes.length),
            new UnsafeBuffer(ByteBuffer.wrap(bytes)),
            new UnsafeBuffer(address, bytes.length),
        };
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            int offset = random.nextInt(bytes.length);
            int length = random.nextInt(bytes.length - offset + 1);
            CRC32C expected = new CRC32C();
            expected.update(bytes, offset, length);
            for (DirectBuffer buffer : buffers) {
                assertEquals((int) expected.getValue(), checksum.compute(buffer, offset, length));
            }
        }
    }

    @Test
    void shouldRefuseARangeOutsideTheBuffer() {
        UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(16));
        assertThrows(IndexOutOfBoundsException.class, () -> checksum.compute(buffer, 8, 9));
    }
}
