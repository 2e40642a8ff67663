package io.stele.storage.page;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StoredFile;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The mapped file. Growing and cutting may be done by the checkpoint thread beside the node thread: both hold this
 * object's monitor, which the node thread takes only when it has run out of blocks and when it begins a checkpoint.
 *
 * <p>Cutting has two steps, because the new root must be durable before the file becomes shorter: the node thread
 * retires regions, the checkpoint thread cuts them. Regions wanted back in between are simply adopted again.
 */
final class PageFile implements AutoCloseable {
    private static final String DRAFT_SUFFIX = ".new";

    private final StoredFile file;
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
    synchronized void growTo(int regionCount) {
        int adopted = Math.min(regionCount, regions.length);
        if (adopted > retiredFrom) {
            retiredFrom = adopted;
            mappedCount = adopted;
        }
        if (regionCount > regions.length) {
            long newLength = (long) regionCount * regionBytes;
            if (file.length() < newLength) {
                file.extend(newLength);
            }
            mapTo(regionCount);
        }
    }

    /** From now on only the first {@code regionCount} regions are in use; the others wait for {@link #cutRetired}. */
    synchronized void retire(int regionCount) {
        retiredFrom = Math.min(retiredFrom, regionCount);
        mappedCount = retiredFrom;
    }

    synchronized void cutRetired() {
        if (retiredFrom < regions.length) {
            for (int i = retiredFrom; i < regions.length; i++) {
                regions[i].close();
            }
            regions = Arrays.copyOf(regions, retiredFrom);
            buffers = Arrays.copyOf(buffers, retiredFrom);
            file.truncate((long) retiredFrom * regionBytes);
        }
    }

    void write(MetaPage root) {
        root.write(file);
    }

    void sync() {
        file.sync();
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

    private void mapTo(int regionCount) {
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
