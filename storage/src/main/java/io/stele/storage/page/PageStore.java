package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.MAP_PIECE_MAX;
import static io.stele.storage.page.PageDescriptor.META_AREA_BYTES;
import static io.stele.storage.page.PageDescriptor.STAMP_BYTES;
import static io.stele.storage.page.PageDescriptor.TREE_COUNT;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntIntConsumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Ordered trees in one mapped file, copy on write. One thread, the node's, mutates; pages of the current epoch in
 * place, older ones by copying, so that no frozen state - the durable root, a checkpoint under way, a pinned view - is
 * ever written to. What follows the last completed checkpoint is lost by a crash: the log above brings it back.
 *
 * <p>Space: a put that needs more than there is grows the file, normally ahead of need by {@link #doBackgroundWork()}
 * on the checkpoint thread. On a full disk a single put or remove fails with
 * {@link io.stele.storage.file.StorageException.Kind#NO_SPACE} before anything has changed; who must do several as one
 * asks {@link #ensureSpace} first.
 */
public final class PageStore implements AutoCloseable {
    private static final int MAP_PIECE_BYTES_MIN = 64 * 1024;
    private static final int RESERVE_MAX = 256;

    private final int blockBytes;
    private final int regionBytes;
    private final int regionBlocks;
    private final int stepBlocks;
    private final int keyLengthMax;
    private final PageFile file;
    private final BlockMap map;
    private final FreedBlocks freed = new FreedBlocks();
    private final VerifiedBlocks verified = new VerifiedBlocks();
    private final Pages pages;
    private final BTree[] trees = new BTree[TREE_COUNT];
    private final UnsafeBuffer stamp = new UnsafeBuffer(new byte[STAMP_BYTES]);
    private final UnsafeBuffer scratch;
    private final SpaceKeeper space;
    private final Reclaimer reclaimer;
    private DirtySlices dirty;
    private final int[] reserved = new int[RESERVE_MAX];
    private MetaPage durable;
    private Checkpoint running;
    private long epoch;
    private boolean mutatedInEpoch;
    private boolean mutatedSinceBegin;
    private int usedAtCheckpoint;
    private long[] pins = new long[16];
    private int pinCount;
    private long[] frozen = new long[18];

    private PageStore(FileStore files, PageStoreContext context, PageFile file, MetaPage meta) {
        this.blockBytes = meta.blockBytes;
        this.regionBytes = meta.regionBytes;
        this.regionBlocks = regionBytes / blockBytes;
        this.stepBlocks = file.stepBlocks();
        this.keyLengthMax = keyLengthMax(context);
        this.file = file;
        this.durable = meta;
        this.epoch = meta.epoch + 1;
        this.map = new BlockMap(regionBlocks);
        this.pages = new Pages(file.name(), blockBytes, regionBytes, verified);
        this.scratch = new UnsafeBuffer(new byte[Math.min(512 * 1024, regionBytes)]);
        this.dirty = new DirtySlices(blockBytes, stepBlocks * blockBytes);
        this.space = new SpaceKeeper(files, file, map, blockBytes, regionBlocks);
        adopt();
        loadMap(meta);
        stamp.putBytes(0, meta.stamp, 0, STAMP_BYTES);
        for (int i = 0; i < TREE_COUNT; i++) {
            trees[i] = new BTree(this, meta.trees[i].copy(), context.pageBytes(i));
        }
        usedAtCheckpoint = map.usedCount();
        reclaimer = new Reclaimer(this, meta.removedBytes);
    }

    /** Opens the last durable state, or creates an empty store. */
    public static PageStore open(FileStore files, PageStoreContext context) {
        context.conclude();
        if (!files.exists(context.fileName())) {
            PageFile.create(files, context);
        }
        PageFile file = null;
        try {
            file = PageFile.open(files, context.fileName(), true);
            // The root may be in the page cache only: a process that dies between writing and forcing it leaves it
            // there, and a force that failed leaves it there looking clean. From now on the pages of the root before
            // it are free and the log up to it is not needed, so it is written and forced again. What it points to was
            // forced before it was first written.
            file.write(file.meta());
            file.syncRoots();
            return new PageStore(files, context, file, file.meta());
        } catch (RuntimeException e) {
            if (file != null) {
                file.close();
            }
            throw e;
        }
    }

    /** Closes without a checkpoint. */
    @Override
    public void close() {
        file.close();
    }

    public BTree tree(int treeId) {
        return trees[treeId];
    }

    /** Caller's state, saved atomically with the trees. */
    public MutableDirectBuffer stamp() {
        return stamp;
    }

    public int keyLengthMax() {
        return keyLengthMax;
    }

    public int valueLengthMax() {
        return Math.min(PageStoreContext.VALUE_LENGTH_MAX, regionBytes);
    }

    /** Freezes the current state for reading. */
    public ReadView pin() {
        long pinned = mutatedInEpoch ? freeze() : epoch - 1;
        if (pinCount == pins.length) {
            pins = Arrays.copyOf(pins, pinCount * 2);
            frozen = new long[pinCount * 2 + 2];
        }
        int at = pinCount++;
        for (; at > 0 && pins[at - 1] > pinned; at--) {
            pins[at] = pins[at - 1];
        }
        pins[at] = pinned;
        UnsafeBuffer stampCopy = new UnsafeBuffer(new byte[STAMP_BYTES]);
        stampCopy.putBytes(0, stamp, 0, STAMP_BYTES);
        return new ReadView(this, pinned, pages.forView(), copyRoots(), stampCopy);
    }

    /**
     * Freezes the current state to be made durable; node thread. At most one checkpoint is under way. On a full disk
     * this fails with nothing changed.
     */
    public Checkpoint begin() {
        if (running != null) {
            throw new IllegalStateException("a checkpoint is under way");
        }
        MetaPage meta = new MetaPage();
        allocateMap(meta);
        for (int i = 0; i < durable.mapPieceCount; i++) {
            free(durable.mapBlocks[i], blocksFor(durable.mapLengths[i]), durable.epoch);
        }
        usedAtCheckpoint = map.usedCount();
        fitFile();
        long sealedEpoch = durable.epoch;
        TreeRoot[] roots = copyRoots();
        System.arraycopy(roots, 0, meta.trees, 0, TREE_COUNT);
        meta.stamp.putBytes(0, stamp, 0, STAMP_BYTES);
        meta.blockBytes = blockBytes;
        meta.regionBytes = regionBytes;
        meta.sequence = durable.sequence + 1;
        meta.fileBlocks = map.capacity();
        meta.usedBlocks = map.liveCount();
        meta.removedBytes = reclaimer.removedBytes();
        meta.epoch = freeze();
        mutatedSinceBegin = false;
        running = new Checkpoint(meta, file, pages.forView(), sealedEpoch, map.copyLive(), dirty);
        dirty = new DirtySlices(blockBytes, stepBlocks * blockBytes);
        return running;
    }

    /** The checkpoint's state is the durable one now; what only the one before needed is free. Node thread. */
    public void complete(Checkpoint checkpoint) {
        if (checkpoint != running || !checkpoint.isDone()) {
            throw new IllegalStateException("not the checkpoint that was begun and run");
        }
        running = null;
        durable = checkpoint.meta;
        space.noteComplete();
        releaseFreed();
        noteUseAtRest();
    }

    /** Where nothing has changed since the last checkpoint, there are no older states to leave room for. */
    private void noteUseAtRest() {
        if (!mutatedSinceBegin && running == null) {
            usedAtCheckpoint = map.usedCount();
        }
    }

    /** A checkpoint in one go, for start-up, shutdown and tests. */
    public void checkpoint() {
        Checkpoint checkpoint = begin();
        checkpoint.run();
        complete(checkpoint);
    }

    /** Grows the file ahead of need; any one thread but the node's, often. Returns whether it did. May block. */
    public boolean doBackgroundWork() {
        return space.growAhead();
    }

    /** Any thread: whether {@link #doBackgroundWork()} should be called soon. */
    public boolean wantsBackgroundWork() {
        return space.wantsToGrow();
    }

    /**
     * One step of giving space back, on the node thread: packs sparse pages, moves pages from the file's end forward,
     * looking at about so many. Returns how many it has looked at, 0 when there is nothing to do now. What it
     * gains becomes free with the checkpoints that follow: see {@link #checkpointWanted()}. While the store is
     * {@code busy} being written to it begins only where much can be gained.
     */
    public int reclaim(int pageBudget, boolean busy) {
        return reclaimer.step(pageBudget, busy);
    }

    /** Whether {@link #reclaim} has so much to gain that it pays while the store is written to at full speed. */
    public boolean isReclaimUrgent() {
        return reclaimer.isUrgent();
    }

    /** Whether a checkpoint would save changes, free space or shorten the file. */
    public boolean checkpointWanted() {
        return running == null
                && (mutatedSinceBegin
                        || (freed.blockCount() > 0 && pinCount == 0)
                        || space.stepsToKeep() + 1 < map.capacity() / stepBlocks);
    }

    /**
     * Whether so many puts with so many bytes of keys and values together, or so many removals when there are none,
     * will find room. While the disk has room for more regions the answer is yes; else only if the blocks in hand
     * suffice whatever the operations split. False changes nothing: the answer may be yes after the next checkpoint.
     */
    public boolean ensureSpace(int operations, long bytes) {
        long runBlocks = bytes / blockBytes + operations;
        long words = (runBlocks + Long.SIZE - 1) / Long.SIZE + wordsForPages(operations, bytes);
        int headroom = bytes > 0 ? space.putHeadroom() : space.removeHeadroom();
        if (space.hasRoom(words, runBlocks, headroom) || space.canGrow(words)) {
            return true;
        }
        try {
            while (!space.hasRoom(words, runBlocks, headroom)) {
                grow();
            }
            return true;
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NO_SPACE) {
                throw e;
            }
            return false;
        }
    }

    /** Epoch of the current, unfrozen state. */
    public long epoch() {
        return epoch;
    }

    /** Epoch of the durable root. */
    public long durableEpoch() {
        return durable.epoch;
    }

    /** Bytes that the current state takes. */
    public long spaceUsed() {
        return (long) map.liveCount() * blockBytes;
    }

    /** Bytes that may be allocated without growing the file. */
    public long spaceFree() {
        return (long) map.freeCount() * blockBytes;
    }

    /** Bytes that puts may still get, in the file or by growing it into what the disk has free. */
    public long spaceObtainable() {
        long inFile = Math.max(0, map.freeCount() - space.putHeadroom());
        return inFile * blockBytes + space.bytesToGrow();
    }

    /**
     * Tells that from now on what is put belongs to removals, as a record of them, so that it may take what is kept for
     * these on a full disk; or that this is over. Node thread.
     */
    public void onlyRemovals(boolean on) {
        space.onlyRemovals(on);
    }

    /** Bytes that checkpoints and closing views will free. */
    public long spaceAwaiting() {
        return freed.blockCount() * blockBytes;
    }

    public long fileLength() {
        return file.length();
    }

    int blocksFor(int bytes) {
        return Math.max(1, (bytes + blockBytes - 1) / blockBytes);
    }

    Pages pages() {
        return pages;
    }

    BlockMap map() {
        return map;
    }

    UnsafeBuffer scratch() {
        return scratch;
    }

    void forEachMapPiece(IntIntConsumer consumer) {
        MetaPage meta = running == null ? durable : running.meta;
        for (int i = 0; i < meta.mapPieceCount; i++) {
            consumer.accept(meta.mapBlocks[i], blocksFor(meta.mapLengths[i]));
        }
    }

    void noteMutation() {
        mutatedInEpoch = true;
        mutatedSinceBegin = true;
    }

    void noteRemoved(int fromTree, int bytes) {
        reclaimer.noteRemoved(fromTree, bytes);
    }

    long releasedBlocks() {
        return freed.released();
    }

    /** Refuses a put, before anything changes, that would take the last free blocks. */
    void requirePutRoom() {
        if (map.freeCount() < space.putHeadroom()) {
            grow();
        }
    }

    /** Refuses a removal, before anything changes, that would leave too little for a checkpoint. */
    void requireRemoveRoom() {
        if (map.freeCount() < space.removeHeadroom()) {
            grow();
        }
    }

    int stepBlocks() {
        return stepBlocks;
    }

    /** Blocks in use, those of older states included, when the last checkpoint began. */
    int usedAtCheckpoint() {
        return usedAtCheckpoint;
    }

    int allocate(int count) {
        mutatedInEpoch = true;
        int block = map.allocate(count);
        while (block < 0) {
            grow();
            block = map.allocate(count);
        }
        space.noteAllocated(block);
        dirty.add(block, count);
        verified.add(block, 1);
        return block;
    }

    /** Whether an allocation would succeed without growing the file. */
    boolean canAllocate(int count) {
        return map.find(count) >= 0;
    }

    /** Makes sure that so many allocations of at most {@code count} blocks cannot fail, or fails. */
    void reserve(int runs, int count) {
        if (count <= Long.SIZE && (long) map.freeWordCount() * (Long.SIZE / count) >= runs) {
            return;
        }
        if (!canReserve(runs, count)) {
            grow();
            reserve(runs, count);
        }
    }

    /** Whether so many allocations of at most {@code count} blocks would succeed without growing the file. */
    boolean canReserve(int runs, int count) {
        int taken = 0;
        while (taken < runs) {
            int block = map.allocate(count);
            if (block < 0) {
                break;
            }
            reserved[taken++] = block;
        }
        for (int i = 0; i < taken; i++) {
            map.unlink(reserved[i], count);
            map.release(reserved[i], count);
        }
        return taken == runs;
    }

    void free(int block, int count, long bornEpoch) {
        map.unlink(block, count);
        if (bornEpoch == epoch) {
            map.release(block, count);
        } else {
            freed.add(block, count, bornEpoch, epoch);
        }
    }

    void unpin(long pinned) {
        int at = 0;
        while (pins[at] != pinned) {
            at++;
        }
        System.arraycopy(pins, at + 1, pins, at, --pinCount - at);
        releaseFreed();
        noteUseAtRest();
    }

    /** Branches are at most 64 blocks long, so that a group of 64 free blocks has room for any page. */
    private int keyLengthMax(PageStoreContext context) {
        int length = Math.min(PageStoreContext.KEY_LENGTH_MAX, regionBytes / 16);
        for (int i = 0; i < TREE_COUNT; i++) {
            int pageBytes = context.pageBytes(i);
            int branchBytes = Long.SIZE * blockBytes / pageBytes * pageBytes;
            length = Math.min(length, TreeWriter.keyLengthMax(branchBytes));
        }
        return length;
    }

    private long freeze() {
        mutatedInEpoch = false;
        return epoch++;
    }

    private TreeRoot[] copyRoots() {
        TreeRoot[] roots = new TreeRoot[TREE_COUNT];
        for (int i = 0; i < TREE_COUNT; i++) {
            roots[i] = trees[i].root().copy();
        }
        return roots;
    }

    private void releaseFreed() {
        int count = 0;
        frozen[count++] = durable.epoch;
        if (running != null) {
            frozen[count++] = running.meta.epoch;
        }
        System.arraycopy(pins, 0, frozen, count, pinCount);
        count += pinCount;
        Arrays.sort(frozen, 0, count);
        freed.release(frozen, count, map);
    }

    /** Takes steps that another thread has added, or adds one here and now. */
    private void grow() {
        int steps = map.capacity() / stepBlocks;
        if (file.stepCount() <= steps) {
            file.growTo(steps + 1);
        }
        adopt();
    }

    private void adopt() {
        int blocks = file.stepCount() * stepBlocks;
        pages.buffers(file.buffers(), blocks);
        verified.capacity(blocks);
        map.capacity(blocks);
    }

    /** Gives up the free end of the file, or asks for more of it. */
    private void fitFile() {
        int steps = space.stepsToKeep();
        if (steps < map.capacity() / stepBlocks) {
            file.retire(steps);
            pages.buffers(file.buffers(), steps * stepBlocks);
            map.capacity(steps * stepBlocks);
        }
        space.noteBegin(steps);
    }

    private void allocateMap(MetaPage meta) {
        // Should these pieces find no place, the file grows, and by all that another thread has added to it meanwhile.
        int bytes = (Math.max(map.capacity(), file.stepCount() * stepBlocks) + regionBlocks) / Byte.SIZE;
        int pieceBytes = Math.min(Math.max(MAP_PIECE_BYTES_MIN, bytes / (MAP_PIECE_MAX / 2)), regionBytes / 4);
        pieceBytes = blocksFor(pieceBytes) * blockBytes;
        try {
            for (int from = 0; from < bytes; from += pieceBytes) {
                int length = Math.min(pieceBytes, bytes - from);
                meta.mapLengths[meta.mapPieceCount] = length;
                meta.mapBlocks[meta.mapPieceCount] = allocate(blocksFor(length));
                meta.mapPieceCount++;
            }
        } catch (StorageException e) {
            for (int i = 0; i < meta.mapPieceCount; i++) {
                free(meta.mapBlocks[i], blocksFor(meta.mapLengths[i]), epoch);
            }
            throw e;
        }
    }

    private void loadMap(MetaPage meta) {
        if (meta.fileBlocks > map.capacity()) {
            throw new StorageException(
                    StorageException.Kind.CORRUPT,
                    "file '" + file.name() + "' has " + map.capacity() + " blocks, its root needs " + meta.fileBlocks);
        }
        int word = 0;
        for (int i = 0; i < meta.mapPieceCount; i++) {
            pages.checkRun(meta.mapBlocks[i], meta.mapLengths[i], meta.mapCrcs[i]);
            UnsafeBuffer b = pages.buffer(meta.mapBlocks[i]);
            int p = pages.offset(meta.mapBlocks[i]);
            for (int offset = 0; offset < meta.mapLengths[i]; offset += Long.BYTES) {
                long bits = b.getLong(p + offset);
                if (word < map.wordCount()) {
                    map.claimWord(word, bits);
                }
                word++;
            }
        }
        if (meta.mapPieceCount == 0) {
            map.claim(0, META_AREA_BYTES / blockBytes);
        }
        if (map.liveCount() != meta.usedBlocks) {
            throw new StorageException(
                    StorageException.Kind.CORRUPT,
                    "free map of file '" + file.name() + "' counts " + map.liveCount() + " used blocks, its root "
                            + meta.usedBlocks);
        }
    }

    /**
     * Words of 64 blocks that so many operations may need at most, splits of every level included. Two bounds hold:
     * each may have all of the bytes in its key, and all of them together have no more.
     */
    private long wordsForPages(int operations, long bytes) {
        int keyBytes = (int) Math.min(bytes, keyLengthMax);
        long words = operations;
        for (BTree tree : trees) {
            long runs = 3 * (Math.max(tree.root().height, 2) + 1L);
            int pageBytes = tree.writer().pageBytes();
            int longest = Math.max(2 * pageBytes, tree.writer().longestBytes());
            int runBlocks = blocksFor(Math.max(longest, TreeWriter.bytesFor(1, keyBytes, pageBytes) + pageBytes));
            long eachAll = operations * (runs / Math.max(1, Long.SIZE / runBlocks) + 1);
            long runBytes = operations * (long) longest + TreeWriter.BRANCH_ENTRIES_MIN * bytes;
            long together = operations + 2 * runs * (runBytes / blockBytes + operations) / Long.SIZE;
            words = Math.max(words, Math.min(eachAll, together));
        }
        return words;
    }
}
