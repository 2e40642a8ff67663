package io.stele.server.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code http://host:port}, as the command line names addresses.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 0 takes a free one
 */
public record ListenUrl(String host, int port) {

    public static ListenUrl parse(String flag, String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new ConfigException(flag + ": '" + text + "' is not a URL of the form http://host:port");
        }
        if (!"http".equals(uri.getScheme())) {
            throw new ConfigException(flag + ": '" + text + "' must start with http://");
        }
        if (uri.getHost() == null || uri.getPort() < 0 || uri.getPort() > 65_535) {
            throw new ConfigException(
                    flag + ": '" + text + "' must name a host and a port, as in http://127.0.0.1:2379");
        }
        if (uri.getPath() != null && !uri.getPath().isEmpty()) {
            throw new ConfigException(flag + ": '" + text + "' must not contain a path");
        }
        String host = uri.getHost();
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new ListenUrl(bracketed ? host.substring(1, host.length() - 1) : host, uri.getPort());
    }

    /** Parses a comma-separated list. */
    public static List<ListenUrl> parseList(String flag, String text) {
        List<ListenUrl> urls = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            urls.add(parse(flag, part.trim()));
        }
        return urls;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
