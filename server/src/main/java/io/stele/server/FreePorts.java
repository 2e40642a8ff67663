package io.stele.server;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Scanner;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface that nobody uses, below those that the system gives to whoever asks for any: so a
 * server that is killed finds its port free when it is started again.
 */
public final class FreePorts {
    private static final Path GIVEN_BY_THE_SYSTEM = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LOWEST = 20_000;
    private static final int ABOVE_HIGHEST = 32_768;
    private static final int ATTEMPTS = 10_000;

    private FreePorts() {}

    /** So many different ones, each free for TCP and for UDP. */
    public static int[] find(int count) {
        int[] ports = ThreadLocalRandom.current()
                .ints(ATTEMPTS, LOWEST, aboveHighest())
                .distinct()
                .filter(FreePorts::isFree)
                .limit(count)
                .toArray();
        if (ports.length < count) {
            throw new IllegalStateException("there are no " + count + " free ports from " + LOWEST + " on");
        }
        return ports;
    }

    private static int aboveHighest() {
        try (Scanner range = new Scanner(GIVEN_BY_THE_SYSTEM, StandardCharsets.US_ASCII)) {
            return Math.max(LOWEST + 1_000, range.nextInt());
        } catch (IOException | NoSuchElementException e) {
            return ABOVE_HIGHEST;
        }
    }

    private static boolean isFree(int port) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket tcp = new ServerSocket(port, 1, loopback);
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, port))) {
            return tcp.isBound() && udp.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
