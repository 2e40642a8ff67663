package io.stele.storage.page;

/**
 * Layouts of the page file. All integers are little endian and naturally aligned, except inside a page's heap.
 *
 * <pre>
 * file    | meta slots 0..3 (4 x 4 KiB) | blocks: pages, overflow runs, pieces of the free map ...
 *
 * meta    0 magic 8 | 8 version 4 | 12 blockBytes 4 | 16 regionBytes 4 | 20 mapPieceCount 4 | 24 sequence 8
 *         | 32 epoch 8 | 40 fileBlocks 8 | 48 usedBlocks 8 | 56 removedBytes 8
 *         | 64 trees: 8 x { rootBlock 4, rootCrc 4, height 4, reserved 4, entryCount 8, weight 8 }
 *         | 320 stamp 512 | 832 reserved | 1024 free map pieces: 128 x { block 4, crc 4, length 4, reserved 4 }
 *         | 4092 crc32c of all before
 *
 * page    0 crc 4 | 4 type 1 | 5 treeId 1 | 6 level 1 | 7 - 1 | 8 epoch 8 | 16 block 4 | 20 blockCount 4
 *         | 24 entryCount 4 | 28 heapOffset 4 | 32 deadBytes 4 | 36 prefixLength 4 | 40 lastInsert 4 | 44 runLength 4
 *         | 48 slots, growing up ...            free            ... heap, growing down |
 *
 * leaf slot     0 word 4 | 4 head 4
 * branch slot   0 word 4 | 4 head 4 | 8 child 4 | 12 childCrc 4 | 16 weight 8
 *   word        bits 0-23 offset of the heap entry in the page, bit 30 value in an overflow run, bit 31 counted
 *   head        four key bytes after the page's common prefix, big endian, zero padded: most compares end here
 * heap entry    0 keyLength 2 | 2 valueLength 2 | 4 key | value, or of its run { block 4, length 4, crc 4, epoch 8 }
 * </pre>
 *
 * A checksum is never 0: 0 in a branch slot or a tree's root says that the child has not been sealed yet. The key of
 * a branch's slot 0 is never looked at: that child holds everything below slot 1's key.
 */
final class PageDescriptor {
    static final long MAGIC = 0x314547_4150_4C5453L; // "STLPAGE1"
    /** The file ends where a region does. */
    static final int VERSION_WHOLE_REGIONS = 1;
    /** The file may end within a region. */
    static final int VERSION = 2;

    static final int META_BYTES = 4096;
    static final int META_SLOT_COUNT = 4;
    static final int META_AREA_BYTES = META_BYTES * META_SLOT_COUNT;
    static final int META_MAGIC = 0;
    static final int META_VERSION = 8;
    static final int META_BLOCK_BYTES = 12;
    static final int META_REGION_BYTES = 16;
    static final int META_MAP_PIECE_COUNT = 20;
    static final int META_SEQUENCE = 24;
    static final int META_EPOCH = 32;
    static final int META_FILE_BLOCKS = 40;
    static final int META_USED_BLOCKS = 48;
    static final int META_REMOVED_BYTES = 56;
    static final int META_TREES = 64;
    static final int META_TREE_BYTES = 32;
    static final int META_STAMP = 320;
    static final int META_MAP_PIECES = 1024;
    static final int META_MAP_PIECE_BYTES = 16;
    static final int META_CRC = 4092;

    static final int TREE_ROOT_BLOCK = 0;
    static final int TREE_ROOT_CRC = 4;
    static final int TREE_HEIGHT = 8;
    static final int TREE_ENTRY_COUNT = 16;
    static final int TREE_WEIGHT = 24;

    static final int TREE_COUNT = 8;
    static final int STAMP_BYTES = 512;
    static final int MAP_PIECE_MAX = 128;

    static final int PAGE_CRC = 0;
    static final int PAGE_TYPE = 4;
    static final int PAGE_TREE_ID = 5;
    static final int PAGE_LEVEL = 6;
    static final int PAGE_EPOCH = 8;
    static final int PAGE_BLOCK = 16;
    static final int PAGE_BLOCK_COUNT = 20;
    static final int PAGE_ENTRY_COUNT = 24;
    static final int PAGE_HEAP_OFFSET = 28;
    static final int PAGE_DEAD_BYTES = 32;
    static final int PAGE_PREFIX_LENGTH = 36;
    static final int PAGE_LAST_INSERT = 40;
    static final int PAGE_RUN_LENGTH = 44;
    static final int PAGE_HEADER_BYTES = 48;

    static final byte TYPE_LEAF = 1;
    static final byte TYPE_BRANCH = 2;

    static final int LEAF_SLOT_BYTES = 8;
    static final int BRANCH_SLOT_BYTES = 24;
    static final int SLOT_WORD = 0;
    static final int SLOT_HEAD = 4;
    static final int SLOT_CHILD = 8;
    static final int SLOT_CHILD_CRC = 12;
    static final int SLOT_WEIGHT = 16;

    static final int OFFSET_MASK = 0x00FF_FFFF;
    static final int FLAG_OVERFLOW = 1 << 30;
    static final int FLAG_COUNTED = 1 << 31;

    static final int ENTRY_KEY_LENGTH = 0;
    static final int ENTRY_VALUE_LENGTH = 2;
    static final int ENTRY_KEY = 4;
    static final int RUN_BLOCK = 0;
    static final int RUN_LENGTH = 4;
    static final int RUN_CRC = 8;
    static final int RUN_EPOCH = 12;
    static final int RUN_REF_BYTES = 20;

    /** Beyond this depth something is wrong: even pages of two children hold 2^31 entries in fewer levels. */
    static final int HEIGHT_MAX = 32;

    private PageDescriptor() {}
}
