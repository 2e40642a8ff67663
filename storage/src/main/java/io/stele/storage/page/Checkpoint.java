package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_CRC;
import static io.stele.storage.page.PageDescriptor.SLOT_CHILD_CRC;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A frozen state on its way to become the durable root. Made by {@link PageStore#begin()} on the node thread,
 * {@link #run() run} on any one thread while the node thread goes on, then handed to {@link PageStore#complete}.
 *
 * <p>The node thread never writes to a frozen page, but it may copy one while its checksums are being filled in. So a
 * copy may hold a 0 where its original holds a checksum. That is harmless: 0 says "ask the child", and a child sealed
 * by an earlier checkpoint answers with the checksum in its own header. Nothing else is ever shared.
 */
public final class Checkpoint {
    final MetaPage meta;

    private final PageFile file;
    private final Pages pages;
    private final long sealedEpoch;
    private final long[] live;
    private final DirtySlices dirty;
    private int nextBlock;
    private boolean sealed;
    private boolean published;
    private boolean done;

    /** {@code sealedEpoch}: pages born up to here were sealed by an earlier checkpoint. */
    Checkpoint(MetaPage meta, PageFile file, Pages pages, long sealedEpoch, long[] live, DirtySlices dirty) {
        this.meta = meta;
        this.file = file;
        this.pages = pages;
        this.sealedEpoch = sealedEpoch;
        this.live = live;
        this.dirty = dirty;
    }

    /**
     * A step of {@link #run}: computes the checksums, makes one slice of the pages durable, publishes the root, or cuts
     * a piece off the file's empty end. Returns whether there is more to do; whoever calls it should rest between steps
     * where others need the disk, or the file. Blocks for a short time.
     */
    public boolean step() {
        assert !done;
        if (!sealed) {
            seal();
            return true;
        }
        if (writeSlice()) {
            return true; // 1. all that the root will point to
        }
        if (!published) {
            file.write(meta); // 2. the root, over the one before the last
            file.syncRoots();
            published = true;
        }
        done = !file.cutRetired(); // 3. only now may the file lose its empty end
        return !done;
    }

    /**
     * Blocks for as long as the disk takes. A failure means that the node must stop: nothing may be retried.
     *
     * <p>Only what has changed is forced, and never the whole file: that would write out, and write-protect, the pages
     * which the node's thread is working on.
     */
    public void run() {
        boolean more = true;
        while (more) {
            more = step();
        }
    }

    private boolean writeSlice() {
        int block = dirty.next(nextBlock);
        if (block < 0) {
            return false;
        }
        file.sync(block, dirty.sliceBlocks());
        nextBlock = block + dirty.sliceBlocks();
        return true;
    }

    private void seal() {
        for (TreeRoot tree : meta.trees) {
            if (tree.height > 0 && tree.crc == 0) {
                tree.crc = seal(tree.block, tree.height - 1);
            }
        }
        writeMap();
        sealed = true;
    }

    /** The frozen state's stamp, epoch and so on are durable. */
    public boolean isDone() {
        return done;
    }

    /** Checksum of a page after all below it have theirs. Only unsealed children are visited. */
    private int seal(int block, int level) {
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        if (Page.epoch(b, p) <= sealedEpoch) {
            assert Page.crc(b, p) != 0;
            return Page.crc(b, p);
        }
        if (level > 0) {
            for (int i = 0, count = Page.count(b, p); i < count; i++) {
                if (Page.childCrc(b, p, i) == 0) {
                    int crc = seal(Page.child(b, p, i), level - 1);
                    b.putInt(Page.slot(p, BRANCH_SLOT_BYTES, i) + SLOT_CHILD_CRC, crc);
                }
            }
        }
        int crc = pages.checksumOf(block);
        b.putInt(p + PAGE_CRC, crc);
        return crc;
    }

    private void writeMap() {
        int word = 0;
        for (int i = 0; i < meta.mapPieceCount; i++) {
            UnsafeBuffer b = pages.buffer(meta.mapBlocks[i]);
            int p = pages.offset(meta.mapBlocks[i]);
            for (int offset = 0; offset < meta.mapLengths[i]; offset += Long.BYTES) {
                b.putLong(p + offset, word < live.length ? live[word] : 0);
                word++;
            }
            meta.mapCrcs[i] = pages.checksum().of(b, p, meta.mapLengths[i]);
        }
        assert word >= live.length : "the free map has no room for the file";
    }
}
