package io.stele.server.node;

import io.stele.server.config.ClusterConfig;
import io.stele.server.machine.MachineRestore;
import io.stele.server.machine.MemberRecord;
import io.stele.storage.file.DiskFileStore;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.wal.Superblock;
import io.stele.transport.snapshot.SnapshotDescriptor;
import io.stele.transport.snapshot.SnapshotException;
import io.stele.transport.snapshot.SnapshotHeader;
import io.stele.transport.snapshot.SnapshotReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the data directory of a member of a new cluster, which begins with the state of a snapshot. Each member makes
 * its own from the same file: the same state, for it depends on nothing else than the file and what the cluster is.
 *
 * <p>The directory appears with all that is in it, durable, or not at all: it is filled under another name.
 */
public final class SnapshotRestore {
    private static final String UNFINISHED = ".restoring";

    private final SnapshotReader snapshot;
    private final ClusterConfig cluster;
    private final String name;
    private final long revisionBump;
    private final boolean marksCompacted;

    /**
     * @param revisionBump how much later than the snapshot's the new cluster's newest revision is: so that it is later
     *     than any that clients may have seen of the old one
     * @param marksCompacted whether nothing before that revision is readable, so that watchers start anew
     */
    public SnapshotRestore(
            SnapshotReader snapshot, ClusterConfig cluster, String name, long revisionBump, boolean marksCompacted) {
        this.snapshot = snapshot;
        this.cluster = cluster;
        this.name = name;
        this.revisionBump = revisionBump;
        this.marksCompacted = marksCompacted;
    }

    /** Throws a {@link SnapshotException} if the directory holds anything, or the snapshot is damaged. */
    public NodeIdentity into(Path directory) {
        Path target = directory.toAbsolutePath();
        checkEmpty(directory, target);
        Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
        try {
            deleteAll(unfinished);
            NodeIdentity identity;
            try {
                identity = fill(unfinished);
            } catch (RuntimeException e) {
                deleteAll(unfinished);
                throw e;
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return identity;
        } catch (IOException e) {
            throw new SnapshotException("cannot write " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void checkEmpty(Path directory, Path target) {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> entries = Files.list(target)) {
            if (entries.findAny().isPresent()) {
                throw new SnapshotException("data-dir \"" + directory + "\" not empty or could not be read");
            }
        } catch (IOException e) {
            throw new SnapshotException("data-dir \"" + directory + "\" not empty or could not be read", e);
        }
    }

    private NodeIdentity fill(Path directory) {
        NodeIdentity identity = NodeIdentity.of(cluster, name);
        try (DiskFileStore files = DiskFileStore.open(directory)) {
            try (PageStore store = PageStore.open(files, new PageStoreContext())) {
                load(store);
                List<MemberRecord> members = cluster.members().stream()
                        .map(member -> new MemberRecord(
                                NodeIdentity.memberId(cluster.token(), member),
                                member.name(),
                                member.peerUrls().stream().map(Object::toString).toList(),
                                List.of()))
                        .toList();
                MachineRestore.begin(store, members, revisionBump, marksCompacted);
                store.checkpoint();
            }
            try (Superblock superblock = Superblock.create(files, identity.clusterId(), identity.memberId())) {
                superblock.save(snapshot.header().appliedTerm(), 0);
            }
        }
        return identity;
    }

    private void load(PageStore store) {
        long found = 0;
        boolean hasState = false;
        while (snapshot.next()) {
            if (snapshot.type() == SnapshotDescriptor.ENTRIES) {
                found += SnapshotEntries.load(snapshot.buffer(), snapshot.offset(), snapshot.length(), store);
            } else if (snapshot.length() == PageStoreContext.STAMP_BYTES) {
                store.stamp().putBytes(0, snapshot.buffer(), snapshot.offset(), snapshot.length());
                hasState = true;
            }
            while (store.wantsBackgroundWork()) {
                store.doBackgroundWork();
            }
        }
        snapshot.checkEnd(found);
        SnapshotHeader header = snapshot.header();
        if (!hasState || MachineRestore.revision(store) != header.revision()) {
            throw new SnapshotException("the snapshot's state is not the one that its header tells of");
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
        Files.delete(directory);
    }
}
