package io.stele.transport.client;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each remote address has. Of an IPv6 address the first half counts: the other half is its
 * owner's to choose from.
 */
final class AddressCounts {
    private static final int NETWORK_BYTES = 8;

    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    /** What an address is counted by; null for one that is not known, which is not counted. */
    static InetAddress key(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress socketAddress)) {
            return null;
        }
        InetAddress address = socketAddress.getAddress();
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes.length + " bytes", e);
        }
    }

    /** Its connections, this one included. */
    int add(InetAddress key) {
        return key == null ? 0 : counts.merge(key, 1, Integer::sum);
    }

    void remove(InetAddress key) {
        if (key != null) {
            counts.computeIfPresent(key, (address, count) -> count == 1 ? null : count - 1);
        }
    }

    int addressCount() {
        return counts.size();
    }
}
