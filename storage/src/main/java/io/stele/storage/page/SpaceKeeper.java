package io.stele.storage.page;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;

/**
 * How long the file is, and who may have its last blocks.
 *
 * <p>It grows before it must: when allocation comes near the end, and at each checkpoint by as much as was taken while
 * the one before ran, when nothing can be freed. A store at rest wants nothing, and its file ends with the region in
 * use.
 *
 * <p>On a full disk puts are refused while there are blocks for removals left, removals while there are blocks for a
 * checkpoint's free map left: whoever makes room can always go on.
 */
final class SpaceKeeper {
    private static final long DISK_FREE_REGIONS = 4;
    private static final int LEAD_MAX = 8;

    private final FileStore files;
    private final PageFile file;
    private final BlockMap map;
    private final int blockBytes;
    private final int regionBlocks;
    private int usedAtBegin;
    private int takenInRun;
    /** Regions that are kept ready while the store grows: half of what it took between two checkpoints. */
    private int lead = 1;

    private boolean nearEnd;
    private boolean onlyRemovals;
    private volatile int regionsWanted;

    SpaceKeeper(FileStore files, PageFile file, BlockMap map, int blockBytes, int regionBlocks) {
        this.files = files;
        this.file = file;
        this.map = map;
        this.blockBytes = blockBytes;
        this.regionBlocks = regionBlocks;
    }

    /** Called for each allocation. */
    void noteAllocated(int block) {
        int wanted = block / regionBlocks + 1 + lead;
        if (wanted > map.capacity() / regionBlocks) {
            nearEnd = true;
            if (regionsWanted < wanted) {
                regionsWanted = wanted;
            }
        }
    }

    /** Regions that the file should have now: those in use, and room for what is likely to come. */
    int regionsToKeep() {
        int used = map.usedRegions();
        long room = map.usedCount() + takenInRun + regionBlocks / 8L;
        int likely = (int) ((room + regionBlocks - 1) / regionBlocks);
        return Math.max(likely, nearEnd ? used + lead : used);
    }

    /** A checkpoint begins, with so many regions kept or to come. */
    void noteBegin(int regions) {
        regionsWanted = regions;
        nearEnd = false;
        int used = map.usedCount();
        lead = Math.max(1, Math.min(LEAD_MAX, (used - usedAtBegin) / (2 * regionBlocks)));
        usedAtBegin = used;
    }

    /** A checkpoint completes; nothing has been released yet. */
    void noteComplete() {
        takenInRun = Math.max(0, map.usedCount() - usedAtBegin);
    }

    /** Any thread: whether {@link #growAhead()} has something to do. */
    boolean wantsToGrow() {
        return regionsWanted > file.regionCount();
    }

    /** One region at a time; any thread. A disk too full to grow ahead of need is no failure yet. */
    boolean growAhead() {
        int regions = file.regionCount();
        if (regionsWanted <= regions) {
            return false;
        }
        try {
            file.growTo(regions + 1);
            return true;
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NO_SPACE) {
                throw e;
            }
            regionsWanted = 0;
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

    /** Bytes that the file can grow by, in whole regions. */
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
