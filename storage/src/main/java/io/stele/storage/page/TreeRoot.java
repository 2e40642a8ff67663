package io.stele.storage.page;

/** Where a tree starts and what it holds. Mutable: the current state's, or a frozen copy. */
final class TreeRoot {
    final int treeId;
    int block;
    int crc;
    int height;
    long entryCount;
    long weight;

    TreeRoot(int treeId) {
        this.treeId = treeId;
    }

    TreeRoot copy() {
        TreeRoot copy = new TreeRoot(treeId);
        copy.block = block;
        copy.crc = crc;
        copy.height = height;
        copy.entryCount = entryCount;
        copy.weight = weight;
        return copy;
    }

    /** Names a root page that is not sealed yet. */
    void page(int newBlock) {
        block = newBlock;
        crc = 0;
    }
}
