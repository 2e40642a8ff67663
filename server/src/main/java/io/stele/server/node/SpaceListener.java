package io.stele.server.node;

/** Is told when the disk has become so full that writes are refused, and when it has space again. */
@FunctionalInterface
public interface SpaceListener {
    /** On the checkpoint thread. */
    void onChange(boolean outOfSpace, long freeBytes);
}
