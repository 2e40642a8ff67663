package io.stele.storage.page;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;

/**
 * How long the file is, and who may have its last blocks.
 *
 * <p>It grows before it must: when allocation comes near the end, and at each checkpoint by as much as was taken while
 * the one before ran, when nothing can be freed. A store at rest wants nothing, and its file ends with the step in
 * use.
 *
 * <p>On a full disk puts are refused while there are blocks for removals left, removals while there are blocks for a
 * checkpoint's free map left: whoever makes room can always go on.
 */
final class SpaceKeeper {
    private static final long DISK_FREE_REGIONS = 4;
    private static final int LEAD_MAX = 64;

    private final FileStore files;
    private final PageFile file;
    private final BlockMap map;
    private final int blockBytes;
    private final int regionBlocks;
    private final int stepBlocks;
    private int usedAtBegin;
    private int takenInRun;
    /** Steps that are kept ready while the store grows: half of what it took between two checkpoints. */
    private int lead = 1;

    private boolean nearEnd;
    private boolean onlyRemovals;
    private volatile int stepsWanted;

    SpaceKeeper(FileStore files, PageFile file, BlockMap map, int blockBytes, int regionBlocks) {
        this.files = files;
        this.file = file;
        this.map = map;
        this.blockBytes = blockBytes;
        this.regionBlocks = regionBlocks;
        this.stepBlocks = file.stepBlocks();
    }

    /** Called for each allocation. */
    void noteAllocated(int block) {
        int wanted = block / stepBlocks + 1 + lead;
        if (wanted > map.capacity() / stepBlocks) {
            nearEnd = true;
            if (stepsWanted < wanted) {
                stepsWanted = wanted;
            }
        }
    }

    /** Steps that the file should have now: those in use, and room for what is likely to come. */
    int stepsToKeep() {
        int used = (map.usedEnd() + stepBlocks - 1) / stepBlocks;
        long room = map.usedCount() + takenInRun + regionBlocks / 8L;
        int likely = (int) ((room + stepBlocks - 1) / stepBlocks);
        return Math.max(likely, nearEnd ? used + lead : used);
    }

    /** A checkpoint begins, with so many steps kept or to come. */
    void noteBegin(int steps) {
        stepsWanted = steps;
        nearEnd = false;
        int used = map.usedCount();
        lead = Math.max(1, Math.min(LEAD_MAX, (used - usedAtBegin) / (2 * stepBlocks)));
        usedAtBegin = used;
    }

    /** A checkpoint completes; nothing has been released yet. */
    void noteComplete() {
        takenInRun = Math.max(0, map.usedCount() - usedAtBegin);
    }

    /** Any thread: whether {@link #growAhead()} has something to do. */
    boolean wantsToGrow() {
        return stepsWanted > file.stepCount();
    }

    /** One step at a time; any thread. A disk too full to grow ahead of need is no failure yet. */
    boolean growAhead() {
        int steps = file.stepCount();
        if (stepsWanted <= steps) {
            return false;
        }
        try {
            file.growTo(steps + 1);
            return true;
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NO_SPACE) {
                throw e;
            }
            stepsWanted = 0;
            return false;
        }
    }

    /** Blocks that only removals and checkpoints may take. */
    int putHeadroom() {
        return removeHeadroom() + (onlyRemovals ? 0 : Math.min(map.capacity() / 32, 64 * Long.SIZE));
    }

    /** Puts come from removals only, and may have what is kept for these. */
    void onlyRemovals(boolean on) {
        onlyRemovals = on;
    }

    /** Blocks that only checkpoints may take, for their free maps. */
    int removeHeadroom() {
        return 4 * (((map.capacity() + regionBlocks) / Byte.SIZE + blockBytes - 1) / blockBytes);
    }

    /** Whether the blocks in hand surely suffice. {@code words}: groups of 64 blocks that pages may take at most. */
    boolean hasRoom(long words, long runBlocks, int headroom) {
        return map.freeWordCount() >= words
                && map.freeCount() >= words * Long.SIZE + headroom
                && (runBlocks <= Long.SIZE || map.find((int) Math.min(runBlocks, regionBlocks)) >= 0);
    }

    /** Bytes that the file can surely grow by, in whole regions. */
    long bytesToGrow() {
        long regionBytes = (long) regionBlocks * blockBytes;
        return files.freeBytes() / regionBytes * regionBytes;
    }

    /** Whether the disk has room to grow by so much when it comes to it, and to spare. */
    boolean canGrow(long words) {
        long regionBytes = (long) regionBlocks * blockBytes;
        return files.freeBytes() > words * Long.SIZE * blockBytes + DISK_FREE_REGIONS * regionBytes;
    }
}
