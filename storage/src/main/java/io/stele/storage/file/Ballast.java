package io.stele.storage.file;

/**
 * A file that only takes up space, to be thrown overboard when the disk is full: what it held lets the node compact,
 * checkpoint and shut down in good order. The node that has dropped it accepts no writes until it can be taken up
 * again.
 */
public final class Ballast {
    public static final String NAME = "ballast";

    private final FileStore store;
    private final long length;

    public Ballast(FileStore store, long length) {
        this.store = store;
        this.length = length;
    }

    public boolean isHeld() {
        return store.exists(NAME);
    }

    /** Frees the space; false if there was nothing to free. */
    public boolean drop() {
        if (!isHeld()) {
            return false;
        }
        store.delete(NAME);
        return true;
    }

    /**
     * Takes the space, if as much again would stay free for others; slow, off the hot path. True if it is held now.
     */
    public boolean takeUp() {
        if (isHeld()) {
            return true;
        }
        if (store.freeBytes() < 2 * length) {
            return false;
        }
        try {
            store.create(NAME, length).close();
            return true;
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.NO_SPACE) {
                return false;
            }
            throw e;
        }
    }
}
