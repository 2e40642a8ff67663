package io.stele.server.machine;

/**
 * What has to go on in the midst of an entry that takes long, such as the deletion of a million keys: it is called
 * again and again until the entry is applied. The state is between two entries then, and must be left alone.
 */
@FunctionalInterface
public interface Pulse {
    /** Nothing has to go on. */
    Pulse NONE = () -> {};

    void beat();
}
