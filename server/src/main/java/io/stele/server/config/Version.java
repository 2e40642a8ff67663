package io.stele.server.config;

/** Versions of what this build is and writes. */
public final class Version {
    public static final String NUMBER = "0.1.0";
    /** Layout of the data directory. */
    public static final String STORAGE = "1";
    /** The etcd API whose semantics these are. */
    public static final String ETCD_API = "3.7.1";

    /** That of a cluster: it is the same for all patches. */
    public static final String CLUSTER = "3.7.0";

    private Version() {}
}
