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
 * retires steps, the checkpoint thread cuts them. Steps wanted back in between are simply adopted again.
 *
 * <pre>
 *   regions  |       0       |       1       |       2       |     mapped as a whole; no page or value straddles two
 *   steps    | | | | | | | | | | | | | | | | | | | | |             the file ends with any of these
 * </pre>
 *
 * A region whose end has been cut stays mapped, and what is cut of it is not touched; when the file grows again it is
 * there. A new region is filled as a whole before it is mapped, and cut to measure by the next checkpoint.
 */
final class PageFile implements AutoCloseable {
    private static final String DRAFT_SUFFIX = ".new";
    private static final int STEPS_PER_REGION_MAX = 8;

    private final StoredFile file;
    private final Object lengthLock = new Object();
    private final int regionBytes;
    private final int regionBlocks;
    private final int stepBytes;
    private final int stepsPerRegion;
    private final MetaPage meta;
    private MappedRegion[] regions = new MappedRegion[0];
    private UnsafeBuffer[] buffers = new UnsafeBuffer[0];
    /** The disk was full when the file was opened: its last region is mapped in part, and it cannot grow. */
    private final boolean isShort;
    /** Steps that may be adopted, and those of them that are in use. */
    private int presentSteps;

    private int retiredFrom;
    private volatile int stepCount;

    private PageFile(StoredFile file, MetaPage meta, boolean toWrite) {
        this.file = file;
        this.meta = meta;
        this.regionBytes = meta.regionBytes;
        this.regionBlocks = meta.regionBytes / meta.blockBytes;
        this.stepBytes = stepBytes(meta.regionBytes, meta.blockBytes);
        this.stepsPerRegion = regionBytes / stepBytes;
        try {
            if (toWrite) {
                fillLastRegion();
            }
            int steps = (int) (file.length() / stepBytes);
            isShort = steps % stepsPerRegion != 0;
            mapTo(steps);
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

    /** Opens a file; one that is only looked at is left as it is. */
    static PageFile open(FileStore files, String name, boolean toWrite) {
        StoredFile file = files.open(name);
        try {
            MetaPage meta = MetaPage.readNewest(file);
            if (meta == null) {
                throw new StorageException(
                        StorageException.Kind.CORRUPT, "file '" + name + "' has no valid root in any of its slots");
            }
            return new PageFile(file, meta, toWrite);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** By what a file grows and shrinks: groups of 64 blocks. */
    static int stepBytes(int regionBytes, int blockBytes) {
        return Math.max(regionBytes / STEPS_PER_REGION_MAX, Long.SIZE * blockBytes);
    }

    private void fillLastRegion() {
        long end = (file.length() + regionBytes - 1) / regionBytes * regionBytes;
        if (end == file.length()) {
            return;
        }
        try {
            file.extend(end);
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NO_SPACE) {
                throw e;
            }
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
        return (long) stepCount * stepBytes;
    }

    /** Blocks of a step. */
    int stepBlocks() {
        return regionBlocks / stepsPerRegion;
    }

    /** Steps that are there and not retired. */
    int stepCount() {
        return stepCount;
    }

    /** The regions that the steps lie in. */
    synchronized UnsafeBuffer[] buffers() {
        return Arrays.copyOf(buffers, regionsOf(retiredFrom));
    }

    /** Makes at least so many steps available. Slow, except when retired ones can be had back. */
    void growTo(int steps) {
        if (adoptRetired(steps)) {
            return;
        }
        synchronized (lengthLock) {
            if (!adoptRetired(steps)) {
                int newSteps = regionsOf(steps) > regions.length ? regionsOf(steps) * stepsPerRegion : steps;
                if (isShort) {
                    throw new StorageException(
                            StorageException.Kind.NO_SPACE,
                            "file '" + name() + "' was opened on a full disk: it grows after a restart");
                }
                long newLength = (long) newSteps * stepBytes;
                if (file.length() < newLength) {
                    file.extend(newLength);
                }
                mapTo(newSteps);
            }
        }
    }

    private int regionsOf(int steps) {
        return (steps + stepsPerRegion - 1) / stepsPerRegion;
    }

    private synchronized boolean adoptRetired(int steps) {
        int adopted = Math.min(steps, presentSteps);
        if (adopted > retiredFrom) {
            retiredFrom = adopted;
            stepCount = adopted;
        }
        return adopted == steps;
    }

    /** From now on only the first {@code steps} are in use; the others wait for {@link #cutRetired}. */
    synchronized void retire(int steps) {
        retiredFrom = Math.min(retiredFrom, steps);
        stepCount = retiredFrom;
    }

    /**
     * Cuts off one of the retired steps; whether more are left. A piece at a time, with rests that are the caller's: as
     * long as a file is being cut, whoever stores to one of its pages for the first time must wait, and a file system
     * that tells the disk what it frees takes milliseconds for some megabytes.
     */
    boolean cutRetired() {
        synchronized (lengthLock) {
            MappedRegion[] retired;
            int steps;
            boolean isLast;
            synchronized (this) {
                steps = Math.max(retiredFrom, presentSteps - 1);
                isLast = steps == retiredFrom;
                presentSteps = steps;
                int kept = regionsOf(steps);
                retired = Arrays.copyOfRange(regions, kept, regions.length);
                regions = Arrays.copyOf(regions, kept);
                buffers = Arrays.copyOf(buffers, kept);
            }
            long newLength = (long) steps * stepBytes;
            for (MappedRegion region : retired) {
                region.close();
            }
            if (file.length() > newLength) {
                file.truncate(newLength);
            }
            return !isLast;
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

    private synchronized void mapTo(int steps) {
        int regionCount = regionsOf(steps);
        if ((long) regionCount * regionBlocks > Integer.MAX_VALUE) {
            throw new StorageException(StorageException.Kind.NO_SPACE, "file '" + name() + "' is at its largest");
        }
        int from = regions.length;
        MappedRegion[] newRegions = Arrays.copyOf(regions, regionCount);
        UnsafeBuffer[] newBuffers = Arrays.copyOf(buffers, regionCount);
        for (int i = from; i < regionCount; i++) {
            long position = (long) i * regionBytes;
            newRegions[i] = file.map(position, (int) Math.min(regionBytes, (long) steps * stepBytes - position));
            newBuffers[i] = new UnsafeBuffer(newRegions[i].buffer());
        }
        regions = newRegions;
        buffers = newBuffers;
        presentSteps = steps;
        retiredFrom = steps;
        stepCount = steps;
    }
}
