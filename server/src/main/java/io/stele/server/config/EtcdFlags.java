package io.stele.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * etcd's flags that this server has no use for: they parse, so that a command line or a configuration made for etcd
 * starts it, and each that is set is named in a warning. Flags that promise protection are refused instead.
 */
public final class EtcdFlags {
    /** May stand alone, for true. */
    private static final Set<String> SWITCHES = Set.of(
            "initial-election-tick-advance",
            "memory-mlock",
            "socket-reuse-port",
            "socket-reuse-address",
            "enable-grpc-gateway",
            "pre-vote",
            "enable-pprof",
            "enable-log-rotation",
            "enable-distributed-tracing",
            "unsafe-no-fsync",
            "discovery-insecure-transport",
            "discovery-insecure-skip-tls-verify");

    private static final Set<String> VALUES = Set.of(
            "wal-dir",
            "snapshot-count",
            "max-snapshots",
            "max-wals",
            "backend-bbolt-freelist-type",
            "backend-batch-interval",
            "backend-batch-limit",
            "raft-read-timeout",
            "raft-write-timeout",
            "feature-gates",
            "discovery-token",
            "discovery-endpoints",
            "discovery-dial-timeout",
            "discovery-request-timeout",
            "discovery-keepalive-time",
            "discovery-keepalive-timeout",
            "discovery-cert",
            "discovery-key",
            "discovery-cacert",
            "discovery-user",
            "discovery-password",
            "discovery-fallback",
            "discovery-srv",
            "discovery-srv-name",
            "self-signed-cert-validity",
            "cipher-suites",
            "tls-min-version",
            "tls-max-version",
            "host-whitelist",
            "cors",
            "auth-token",
            "auth-token-ttl",
            "metrics",
            "logger",
            "log-outputs",
            "log-rotation-config-json",
            "warning-unary-request-duration",
            "warning-apply-duration",
            "distributed-tracing-address",
            "distributed-tracing-service-name",
            "distributed-tracing-instance-id",
            "distributed-tracing-sampling-rate",
            "corrupt-check-time",
            "compact-hash-check-time",
            "compaction-batch-limit",
            "compaction-sleep-interval",
            "bootstrap-defrag-threshold-megabytes",
            "downgrade-check-time",
            "snapshot-catchup-entries",
            "v2-deprecation",
            "proxy");

    /** Who sets one of these relies on what is not there. */
    private static final Set<String> REFUSED_SWITCHES = Set.of(
            "client-cert-auth",
            "auto-tls",
            "peer-client-cert-auth",
            "peer-auto-tls",
            "peer-skip-client-san-verification",
            "force-new-cluster");

    private static final Set<String> REFUSED_VALUES = Set.of(
            "cert-file",
            "key-file",
            "client-cert-file",
            "client-key-file",
            "client-crl-file",
            "client-cert-allowed-hostname",
            "trusted-ca-file",
            "peer-cert-file",
            "peer-key-file",
            "peer-client-cert-file",
            "peer-client-key-file",
            "peer-crl-file",
            "peer-trusted-ca-file",
            "peer-cert-allowed-cn",
            "peer-cert-allowed-hostname");

    private EtcdFlags() {}

    /** Makes the command take them, where it does not have a flag of the name itself. */
    public static void addTo(CommandSpec command) {
        addTo(command, SWITCHES, "0..1");
        addTo(command, REFUSED_SWITCHES, "0..1");
        addTo(command, VALUES, "1");
        addTo(command, REFUSED_VALUES, "1");
    }

    private static void addTo(CommandSpec command, Set<String> names, String arity) {
        for (String name : new TreeSet<>(names)) {
            if (command.findOption("--" + name) == null) {
                command.addOption(OptionSpec.builder("--" + name)
                        .type(String.class)
                        .arity(arity)
                        .fallbackValue("true")
                        .hidden(true)
                        .build());
            }
        }
    }

    static boolean isKnown(String name) {
        return SWITCHES.contains(name)
                || VALUES.contains(name)
                || REFUSED_SWITCHES.contains(name)
                || REFUSED_VALUES.contains(name);
    }

    /** Those that are set and do nothing. Throws {@link ConfigException} for one that is not to be done without. */
    public static List<String> ignored(ParseResult parsed) {
        List<String> ignored = new ArrayList<>();
        for (OptionSpec option : parsed.commandSpec().options()) {
            String name = option.longestName().replaceFirst("^-+", "");
            String value = option.hidden() && option.type() == String.class ? option.getValue() : null;
            if (value == null || value.isEmpty()) {
                continue;
            }
            boolean isOff = value.equals("false");
            if (REFUSED_VALUES.contains(name) || (REFUSED_SWITCHES.contains(name) && !isOff)) {
                throw new ConfigException("--" + name + " is not supported yet");
            }
            if (SWITCHES.contains(name) || VALUES.contains(name)) {
                ignored.add("--" + name);
            }
        }
        return ignored;
    }
}
