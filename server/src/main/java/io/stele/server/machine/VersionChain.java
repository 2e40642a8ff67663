package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.BTree;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A key's versions, tombstones too, from the newest to the oldest. Each stands in the tree of revisions and says where
 * the one before it is, and where its anchor is, one much further back:
 *
 * <pre>
 *   depth:   0  1 .. 15 16 17 .. 32 33 .. 240 .. 256 257 .. 272
 *   anchor:  -  0 ..  0  0 16 ..  0 32 ..   0 ..   0 256 .. 256
 * </pre>
 *
 * The anchor of depth d is the last version before it whose depth is a multiple of one more power of 16 than d is. So
 * any version among thousands is found in some dozens of steps, among millions in a few hundred, and overwriting a key
 * writes nothing but its new version: there is no tree of old versions by key, in which each put would touch a page.
 *
 * <p>Links may lead to versions that are compacted away. They are never followed: who reads at a revision that is not
 * compacted stops before.
 */
final class VersionChain {
    private static final int FAN = 16;

    private final BTree revisions;
    private final Stamp stamp;
    private final RevisionView content = new RevisionView();
    private final UnsafeBuffer revisionKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);
    private long main;
    private int sub;

    VersionChain(BTree revisions, Stamp stamp) {
        this.revisions = revisions;
        this.stamp = stamp;
    }

    /** Depth of the anchor of a version at a depth above 0. */
    static int anchorDepth(int depth) {
        long power = FAN;
        while (depth % power == 0) {
            power *= FAN;
        }
        return (int) (depth - depth % power);
    }

    /** Sets depth and anchor of the version that follows a key's newest one, or of a key's first where that is null. */
    void extend(KeyRecord newest, KeyRecord next) {
        next.depth = 0;
        next.anchorRevision = 0;
        next.anchorSubRevision = 0;
        if (newest == null) {
            return;
        }
        next.depth = newest.depth + 1;
        if (newest.depth % FAN == 0) {
            next.anchorRevision = newest.modRevision;
            next.anchorSubRevision = newest.modSubRevision;
            return;
        }
        next.anchorRevision = newest.anchorRevision;
        next.anchorSubRevision = newest.anchorSubRevision;
        int target = anchorDepth(next.depth);
        for (int depth = anchorDepth(newest.depth); depth != target; depth = anchorDepth(depth)) {
            follow(next);
        }
    }

    /** Replaces the anchor by its own anchor; by none where what lies before it is compacted, so nobody asks for it. */
    private void follow(KeyRecord next) {
        long anchor = next.anchorRevision;
        if (anchor == 0) {
            return;
        }
        boolean wanted = anchor > stamp.compactRevision() && load(anchor, next.anchorSubRevision);
        next.anchorRevision = wanted ? content.anchorMain() : 0;
        next.anchorSubRevision = wanted ? content.anchorSub() : 0;
    }

    /**
     * From a version after {@code atRevision}, finds the newest one that is not. False if there is none, or if it is a
     * tombstone; else {@link #main()} and {@link #sub()} say where it is.
     */
    boolean find(long fromMain, int fromSub, long atRevision) {
        main = fromMain;
        sub = fromSub;
        while (main > atRevision) {
            if (!load(main, sub)) {
                throw new IllegalStateException("revision " + main + "." + sub + " is missing");
            }
            if (content.anchorMain() > atRevision) {
                main = content.anchorMain();
                sub = content.anchorSub();
            } else {
                main = content.previousMain();
                sub = content.previousSub();
                if (main <= atRevision) {
                    return main != 0 && !content.isPreviousTombstone();
                }
            }
        }
        throw new IllegalArgumentException("version " + fromMain + " is not after " + atRevision);
    }

    long main() {
        return main;
    }

    int sub() {
        return sub;
    }

    private boolean load(long ofMain, int ofSub) {
        RevisionDescriptor.encodeKey(revisionKey, 0, ofMain, ofSub);
        boolean found = revisions.get(revisionKey, 0, RevisionDescriptor.KEY_LENGTH, content.slice);
        if (found) {
            content.wrap();
        }
        return found;
    }
}
