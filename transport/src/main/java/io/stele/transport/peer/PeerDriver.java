package io.stele.transport.peer;

import io.aeron.Aeron;
import io.aeron.PublicationErrorFrameHandler;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.SendChannelEndpointSupplier;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The embedded media driver and its client, set up for members that send heartbeats every few dozen milliseconds.
 *
 * <p>Times: a peer that has fallen silent is given up after one second, and one that comes back under the same address
 * is heard at once, whatever is left of its earlier life. A pause of this process of any length ends nothing: only we
 * use the driver, so its patience with its client is a day.
 */
final class PeerDriver implements AutoCloseable {
    /** Streams of one kind that may come in: two lives of each of the most members there may be. */
    static final int SESSIONS_MAX = 64;

    private static final long PATIENCE_MS = TimeUnit.DAYS.toMillis(1);

    private static final int WINDOW_MAX = 1024 * 1024;
    private static final int SOCKET_BUFFER_MAX = 2 * 1024 * 1024;
    private static final int CONTROL_BUFFER_LENGTH = 1024 * 1024;

    /** So often the driver is run in a row while it finds something to do: each time it moves a packet of a stream. */
    private static final int ROUNDS_MAX = 64;

    private final MediaDriver driver;
    private final Aeron aeron;
    private final AgentInvoker driverInvoker;
    private final AgentInvoker clientInvoker;

    private PeerDriver(MediaDriver driver, Aeron aeron) {
        this.driver = driver;
        this.aeron = aeron;
        driverInvoker = driver.sharedAgentInvoker();
        clientInvoker = aeron.conductorAgentInvoker();
    }

    static PeerDriver launch(
            PeerLinkContext context,
            ReceiveChannelEndpointSupplier receiving,
            SendChannelEndpointSupplier sending,
            ErrorHandler errorHandler,
            PublicationErrorFrameHandler refusals) {
        MediaDriver driver = MediaDriver.launch(driverContext(context, errorHandler)
                .receiveChannelEndpointSupplier(receiving)
                .sendChannelEndpointSupplier(sending));
        try {
            Aeron.Context clientContext = new Aeron.Context()
                    .aeronDirectoryName(context.directory.toString())
                    .errorHandler(errorHandler)
                    .publicationErrorFrameHandler(refusals)
                    .driverTimeoutMs(PATIENCE_MS) // it sees an old sign of life right after a pause of the process
                    .useConductorAgentInvoker(true);
            if (!context.dedicated) {
                clientContext.driverAgentInvoker(driver.sharedAgentInvoker());
            }
            return new PeerDriver(driver, Aeron.connect(clientContext));
        } catch (RuntimeException e) {
            CloseHelper.close(driver);
            throw e;
        }
    }

    private static MediaDriver.Context driverContext(PeerLinkContext context, ErrorHandler errorHandler) {
        int receiveBuffer = grantedReceiveBuffer();
        return new MediaDriver.Context()
                .aeronDirectoryName(context.directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .threadingMode(context.dedicated ? ThreadingMode.SHARED : ThreadingMode.INVOKER)
                .sharedIdleStrategy(new BusySpinIdleStrategy())
                .asyncExecutorEnabled(false)
                .errorHandler(errorHandler)
                .streamSessionLimit(SESSIONS_MAX)
                .termBufferSparseFile(true)
                .performStorageChecks(false)
                .mtuLength(context.mtu)
                .socketRcvbufLength(receiveBuffer)
                .socketSndbufLength(Math.min(SOCKET_BUFFER_MAX, grantedSendBuffer()))
                .initialWindowLength(Math.min(WINDOW_MAX, receiveBuffer))
                .conductorBufferLength(CONTROL_BUFFER_LENGTH + RingBufferDescriptor.TRAILER_LENGTH)
                .imageLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(1))
                .publicationConnectionTimeoutNs(TimeUnit.SECONDS.toNanos(1))
                .publicationLingerTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200))
                .statusMessageTimeoutNs(TimeUnit.MILLISECONDS.toNanos(100))
                .timerIntervalNs(TimeUnit.MILLISECONDS.toNanos(50))
                .untetheredWindowLimitTimeoutNs(TimeUnit.MILLISECONDS.toNanos(300))
                .untetheredRestingTimeoutNs(TimeUnit.MILLISECONDS.toNanos(500))
                .clientLivenessTimeoutNs(TimeUnit.DAYS.toNanos(1))
                .publicationUnblockTimeoutNs(TimeUnit.DAYS.toNanos(2));
    }

    /** What the system gives of what we should like: the window may not be larger. */
    private static int grantedReceiveBuffer() {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_MAX);
            return Math.min(SOCKET_BUFFER_MAX, probe.getOption(StandardSocketOptions.SO_RCVBUF));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a UDP socket", e);
        }
    }

    private static int grantedSendBuffer() {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_MAX);
            return probe.getOption(StandardSocketOptions.SO_SNDBUF);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a UDP socket", e);
        }
    }

    Aeron aeron() {
        return aeron;
    }

    /** Moves packets, as long as there are some; returns how much was done. */
    int drive() {
        int workCount = clientInvoker.invoke();
        if (driverInvoker != null) {
            int work = driverInvoker.invoke();
            for (int round = 1; work > 0 && round < ROUNDS_MAX; round++) {
                workCount++;
                work = driverInvoker.invoke();
            }
        }
        return workCount;
    }

    boolean isClosed() {
        return aeron.isClosed();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(aeron, driver);
    }
}
