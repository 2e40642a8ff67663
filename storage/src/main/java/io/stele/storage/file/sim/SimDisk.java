package io.stele.storage.file.sim;

import io.stele.storage.file.FileNames;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.agrona.DirectBuffer;

/**
 * A deterministic disk in memory, under a {@link SimFileStore}. It outlives the node that uses it.
 *
 * <p>Each file has a cache image, which reads, writes and mappings see, and a durable image. {@link #crash} loses
 * power: every 512-byte sector in which the two differ becomes, independently of all others, its old self, its new
 * self, or a mixture of their 8-byte words. Changes of the directory are forced by the port, so only a crash inside
 * such a call leaves either state. {@link #kill} ends the process only: the page cache survives.
 *
 * <p>Stores through a mapping are invisible until the next call or crash; dirty sectors are found then by comparing the
 * images. All faults come from the {@link FaultPlan} and from the seeds: the same calls give the same disk.
 */
public final class SimDisk {
    static final int SECTOR_LENGTH = 512;

    private final TreeMap<String, SimImage> files = new TreeMap<>();
    private FaultPlan plan = FaultPlan.NONE;
    private long quota = Long.MAX_VALUE;
    private long callCount;
    private long totalCallCount;
    private long syncCount;
    private SimFileStore mounted;
    private boolean down;
    private SplittableRandom random = new SplittableRandom(1);

    /** Opens the directory for a node; refused as long as another has it open. */
    public synchronized FileStore mount() {
        if (mounted != null) {
            throw new StorageException(Kind.FOREIGN, "the simulated directory is in use");
        }
        if (down) {
            throw new IllegalStateException("after a SimCrash comes crash(seed) or kill(), then mount()");
        }
        mounted = new SimFileStore(this);
        return mounted;
    }

    /** Sets the fate of the calls to come. */
    public synchronized SimDisk plan(FaultPlan newPlan) {
        plan = newPlan;
        return this;
    }

    /** Limits the bytes of all files together. */
    public synchronized SimDisk quota(long bytes) {
        quota = bytes;
        return this;
    }

    /** Whether there is a limit. */
    public synchronized boolean isLimited() {
        return quota != Long.MAX_VALUE;
    }

    /** Draws anew what faults leave to chance: how far a call had come when power failed in it. */
    public synchronized SimDisk seed(long seed) {
        random = new SplittableRandom(seed);
        return this;
    }

    /** Port calls since the last {@link #resetCallCount()}. */
    public synchronized long callCount() {
        return callCount;
    }

    public synchronized void resetCallCount() {
        callCount = 0;
    }

    /** Successful syncs of files since the disk was made. */
    public synchronized long syncCount() {
        return syncCount;
    }

    public synchronized long usedBytes() {
        long used = 0;
        for (SimImage image : files.values()) {
            used += image.length();
        }
        return used;
    }

    /**
     * Cuts the power. Files and mappings of the node that had the disk are dead; the next {@link #mount} finds the
     * rest.
     */
    public synchronized void crash(long seed) {
        random = new SplittableRandom(seed);
        for (SimImage image : files.values()) {
            image.crash(random);
        }
        unmount();
    }

    /** Kills the process: nothing is lost that had been stored. */
    public synchronized void kill() {
        for (SimImage image : files.values()) {
            image.kill();
        }
        unmount();
    }

    private void unmount() {
        mounted = null;
        down = false;
        plan = FaultPlan.NONE;
    }

    /** Bit rot: inverts one bit, for good, wherever the file's bytes are kept. */
    public synchronized void flipBit(String name, long position, int bit) {
        image(name).flipBit((int) position, bit);
    }

    /** Plants a misdirected write: the sector at one place now also stands at another. */
    public synchronized void copySector(String name, long fromPosition, long toPosition) {
        image(name).copySector((int) fromPosition, (int) toPosition);
    }

    /** What a reader of the file would see now. */
    public synchronized byte[] bytes(String name) {
        return image(name).bytes();
    }

    /** What a power cut would leave of the file for certain: what was synced. */
    public synchronized byte[] durableBytes(String name) {
        return image(name).durableBytes();
    }

    /**
     * Whether a range of mapped memory is on the disk as it is in memory: no power cut can take it away. False for
     * memory that is no mapping of this disk.
     */
    public synchronized boolean isDurable(DirectBuffer memory, int offset, int length) {
        for (SimImage image : files.values()) {
            if (image.isMapped(memory.byteArray())) {
                return image.isDurable(memory, offset, length);
            }
        }
        return false;
    }

    /** Replaces a file's bytes, durably; makes the file if there is none. For planting damage. */
    public synchronized void replace(String name, byte[] bytes) {
        files.put(name, new SimImage(bytes));
    }

    /** Loses a file. */
    public synchronized void lose(String name) {
        files.remove(name);
    }

    public synchronized List<String> names() {
        return new ArrayList<>(files.keySet());
    }

    /** An independent disk with the same files, as a reader would see them now. */
    public synchronized SimDisk copy() {
        SimDisk copy = new SimDisk();
        files.forEach((name, image) -> copy.files.put(name, new SimImage(image.bytes())));
        copy.quota = quota;
        return copy;
    }

    // What follows is called by SimFileStore, with this disk locked.

    boolean holds(SimFileStore store) {
        return mounted == store;
    }

    void release(SimFileStore store) {
        if (mounted == store) {
            mounted = null;
        }
    }

    DiskFault nextFault(DiskOperation operation, String name) {
        callCount++;
        totalCallCount++;
        return plan.onCall(callCount, operation, name);
    }

    SimCrash die(DiskOperation operation, String name) {
        mounted = null;
        down = true;
        return new SimCrash("crash at call " + callCount + ", " + operation + " " + name);
    }

    /** For what a fault leaves to chance: depends on the last crash and the number of calls only. */
    SplittableRandom faultRandom() {
        return new SplittableRandom(random.split().nextLong() ^ totalCallCount);
    }

    SimImage image(String name) {
        SimImage image = files.get(name);
        if (image == null) {
            throw new StorageException(Kind.IO, name + ": no such file");
        }
        return image;
    }

    boolean exists(String name) {
        checkName(name);
        return files.containsKey(name);
    }

    SimImage create(String name, long length) {
        checkName(name);
        if (files.containsKey(name)) {
            throw new StorageException(Kind.IO, "file exists already: " + name);
        }
        allocate(length);
        SimImage image = new SimImage(new byte[Math.toIntExact(length)]);
        files.put(name, image);
        return image;
    }

    SimImage rename(String from, String to) {
        checkName(to);
        SimImage image = image(from);
        files.remove(from);
        files.put(to, image);
        return image;
    }

    SimImage delete(String name) {
        SimImage image = image(name);
        files.remove(name);
        return image;
    }

    void allocate(long bytes) {
        if (bytes > freeBytes()) {
            throw new StorageException(Kind.NO_SPACE, "No space left on the simulated disk");
        }
    }

    long freeBytes() {
        return Math.max(0, quota - usedBytes());
    }

    void countSync() {
        syncCount++;
    }

    private static void checkName(String name) {
        if (!FileNames.valid(name)) {
            throw new IllegalArgumentException("not a name for a stored file: " + name);
        }
    }
}
