package io.stele.simulator.planted;

import io.stele.simulator.Ports;
import io.stele.simulator.planted.FaultyFiles.PassingFile;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StoredFile;
import io.stele.storage.file.sim.SimDisk;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;

/** What a careless author could do to the files. */
final class PlantedDiskBugs {
    private PlantedDiskBugs() {}

    /** Files of these names are never forced. */
    static Ports neverForced(Predicate<String> names) {
        return onFiles(file -> !names.test(file.name())
                ? file
                : new PassingFile(file) {
                    @Override
                    public void sync() {}

                    @Override
                    void sync(MappedRegion region, int offset, int length) {}
                });
    }

    /** A force returns before it has happened; it happens with the next one. */
    static Ports forcedOneTooLate(Predicate<String> names) {
        return onFiles(file -> !names.test(file.name())
                ? file
                : new PassingFile(file) {
                    private boolean first = true;

                    @Override
                    public void sync() {
                        if (!first) {
                            file.sync();
                        }
                        first = !first;
                    }

                    @Override
                    void sync(MappedRegion region, int offset, int length) {
                        sync();
                    }
                });
    }

    /** The root is written without a force between it and the pages that it points to. */
    static Ports rootBeforePages() {
        return onFiles(file -> !file.name().equals("pages")
                ? file
                : new PassingFile(file) {
                    private boolean rootWritten;

                    @Override
                    public void sync() {
                        if (rootWritten) {
                            file.sync();
                        }
                        rootWritten = false;
                    }

                    @Override
                    void sync(MappedRegion region, int offset, int length) {
                        sync();
                    }

                    @Override
                    public void write(long position, DirectBuffer buffer, int offset, int length) {
                        rootWritten = true;
                        file.write(position, buffer, offset, length);
                    }
                });
    }

    /** One of the slices that were changed is not forced before the root is written, now and then. */
    static Ports forgetsASlice() {
        return onFiles(file -> !file.name().equals("pages")
                ? file
                : new PassingFile(file) {
                    private boolean rootWritten;
                    private int slices;

                    @Override
                    void sync(MappedRegion region, int offset, int length) {
                        if (rootWritten || ++slices % 3 > 0) {
                            region.sync(offset, length);
                        }
                        rootWritten = false;
                    }

                    @Override
                    public void write(long position, DirectBuffer buffer, int offset, int length) {
                        rootWritten = true;
                        file.write(position, buffer, offset, length);
                    }
                });
    }

    /** Positional writes to these files go a sector too far now and then. */
    static Ports misdirected(Predicate<String> names) {
        return onFiles(file -> !names.test(file.name())
                ? file
                : new PassingFile(file) {
                    private int writes;

                    @Override
                    public void write(long position, DirectBuffer buffer, int offset, int length) {
                        boolean isAstray = ++writes % 5 == 0 && position + length + 512 <= file.length();
                        file.write(isAstray ? position + 512 : position, buffer, offset, length);
                    }
                });
    }

    /** Recovery cuts the log at its last sector, as if that were torn, and forgets what it knew about it. */
    static Ports cutsTheTail() {
        return new Ports() {
            @Override
            public void afterCrash(SimDisk disk) {
                String newest = null;
                for (String name : disk.names()) {
                    boolean isUsed = name.startsWith("wal-") && lastUsedSector(disk.bytes(name)) > 0;
                    newest = isUsed ? name : newest;
                }
                if (newest == null) {
                    return;
                }
                byte[] bytes = disk.bytes(newest);
                int sector = lastUsedSector(bytes);
                java.util.Arrays.fill(bytes, sector, sector + 512, (byte) 0);
                disk.replace(newest, bytes);
                disk.lose("wal.headers");
            }
        };
    }

    private static int lastUsedSector(byte[] bytes) {
        int last = bytes.length - 1;
        while (last >= 0 && bytes[last] == 0) {
            last--;
        }
        return Math.max(0, last) / 512 * 512;
    }

    private static Ports onFiles(UnaryOperator<StoredFile> wrapper) {
        return new Ports() {
            @Override
            public FileStore files(FileStore files, int life) {
                return new FaultyFiles(files, wrapper);
            }
        };
    }
}
