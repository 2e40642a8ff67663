package io.stele.transport.client;

import io.stele.transport.client.sim.SimClient;
import io.stele.transport.client.sim.SimClientLink;
import io.stele.transport.codec.GoodbyeReason;
import org.agrona.DirectBuffer;

class SimClientLinkTest extends ClientLinkContract {
    private final SimClientLink link = new SimClientLink(IN_FLIGHT_MAX, QUEUE_BYTES_MAX);

    @Override
    ClientLink link() {
        return link;
    }

    @Override
    Peer connect() {
        SimClient client = link.connect();
        return new Peer() {
            @Override
            public void send(DirectBuffer buffer, int offset, int length) {
                client.send(buffer, offset, length);
            }

            @Override
            public byte[] receive() {
                return client.receive();
            }

            @Override
            public void cut() {
                client.cut();
            }

            @Override
            public GoodbyeReason reason() {
                return client.reason();
            }
        };
    }
}
