package io.stele.transport.peer;

/**
 * Where a member listens for its peers.
 *
 * @param host name or address, IPv6 without brackets
 */
public record PeerAddress(String host, int port) {
    public PeerAddress {
        if (host.isBlank() || port <= 0 || port > 65_535) {
            throw new IllegalArgumentException("no address: '" + host + "', port " + port);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
