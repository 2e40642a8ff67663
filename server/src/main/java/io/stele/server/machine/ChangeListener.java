package io.stele.server.machine;

/** Hears of changes of the key space, one by one, in the order of their revisions. */
public interface ChangeListener {
    /** Nobody listens. */
    ChangeListener NONE = new ChangeListener() {
        @Override
        public boolean onChange(long main, int sub, RevisionView change) {
            return true;
        }

        @Override
        public void onRevision(long main) {}
    };

    /**
     * A key was put, or deleted: then the view is a tombstone. It is valid during the call only. The answer counts
     * where history is read: false ends the reading before this change.
     */
    boolean onChange(long main, int sub, RevisionView change);

    /** All changes of this revision have been told. */
    void onRevision(long main);
}
