package io.stele.transport.client;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where a link listens, and what is spoken there.
 *
 * @param address port 0: any free one
 * @param isNative whether Stele's own protocol is
 * @param protocols what else is
 */
record ListenPoint(InetSocketAddress address, boolean isNative, List<PortProtocol> protocols) {}
