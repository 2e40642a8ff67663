package io.stele.server.cli;

import io.stele.server.config.Version;
import java.util.Locale;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            // The first four as etcd prints them: its tools read them.
            "etcd Version: " + Version.ETCD_API,
            "Git SHA: Not provided",
            "Go Version: none",
            "Go OS/Arch: " + System.getProperty("os.name").toLowerCase(Locale.ROOT) + "/"
                    + System.getProperty("os.arch"),
            "stele Version: " + Version.NUMBER,
            "Java Version: " + Runtime.version(),
        };
    }
}
