package io.stele.server.node;

import io.stele.server.config.ClusterConfig;
import io.stele.server.machine.MemberRecord;
import io.stele.server.machine.StateFounding;
import io.stele.storage.file.FileStore;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.Wal;
import io.stele.storage.wal.WalContext;
import java.util.List;

/**
 * Data directories for a cluster that begins with a state, instead of an empty one: a state is made in the first
 * member's directory, the others get the same pages. Each then has an identity of its own and an empty log that goes on
 * after the state. Who starts such a directory cannot tell it from one that has received a snapshot.
 *
 * <p>The superblock comes last: without it nobody takes the directory for a member's.
 */
public final class Founding {
    private final ClusterConfig cluster;

    public Founding(ClusterConfig cluster) {
        this.cluster = cluster;
    }

    /** Who the members are. */
    public List<MemberRecord> members() {
        return DurableParts.initialMembers(cluster, NodeIdentity.of(cluster, anyName()));
    }

    private String anyName() {
        return cluster.members().get(0).name();
    }

    /** An empty store to make the state in, by {@link StateFounding}. */
    public static PageStore create(FileStore files) {
        return PageStore.open(files, new PageStoreContext());
    }

    /** Makes a directory that holds a finished state a member's. */
    public void complete(FileStore files, String memberName) {
        try (Wal wal = Wal.open(files, new WalContext())) {
            wal.reset(StateFounding.LOG_INDEX, StateFounding.TERM);
            wal.sync();
        }
        NodeIdentity identity = NodeIdentity.of(cluster, memberName);
        try (Superblock superblock = Superblock.create(files, identity.clusterId(), identity.memberId())) {
            superblock.save(StateFounding.TERM, 0);
        }
    }
}
