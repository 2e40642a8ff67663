package io.stele.storage.page;

import java.util.Arrays;

/** Options of a {@link PageStore}: geometry of the file and of its trees. Small values make the simulator find more. */
public final class PageStoreContext {
    /**
     * Keys longer than this are refused; a store of small blocks or regions refuses shorter ones, see
     * {@link PageStore#keyLengthMax()}.
     */
    public static final int KEY_LENGTH_MAX = 32_500;
    /** Values longer than this are refused. */
    public static final int VALUE_LENGTH_MAX = 8 * 1024 * 1024;
    /** Number of trees in a store. */
    public static final int TREE_COUNT = PageDescriptor.TREE_COUNT;
    /** Bytes of caller state saved with each root. */
    public static final int STAMP_BYTES = PageDescriptor.STAMP_BYTES;

    private static final int DEFAULT_PAGE_BYTES = 8 * 1024;
    private static final int DEFAULT_VALUE_PAGE_BYTES = 32 * 1024;

    private final int[] pageBytes = new int[TREE_COUNT];
    private String fileName = "pages";
    private int blockBytes = 4096;
    private int regionBytes = 8 * 1024 * 1024;

    public PageStoreContext() {
        Arrays.fill(pageBytes, DEFAULT_PAGE_BYTES);
        pageBytes[1] = DEFAULT_VALUE_PAGE_BYTES;
    }

    public String fileName() {
        return fileName;
    }

    public PageStoreContext fileName(String newName) {
        fileName = newName;
        return this;
    }

    public int blockBytes() {
        return blockBytes;
    }

    /** Unit of allocation; a power of two from 512 to 64 KiB. Fixed when the file is created. */
    public PageStoreContext blockBytes(int bytes) {
        blockBytes = bytes;
        return this;
    }

    public int regionBytes() {
        return regionBytes;
    }

    /**
     * Unit of mapping; a power of two, at least 64 blocks. No page or value straddles two, so a value is no longer than
     * a region. The file grows and shrinks by an eighth of it, or 64 blocks. Fixed when the file is created.
     */
    public PageStoreContext regionBytes(int bytes) {
        regionBytes = bytes;
        return this;
    }

    public int pageBytes(int treeId) {
        return pageBytes[treeId];
    }

    /** Page length of one tree; a multiple of the block. Applies to pages written from now on. */
    public PageStoreContext pageBytes(int treeId, int bytes) {
        pageBytes[treeId] = bytes;
        return this;
    }

    void conclude() {
        require(Integer.bitCount(blockBytes) == 1 && blockBytes >= 512 && blockBytes <= 65536, "blockBytes");
        require(Integer.bitCount(regionBytes) == 1 && regionBytes <= 1 << 30, "regionBytes");
        require(regionBytes / blockBytes >= 64 && regionBytes >= 4 * PageDescriptor.META_AREA_BYTES, "regionBytes");
        for (int bytes : pageBytes) {
            require(
                    bytes % blockBytes == 0 && bytes >= 512 && bytes <= 65536 && bytes <= regionBytes / 16,
                    "pageBytes");
            require(bytes / blockBytes <= Long.SIZE, "pageBytes");
        }
    }

    private static void require(boolean holds, String option) {
        if (!holds) {
            throw new IllegalArgumentException("page store option out of range: " + option);
        }
    }
}
