package io.stele.transport.peer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/**
 * Finds a host's address without blocking: asking a name server may take seconds, so that is done on a thread that
 * lives as long as the question.
 */
final class HostResolver {
    private static final byte[] LITERAL = "0123456789.:abcdefABCDEF%".getBytes(StandardCharsets.US_ASCII);

    private final String host;
    private volatile String found;
    private volatile boolean asking;

    HostResolver(String host) {
        this.host = host;
        if (isLiteral()) {
            found = resolve();
        }
    }

    /** Whether the host is an address already. */
    boolean isLiteral() {
        boolean hasSeparator = false;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean known = false;
            for (byte b : LITERAL) {
                known |= b == c;
            }
            if (!known) {
                return false;
            }
            hasSeparator |= c == '.' || c == ':';
        }
        return hasSeparator && (host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1)));
    }

    /** The newest answer, as a URI has it; null if there is none yet. */
    String found() {
        return found;
    }

    /** Asks again, unless a question is under way. */
    void ask() {
        if (asking || isLiteral()) {
            return;
        }
        asking = true;
        Thread thread = new Thread(
                () -> {
                    String answer = resolve();
                    if (answer != null) {
                        found = answer;
                    }
                    asking = false;
                },
                "stele-resolve");
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks and waits for the answer; null if there is none. */
    String resolve() {
        try {
            InetAddress address = InetAddress.getByName(host);
            String text = address.getHostAddress();
            return address instanceof Inet6Address ? "[" + text + "]" : text;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
