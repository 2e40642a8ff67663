package io.stele.perf.crash;

import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where the members of a cluster run: all on the loopback, or each in a network namespace of its own that somebody has
 * made ({@code deploy/partitions.sh} does), where what they say to each other can be cut off.
 *
 * <p>Member i lives in the namespace of that prefix and number, at 10.254.77.(i + 1). Only the members' own traffic is
 * cut, which is all UDP: a client still reaches a leader that nobody else hears, and must not be told old news.
 */
public final class MemberHosts {
    private static final String NETWORK = "10.254.77.";
    private static final String TABLE = "stele_cut";

    /** Null: on the loopback. */
    private final String prefix;

    /** @param namespacePrefix of the namespaces' names; null: no namespaces */
    public MemberHosts(String namespacePrefix) {
        prefix = namespacePrefix;
    }

    boolean isLoopback() {
        return prefix == null;
    }

    String address(int member) {
        return prefix == null ? "127.0.0.1" : NETWORK + (member + 1);
    }

    /** What goes before a command to run it where the member is; the process stays the same. */
    List<String> prefix(int member) {
        return prefix == null ? List.of() : List.of("ip", "netns", "exec", prefix + member);
    }

    /** From now on the member hears nothing of the others, or is not heard by them, or both. */
    void cut(int member, boolean in, boolean out) throws IOException, InterruptedException {
        StringBuilder rules = new StringBuilder("table inet " + TABLE + " {\n");
        if (in) {
            rules.append("chain i { type filter hook input priority 0; meta l4proto udp drop; }\n");
        }
        if (out) {
            rules.append("chain o { type filter hook output priority 0; meta l4proto udp drop; }\n");
        }
        nft(member, rules.append("}\n").toString());
    }

    void heal(int member) throws IOException, InterruptedException {
        nft(member, "delete table inet " + TABLE + "\n");
    }

    private void nft(int member, String rules) throws IOException, InterruptedException {
        if (prefix == null) {
            throw new BenchException("members can be cut off in network namespaces only: see deploy/partitions.sh");
        }
        Process nft = new ProcessBuilder("ip", "netns", "exec", prefix + member, "nft", "-f", "-")
                .redirectErrorStream(true)
                .start();
        try (var in = nft.getOutputStream()) {
            in.write(rules.getBytes(StandardCharsets.US_ASCII));
        }
        String said = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (nft.waitFor() != 0) {
            throw new BenchException("nft has failed for member " + member + ": " + said);
        }
    }
}
