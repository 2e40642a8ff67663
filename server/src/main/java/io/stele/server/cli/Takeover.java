package io.stele.server.cli;

import io.stele.server.check.DirectoryCheck;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.machine.StateFounding;
import io.stele.server.node.Founding;
import io.stele.storage.file.DiskFileStore;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.source.KeySource;
import io.stele.transport.source.KeySourceException;
import io.stele.transport.source.SourceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Copies a source into new data directories: keys of one revision with their revisions, versions and leases, then reads
 * everything back. Leaves nothing behind where it fails.
 */
final class Takeover {
    private static final int PROGRESS_KEYS = 10_000;

    /** Keys of a lease that ended after they were read: they go as they have gone there. */
    private static final long ENDED_LEASE_SECONDS = 1;

    private final KeySource source;
    private final ClusterConfig cluster;
    private final Consumer<String> progress;
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer value = new UnsafeBuffer(0, 0);
    private final LongHashSet laterLeases = new LongHashSet();
    private final ContentSum taken = new ContentSum();
    private long leaseCount;
    private long bytes;

    Takeover(KeySource source, ClusterConfig cluster, Consumer<String> progress) {
        this.source = source;
        this.cluster = cluster;
        this.progress = progress;
    }

    /** Where each member's directory is: the one that was named, or one in it for each of several members. */
    static Map<String, Path> directories(ClusterConfig cluster, Path directory) {
        Map<String, Path> directories = new TreeMap<>();
        for (InitialMember member : cluster.members()) {
            directories.put(member.name(), cluster.hasPeers() ? directory.resolve(member.name()) : directory);
        }
        return directories;
    }

    /** Throws unless the directory is missing or empty. */
    static void checkEmpty(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new KeySourceException("--data-dir " + directory + " is no directory");
        }
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new KeySourceException(
                        "--data-dir " + directory + " is not empty: an import makes a new directory, name another");
            }
        }
    }

    /** Returns what was done, in a line. */
    String run(Path directory) throws IOException {
        checkEmpty(directory);
        Map<String, Path> directories = directories(cluster, directory);
        try {
            Path first = directories.values().iterator().next();
            Path pages = first.resolve(new PageStoreContext().fileName());
            try (DiskFileStore files = DiskFileStore.open(first)) {
                try (PageStore store = Founding.create(files)) {
                    copy(store);
                }
                try (PageStore store = Founding.create(files)) {
                    verify(store);
                }
            }
            for (Path other : directories.values()) {
                if (!other.equals(first)) {
                    Files.createDirectories(other);
                    Files.copy(pages, other.resolve(pages.getFileName()));
                }
            }
            for (Map.Entry<String, Path> member : directories.entrySet()) {
                try (DiskFileStore files = DiskFileStore.openExisting(member.getValue())) {
                    force(files);
                    new Founding(cluster).complete(files, member.getKey());
                    check(files, member.getValue());
                }
            }
        } catch (RuntimeException | IOException e) {
            empty(directory);
            throw e;
        }
        return "imported " + taken.count() + " keys (" + bytes + " bytes) and " + leaseCount + " leases at revision "
                + source.revision() + " into "
                + directories.values().stream().map(Path::toString).toList();
    }

    private void copy(PageStore store) {
        StateFounding founding = new StateFounding(store);
        source.leases((leaseId, granted, remaining) -> grant(founding, leaseId, granted, remaining));
        boolean more = true;
        while (more) {
            more = source.next(next -> take(founding, next));
            store.doBackgroundWork();
        }
        for (long leaseId : laterLeases) {
            source.lease(leaseId, (id, granted, remaining) -> grant(founding, id, granted, remaining));
            if (!founding.hasLease(leaseId)) {
                grant(founding, leaseId, ENDED_LEASE_SECONDS, ENDED_LEASE_SECONDS);
            }
        }
        if (taken.count() != source.keyCount()) {
            throw new KeySourceException("the source has " + source.keyCount() + " keys at revision "
                    + source.revision() + ", but has told of " + taken.count() + ": it cannot be relied on");
        }
        founding.finish(source.revision(), new Founding(cluster).members());
        store.checkpoint();
    }

    private void grant(StateFounding founding, long leaseId, long granted, long remaining) {
        if (!founding.hasLease(leaseId)) {
            founding.lease(leaseId, granted, remaining);
            leaseCount++;
        }
    }

    private void take(StateFounding founding, SourceKey next) {
        key.wrap(next.key(), next.key().position(), next.key().remaining());
        value.wrap(next.value(), next.value().position(), next.value().remaining());
        if (key.capacity() > founding.keyLengthMax()) {
            throw new KeySourceException("the source has a key of " + key.capacity() + " bytes, the longest that can be"
                    + " kept here has " + founding.keyLengthMax());
        }
        founding.key(key, value, next.createRevision(), next.modRevision(), next.version(), next.lease());
        if (next.lease() != 0 && !founding.hasLease(next.lease())) {
            laterLeases.add(next.lease());
        }
        taken.add(key, value, next.createRevision(), next.modRevision(), next.version(), next.lease());
        bytes += key.capacity() + value.capacity();
        if (taken.count() % PROGRESS_KEYS == 0) {
            progress.accept("copied " + taken.count() + " of " + source.keyCount() + " keys, " + bytes + " bytes");
        }
    }

    private void verify(PageStore store) {
        progress.accept("reading back " + taken.count() + " keys");
        ContentSum kept = new ContentSum();
        StateFounding.readBack(store, kept::add);
        if (!kept.isSameAs(taken)) {
            throw new KeySourceException(
                    "what was written is not what was read: " + kept + " instead of " + taken + "; is the disk sound?");
        }
    }

    private static void force(DiskFileStore files) {
        try (var pages = files.open(new PageStoreContext().fileName())) {
            pages.sync();
        }
    }

    private static void check(DiskFileStore files, Path directory) {
        List<String> problems = new DirectoryCheck(files, line -> {}).run();
        if (!problems.isEmpty()) {
            throw new KeySourceException(directory + " was made, but is not sound: " + problems.get(0));
        }
    }

    /** It was empty before. */
    private static void empty(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(directory)) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove what was begun in " + directory, e);
        }
    }
}
