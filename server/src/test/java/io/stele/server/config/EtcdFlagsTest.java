package io.stele.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EtcdFlagsTest {
    @Test
    void shouldTakeWhatHasNoMeaningHereAndNameIt() {
        assertEquals(
                List.of("--enable-pprof", "--pre-vote", "--logger", "--max-wals"),
                ignored("--pre-vote", "--enable-pprof=false", "--name", "n1", "--logger=zap", "--max-wals", "0"));
        assertEquals(List.of(), ignored("--name", "n1"));
    }

    @Test
    void shouldRefuseWhatPromisesProtection() {
        ConfigException refusal = assertThrows(ConfigException.class, () -> ignored("--trusted-ca-file", "ca.pem"));
        assertEquals("--trusted-ca-file is not supported yet", refusal.getMessage());
        assertThrows(ConfigException.class, () -> ignored("--client-cert-auth"));
        assertEquals(List.of(), ignored("--client-cert-auth=false", "--cert-file="));
    }

    @Test
    void shouldStillRefuseWhatIsNoFlag() {
        assertThrows(CommandLine.UnmatchedArgumentException.class, () -> ignored("--nonsense", "1"));
    }

    private static List<String> ignored(String... arguments) {
        CommandLine commandLine = new CommandLine(new ServerOptions());
        EtcdFlags.addTo(commandLine.getCommandSpec());
        return EtcdFlags.ignored(commandLine.parseArgs(arguments));
    }
}
