package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.MAGIC;
import static io.stele.storage.page.PageDescriptor.MAP_PIECE_MAX;
import static io.stele.storage.page.PageDescriptor.META_BLOCK_BYTES;
import static io.stele.storage.page.PageDescriptor.META_BYTES;
import static io.stele.storage.page.PageDescriptor.META_CRC;
import static io.stele.storage.page.PageDescriptor.META_EPOCH;
import static io.stele.storage.page.PageDescriptor.META_FILE_BLOCKS;
import static io.stele.storage.page.PageDescriptor.META_MAGIC;
import static io.stele.storage.page.PageDescriptor.META_MAP_PIECES;
import static io.stele.storage.page.PageDescriptor.META_MAP_PIECE_BYTES;
import static io.stele.storage.page.PageDescriptor.META_MAP_PIECE_COUNT;
import static io.stele.storage.page.PageDescriptor.META_REGION_BYTES;
import static io.stele.storage.page.PageDescriptor.META_REMOVED_BYTES;
import static io.stele.storage.page.PageDescriptor.META_SEQUENCE;
import static io.stele.storage.page.PageDescriptor.META_SLOT_COUNT;
import static io.stele.storage.page.PageDescriptor.META_STAMP;
import static io.stele.storage.page.PageDescriptor.META_TREES;
import static io.stele.storage.page.PageDescriptor.META_TREE_BYTES;
import static io.stele.storage.page.PageDescriptor.META_USED_BLOCKS;
import static io.stele.storage.page.PageDescriptor.META_VERSION;
import static io.stele.storage.page.PageDescriptor.STAMP_BYTES;
import static io.stele.storage.page.PageDescriptor.TREE_COUNT;
import static io.stele.storage.page.PageDescriptor.TREE_ENTRY_COUNT;
import static io.stele.storage.page.PageDescriptor.TREE_HEIGHT;
import static io.stele.storage.page.PageDescriptor.TREE_ROOT_BLOCK;
import static io.stele.storage.page.PageDescriptor.TREE_ROOT_CRC;
import static io.stele.storage.page.PageDescriptor.TREE_WEIGHT;
import static io.stele.storage.page.PageDescriptor.VERSION;
import static io.stele.storage.page.PageDescriptor.VERSION_WHOLE_REGIONS;

import io.stele.storage.file.StorageException;
import io.stele.storage.file.StoredFile;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A root of the store: everything that is needed to find a frozen state. Root n is written to slots n mod 2 and
 * n mod 2 + 2, so the last one stays whole while this one is written, and one bad block loses neither.
 */
final class MetaPage {
    final TreeRoot[] trees = new TreeRoot[TREE_COUNT];
    final UnsafeBuffer stamp = new UnsafeBuffer(new byte[STAMP_BYTES]);
    int blockBytes;
    int regionBytes;
    long sequence;
    long epoch;
    long fileBlocks;
    long usedBlocks;
    long removedBytes;
    int mapPieceCount;
    final int[] mapBlocks = new int[MAP_PIECE_MAX];
    final int[] mapCrcs = new int[MAP_PIECE_MAX];
    final int[] mapLengths = new int[MAP_PIECE_MAX];

    MetaPage() {
        for (int i = 0; i < TREE_COUNT; i++) {
            trees[i] = new TreeRoot(i);
        }
    }

    /** Writes this root over the older one of the two; durable after a sync. */
    void write(StoredFile file) {
        UnsafeBuffer b = encode();
        long slot = sequence & 1;
        file.write(slot * META_BYTES, b, 0, META_BYTES);
        file.write((slot + 2) * META_BYTES, b, 0, META_BYTES);
    }

    /** The newest valid root of the file; null if there is none. */
    static MetaPage readNewest(StoredFile file) {
        MetaPage newest = null;
        PageChecksum checksum = new PageChecksum();
        UnsafeBuffer b = new UnsafeBuffer(new byte[META_BYTES]);
        for (int slot = 0; slot < META_SLOT_COUNT; slot++) {
            int length = file.read((long) slot * META_BYTES, b, 0, META_BYTES);
            if (length == META_BYTES
                    && b.getLong(META_MAGIC) == MAGIC
                    && b.getInt(META_CRC) == checksum.of(b, 0, META_CRC)) {
                int version = b.getInt(META_VERSION);
                if (version != VERSION && version != VERSION_WHOLE_REGIONS) {
                    throw new StorageException(
                            StorageException.Kind.FOREIGN,
                            "file '" + file.name() + "' has format " + version + ", not " + VERSION);
                }
                if (newest == null || b.getLong(META_SEQUENCE) > newest.sequence) {
                    newest = decode(b);
                }
            }
        }
        return newest;
    }

    private UnsafeBuffer encode() {
        UnsafeBuffer b = new UnsafeBuffer(new byte[META_BYTES]);
        b.putLong(META_MAGIC, MAGIC);
        boolean isWhole = fileBlocks * blockBytes % regionBytes == 0;
        b.putInt(META_VERSION, isWhole ? VERSION_WHOLE_REGIONS : VERSION);
        b.putInt(META_BLOCK_BYTES, blockBytes);
        b.putInt(META_REGION_BYTES, regionBytes);
        b.putInt(META_MAP_PIECE_COUNT, mapPieceCount);
        b.putLong(META_SEQUENCE, sequence);
        b.putLong(META_EPOCH, epoch);
        b.putLong(META_FILE_BLOCKS, fileBlocks);
        b.putLong(META_USED_BLOCKS, usedBlocks);
        b.putLong(META_REMOVED_BYTES, removedBytes);
        for (int i = 0; i < TREE_COUNT; i++) {
            int offset = META_TREES + i * META_TREE_BYTES;
            b.putInt(offset + TREE_ROOT_BLOCK, trees[i].block);
            b.putInt(offset + TREE_ROOT_CRC, trees[i].crc);
            b.putInt(offset + TREE_HEIGHT, trees[i].height);
            b.putLong(offset + TREE_ENTRY_COUNT, trees[i].entryCount);
            b.putLong(offset + TREE_WEIGHT, trees[i].weight);
        }
        b.putBytes(META_STAMP, stamp, 0, STAMP_BYTES);
        for (int i = 0; i < mapPieceCount; i++) {
            int offset = META_MAP_PIECES + i * META_MAP_PIECE_BYTES;
            b.putInt(offset, mapBlocks[i]);
            b.putInt(offset + 4, mapCrcs[i]);
            b.putInt(offset + 8, mapLengths[i]);
        }
        b.putInt(META_CRC, new PageChecksum().of(b, 0, META_CRC));
        return b;
    }

    private static MetaPage decode(UnsafeBuffer b) {
        MetaPage meta = new MetaPage();
        meta.blockBytes = b.getInt(META_BLOCK_BYTES);
        meta.regionBytes = b.getInt(META_REGION_BYTES);
        meta.mapPieceCount = b.getInt(META_MAP_PIECE_COUNT);
        meta.sequence = b.getLong(META_SEQUENCE);
        meta.epoch = b.getLong(META_EPOCH);
        meta.fileBlocks = b.getLong(META_FILE_BLOCKS);
        meta.usedBlocks = b.getLong(META_USED_BLOCKS);
        meta.removedBytes = b.getLong(META_REMOVED_BYTES);
        for (int i = 0; i < TREE_COUNT; i++) {
            int offset = META_TREES + i * META_TREE_BYTES;
            TreeRoot tree = meta.trees[i];
            tree.block = b.getInt(offset + TREE_ROOT_BLOCK);
            tree.crc = b.getInt(offset + TREE_ROOT_CRC);
            tree.height = b.getInt(offset + TREE_HEIGHT);
            tree.entryCount = b.getLong(offset + TREE_ENTRY_COUNT);
            tree.weight = b.getLong(offset + TREE_WEIGHT);
        }
        meta.stamp.putBytes(0, b, META_STAMP, STAMP_BYTES);
        for (int i = 0; i < Math.min(meta.mapPieceCount, MAP_PIECE_MAX); i++) {
            int offset = META_MAP_PIECES + i * META_MAP_PIECE_BYTES;
            meta.mapBlocks[i] = b.getInt(offset);
            meta.mapCrcs[i] = b.getInt(offset + 4);
            meta.mapLengths[i] = b.getInt(offset + 8);
        }
        return meta;
    }
}
