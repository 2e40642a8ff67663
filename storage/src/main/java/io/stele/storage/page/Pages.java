package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.LEAF_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_BLOCK;
import static io.stele.storage.page.PageDescriptor.PAGE_HEADER_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_HEAP_OFFSET;
import static io.stele.storage.page.PageDescriptor.PAGE_TREE_ID;
import static io.stele.storage.page.PageDescriptor.PAGE_TYPE;
import static io.stele.storage.page.PageDescriptor.TYPE_BRANCH;
import static io.stele.storage.page.PageDescriptor.TYPE_LEAF;

import io.stele.storage.file.StorageException;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * From block to bytes, for one reader: the node thread's, or a view's own that may live on another thread.
 *
 * <p>What was on the disk when the store was opened is checked against the checksum in its parent on first touch. A
 * bit per block says that this has happened, or that the block was written since.
 */
final class Pages {
    private final String fileName;
    private final int blockBytes;
    private final int regionShift;
    private final int blockShift;
    private final int regionMask;
    private final VerifiedBlocks verified;
    private final PageChecksum checksum = new PageChecksum();
    private UnsafeBuffer[] buffers = new UnsafeBuffer[0];
    private int blockCount;

    Pages(String fileName, int blockBytes, int regionBytes, VerifiedBlocks verified) {
        this.fileName = fileName;
        this.blockBytes = blockBytes;
        this.blockShift = Integer.numberOfTrailingZeros(blockBytes);
        this.regionShift = Integer.numberOfTrailingZeros(regionBytes / blockBytes);
        this.regionMask = regionBytes / blockBytes - 1;
        this.verified = verified;
    }

    /** Another reader of the same pages, for another thread. */
    Pages forView() {
        Pages view = new Pages(fileName, blockBytes, (regionMask + 1) * blockBytes, verified);
        view.buffers(buffers, blockCount);
        return view;
    }

    /** The regions, of which only so many blocks are there: to touch others of the last region is a fault. */
    void buffers(UnsafeBuffer[] newBuffers, int newBlockCount) {
        buffers = newBuffers;
        blockCount = newBlockCount;
    }

    int blockBytes() {
        return blockBytes;
    }

    UnsafeBuffer buffer(int block) {
        return buffers[block >>> regionShift];
    }

    int offset(int block) {
        return (block & regionMask) << blockShift;
    }

    PageChecksum checksum() {
        return checksum;
    }

    /** Checks a page on first touch. Must precede every other look at it. */
    void check(int block, int crc, int treeId, int level) {
        if (block >= blockCount || block < 0) {
            throw corrupt(block, "lies outside of the file");
        }
        if (!verified.contains(block)) {
            verify(block, crc, treeId, level);
            verified.add(block, 1);
        }
    }

    /** Checks an overflow run on first touch. */
    void checkRun(int block, int length, int crc) {
        int count = length / blockBytes + (length % blockBytes > 0 ? 1 : 0);
        if (block < 0 || length < 0 || !isWithin(block, count)) {
            throw corrupt(block, "lies outside of the file");
        }
        if (!verified.contains(block)) {
            if (checksum.of(buffer(block), offset(block), length) != crc) {
                throw corrupt(block, "does not match the checksum of its value");
            }
            verified.add(block, 1);
        }
    }

    /** Length of a page by its own word, which is checked for sense but not by checksum. */
    int pageBytes(int block) {
        int count = Page.blockCount(buffer(block), offset(block));
        if (count <= 0 || !isWithin(block, count)) {
            throw corrupt(block, "has an impossible length");
        }
        return count * blockBytes;
    }

    /** Whether so many blocks lie in the file and in one region. */
    private boolean isWithin(int block, int count) {
        return block <= blockCount - count && (block & regionMask) <= regionMask + 1 - count;
    }

    int checksumOf(int block) {
        int p = offset(block);
        return checksum.of(buffer(block), p + Integer.BYTES, pageBytes(block) - Integer.BYTES);
    }

    void verify(int block, int crc, int treeId, int level) {
        UnsafeBuffer b = buffer(block);
        int p = offset(block);
        int bytes = pageBytes(block);
        if (Page.crc(b, p) != crc || checksumOf(block) != crc) {
            throw corrupt(block, "does not match the checksum that its parent holds");
        }
        int stride = level == 0 ? LEAF_SLOT_BYTES : BRANCH_SLOT_BYTES;
        int heap = b.getInt(p + PAGE_HEAP_OFFSET);
        if (b.getInt(p + PAGE_BLOCK) != block
                || b.getByte(p + PAGE_TREE_ID) != treeId
                || Page.level(b, p) != level
                || b.getByte(p + PAGE_TYPE) != (level == 0 ? TYPE_LEAF : TYPE_BRANCH)
                || Page.count(b, p) < 0
                || Page.count(b, p) > bytes / stride
                || PAGE_HEADER_BYTES + Page.count(b, p) * stride > heap
                || heap > bytes) {
            throw corrupt(block, "is not the page that its parent expects");
        }
    }

    StorageException corrupt(int block, String what) {
        return new StorageException(
                StorageException.Kind.CORRUPT,
                "page at position " + (long) block * blockBytes + " of file '" + fileName + "' " + what);
    }
}
