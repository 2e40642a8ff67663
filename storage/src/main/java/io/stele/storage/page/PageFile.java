package io.stele.storage.page;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StoredFile;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The mapped file. Growing and cutting may be done by the checkpoint thread beside the node thread. The slow part of
 * both is done under a lock that the node thread takes only when it has run out of blocks; this object's monitor
 * guards the tables and is never held for long.
 *
 * <p>Cutting has two steps, because the new root must be durable before the file becomes shorter: the node thread
 * retires regions, the checkpoint thread cuts them. Regions wanted back in between are simply adopted again.
 */
final class PageFile implements AutoCloseable {
    private static final String DRAFT_SUFFIX = ".new";
    private static final int CUT_REGIONS = 2;

    private final StoredFile file;
    private final Object lengthLock = new Object();
    private final int regionBytes;
    private final int regionBlocks;
    private final MetaPage meta;
    private MappedRegion[] regions = new MappedRegion[0];
    private UnsafeBuffer[] buffers = new UnsafeBuffer[0];
    private int retiredFrom;
    private volatile int mappedCount;

    private PageFile(StoredFile file, MetaPage meta) {
        this.file = file;
        this.meta = meta;
        this.regionBytes = meta.regionBytes;
        this.regionBlocks = meta.regionBytes / meta.blockBytes;
        try {
            mapTo((int) (file.length() / regionBytes));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Creates an empty store's file; it gets its name only when it is whole. */
    static void create(FileStore files, PageStoreContext context) {
        String draft = context.fileName() + DRAFT_SUFFIX;
        if (files.exists(draft)) {
            files.delete(draft);
        }
        try (StoredFile file = files.create(draft, context.regionBytes())) {
            MetaPage meta = new MetaPage();
            meta.blockBytes = context.blockBytes();
            meta.regionBytes = context.regionBytes();
            meta.fileBlocks = context.regionBytes() / context.blockBytes();
            meta.usedBlocks = PageDescriptor.META_AREA_BYTES / context.blockBytes();
            meta.write(file);
            file.sync();
        }
        files.rename(draft, context.fileName());
    }

    static PageFile open(FileStore files, String name) {
        StoredFile file = files.open(name);
        try {
            MetaPage meta = MetaPage.readNewest(file);
            if (meta == null) {
                throw new StorageException(
                        StorageException.Kind.CORRUPT, "file '" + name + "' has no valid root in any of its slots");
            }
            return new PageFile(file, meta);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The root that the file was opened with. */
    MetaPage meta() {
        return meta;
    }

    String name() {
        return file.name();
    }

    long length() {
        return (long) mappedCount * regionBytes;
    }

    /** Regions mapped and not retired. */
    int regionCount() {
        return mappedCount;
    }

    synchronized UnsafeBuffer[] buffers() {
        return Arrays.copyOf(buffers, retiredFrom);
    }

    /** Makes at least so many regions available. Slow, except when retired ones can be had back. */
    void growTo(int regionCount) {
        if (adoptRetired(regionCount)) {
            return;
        }
        synchronized (lengthLock) {
            if (!adoptRetired(regionCount)) {
                long newLength = (long) regionCount * regionBytes;
                if (file.length() < newLength) {
                    file.extend(newLength);
                }
                mapTo(regionCount);
            }
        }
    }

    private synchronized boolean adoptRetired(int regionCount) {
        int adopted = Math.min(regionCount, regions.length);
        if (adopted > retiredFrom) {
            retiredFrom = adopted;
            mappedCount = adopted;
        }
        return adopted == regionCount;
    }

    /** From now on only the first {@code regionCount} regions are in use; the others wait for {@link #cutRetired}. */
    synchronized void retire(int regionCount) {
        retiredFrom = Math.min(retiredFrom, regionCount);
        mappedCount = retiredFrom;
    }

    /** Piece by piece: as long as a file is being cut, whoever touches a page of it for the first time must wait. */
    void cutRetired() {
        synchronized (lengthLock) {
            MappedRegion[] retired;
            int kept;
            synchronized (this) {
                kept = retiredFrom;
                retired = Arrays.copyOfRange(regions, kept, regions.length);
                regions = Arrays.copyOf(regions, kept);
                buffers = Arrays.copyOf(buffers, kept);
            }
            int end = retired.length;
            while (end > 0) {
                int from = Math.max(0, end - CUT_REGIONS);
                for (int i = from; i < end; i++) {
                    retired[i].close();
                }
                file.truncate((long) (kept + from) * regionBytes);
                end = from;
            }
        }
    }

    void write(MetaPage root) {
        root.write(file);
    }

    /** Makes blocks of one region durable. */
    void sync(int block, int count) {
        MappedRegion region;
        synchronized (this) {
            region = regions[block / regionBlocks];
        }
        int blockBytes = regionBytes / regionBlocks;
        region.sync(block % regionBlocks * blockBytes, count * blockBytes);
    }

    /** Makes the roots durable that were written. */
    void syncRoots() {
        MappedRegion region;
        synchronized (this) {
            region = regions[0];
        }
        region.sync(0, PageDescriptor.META_AREA_BYTES);
    }

    @Override
    public synchronized void close() {
        RuntimeException first = null;
        for (MappedRegion region : regions) {
            try {
                region.close();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        regions = new MappedRegion[0];
        file.close();
        if (first != null) {
            throw first;
        }
    }

    private synchronized void mapTo(int regionCount) {
        if ((long) regionCount * regionBlocks > Integer.MAX_VALUE) {
            throw new StorageException(StorageException.Kind.NO_SPACE, "file '" + name() + "' is at its largest");
        }
        int from = regions.length;
        MappedRegion[] newRegions = Arrays.copyOf(regions, regionCount);
        UnsafeBuffer[] newBuffers = Arrays.copyOf(buffers, regionCount);
        for (int i = from; i < regionCount; i++) {
            newRegions[i] = file.map((long) i * regionBytes, regionBytes);
            newBuffers[i] = new UnsafeBuffer(newRegions[i].buffer());
        }
        regions = newRegions;
        buffers = newBuffers;
        retiredFrom = regionCount;
        mappedCount = regionCount;
    }
}
