package io.stele.client.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/*
 * Global flags from the environment: --dial-timeout is STELECTL_DIAL_TIMEOUT. As in etcdctl, a flag and its variable
 * must not both be set; an unknown variable of ours is reported and ignored. Unlike there, a bad value is an error.
 */
final class Environment {
    private static final String PREFIX = "STELECTL_";

    private Environment() {}

    static Map<String, String> values(Map<String, String> environment, CommandLine line, Console console) {
        Map<String, String> values = new HashMap<>();
        Map<String, String> ours = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                ours.put(name, Octets.utf8(value));
            }
        });
        for (Flag flag : CommandTable.ROOT.flags()) {
            String name = PREFIX + flag.name().toUpperCase(Locale.ROOT).replace('-', '_');
            String value = ours.remove(name);
            if (value == null || value.isEmpty()) {
                continue;
            }
            if (line.given(flag.name()) != null) {
                throw new CliException(
                        CliException.ERROR,
                        "conflicting environment variable " + GoQuote.quote(name)
                                + " is shadowed by corresponding command-line flag"
                                + " (either unset environment variable or disable flag)");
            }
            try {
                flag.check(value);
            } catch (IllegalArgumentException e) {
                throw new CliException(
                        CliException.ERROR,
                        "invalid value " + GoQuote.quote(value) + " for " + name + ": " + e.getMessage());
            }
            values.put(flag.name(), value);
        }
        WatchCommand.VARIABLES.forEach(ours::remove);
        ours.forEach((name, value) ->
                console.complain("Warning: unrecognized environment variable " + Octets.utf8(name) + "=" + value));
        for (Flag flag : CommandTable.ROOT.flags()) {
            if (line.given(flag.name()) != null) {
                values.put(flag.name(), line.given(flag.name()));
            }
        }
        return values;
    }
}
