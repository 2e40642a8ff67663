package io.stele.transport.peer;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import org.agrona.LangUtil;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * The driver's end of what goes to one address. A host answers a packet for a port on which nobody listens, and the
 * kernel says so with the next call on the socket; the driver passes over that. Here it is passed on: a peer whose
 * process has ended is known about a packet later, while its silence would be noticed much later.
 */
final class PeerSendEndpoint extends SendChannelEndpoint {
    private final Consumer<InetSocketAddress> absences;

    /** @param absences told of an address on which nobody listens, each time that it shows; on the driver's thread */
    PeerSendEndpoint(
            UdpChannel channel,
            AtomicCounter statusIndicator,
            MediaDriver.Context context,
            Consumer<InetSocketAddress> absences) {
        super(channel, statusIndicator, context);
        this.absences = absences;
    }

    @Override
    public int send(ByteBuffer buffer) {
        try {
            return sendDatagramChannel.isConnected() ? sendDatagramChannel.write(buffer) : 0;
        } catch (PortUnreachableException e) {
            absences.accept(udpChannel().remoteData());
        } catch (IOException e) {
            onSendError(e, connectAddress, errorHandler);
        }
        return 0;
    }

    @Override
    public InetSocketAddress receive(ByteBuffer buffer) {
        buffer.clear();
        try {
            return receiveDatagramChannel.isOpen() ? (InetSocketAddress) receiveDatagramChannel.receive(buffer) : null;
        } catch (PortUnreachableException e) {
            absences.accept(udpChannel().remoteData());
        } catch (ClosedChannelException e) {
            // it is being closed: nothing comes any more
        } catch (IOException e) {
            LangUtil.rethrowUnchecked(e);
        }
        return null;
    }
}
