package io.stele.perf.load;

/** A store under load: etcd, Stele, or a test's own. */
public interface Target extends AutoCloseable {
    /** The server's name and version; fails where no endpoint answers. */
    String describe();

    /** Opens one more connection; connections go around the endpoints. */
    Session connect();

    /** Has the store forget every version that is not the newest of its key. */
    void compact();

    @Override
    void close();
}
