package io.stele.transport.source;

/** Opens sources of one kind; found by {@code ServiceLoader}, so that whoever reads need not know what there is. */
public interface KeySourceProvider {
    /** What it is called on the command line. */
    String name();

    /**
     * Connects and pins a revision.
     *
     * @param endpoint {@code http://host:port}
     * @param user {@code name:password}, or null
     * @param revision which one to read; 0: the newest
     */
    KeySource open(String endpoint, String user, long revision);
}
