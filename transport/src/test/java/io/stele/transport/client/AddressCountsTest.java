package io.stele.transport.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AddressCountsTest {
    @Test
    void shouldCountAddressesAsLongAsTheyHaveConnections() {
        AddressCounts counts = new AddressCounts();
        InetAddress key = AddressCounts.key(new InetSocketAddress("2001:db8::1", 1));
        assertEquals(key, AddressCounts.key(new InetSocketAddress("2001:db8::ffff:1", 2)));
        assertNotEquals(key, AddressCounts.key(new InetSocketAddress("2001:db8:1::1", 1)));
        assertNotEquals(
                AddressCounts.key(new InetSocketAddress("10.0.0.1", 1)),
                AddressCounts.key(new InetSocketAddress("10.0.0.2", 1)));
        assertEquals(1, counts.add(key));
        assertEquals(2, counts.add(key));
        counts.remove(key);
        counts.remove(key);
        assertEquals(0, counts.addressCount());
    }
}
