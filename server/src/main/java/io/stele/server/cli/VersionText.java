package io.stele.server.cli;

import io.stele.server.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "stele Version: " + Version.NUMBER,
            "etcd API Version: " + Version.ETCD_API,
            "Java Version: " + Runtime.version(),
        };
    }
}
