package io.stele.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.stele.gateway.port.Http1Protocol;
import io.stele.gateway.port.Http2Protocol;
import io.stele.transport.client.ClientFace;
import io.stele.transport.client.FaceContext;
import io.stele.transport.client.PortProtocol;
import io.stele.transport.client.PortUse;
import java.util.List;

/**
 * etcd's v3 API on a node's client ports: gRPC, and JSON over HTTP. Stateless: each request becomes one or more of the
 * node's own, and what is made of the answers is etcd's to the letter.
 *
 * <p>Nothing of it is loaded, and it has no thread, before the first connection that speaks one of its protocols.
 */
public final class EtcdFace implements ClientFace {
    private final Http2Protocol grpc = new Http2Protocol(this::adoptGrpc);
    private final Http1Protocol http = new Http1Protocol(this::adoptHttp);
    private final Http1Protocol metrics = new Http1Protocol(this::adoptMetrics);
    private FaceContext context;
    private Gateway gateway;
    private boolean isClosed;

    @Override
    public List<PortProtocol> protocols(PortUse use) {
        return switch (use) {
            case CLIENTS -> List.of(grpc, http);
            case CLIENTS_WITHOUT_HTTP -> List.of(grpc);
            case HTTP -> List.of(http);
            case METRICS -> List.of(metrics);
            case MEMBERS -> List.of();
        };
    }

    @Override
    public synchronized void start(FaceContext value) {
        context = value;
    }

    private void adoptGrpc(Channel channel, ByteBuf received) {
        Gateway adopter = gateway(channel, received);
        if (adopter != null) {
            adopter.adoptGrpc(channel, received);
        }
    }

    private void adoptHttp(Channel channel, ByteBuf received) {
        Gateway adopter = gateway(channel, received);
        if (adopter != null) {
            adopter.adoptHttp(channel, received);
        }
    }

    private void adoptMetrics(Channel channel, ByteBuf received) {
        Gateway adopter = gateway(channel, received);
        if (adopter != null) {
            adopter.adoptMetrics(channel, received);
        }
    }

    private synchronized Gateway gateway(Channel channel, ByteBuf received) {
        if (context == null || isClosed) {
            received.release();
            var unused = channel.close();
            return null;
        }
        if (gateway == null) {
            gateway = new Gateway(context);
        }
        return gateway;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (gateway != null) {
            gateway.close();
        }
    }
}
