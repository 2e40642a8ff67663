package io.stele.server.node;

import io.stele.consensus.Raft;
import io.stele.index.KeyIndex;
import io.stele.server.config.AutoCompaction;
import io.stele.server.config.MemberRules;
import io.stele.server.machine.MemberRecord;
import io.stele.server.machine.StateMachine;
import io.stele.server.watch.WatchLimits;
import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.Wal;
import io.stele.transport.client.ClientLink;
import io.stele.transport.peer.PeerLink;
import java.util.List;

/** What recovery has put together, on its way into {@link NodeState}. */
final class NodeParts {
    NodeIdentity identity;
    Superblock superblock;
    Wal wal;
    PageStore store;
    KeyIndex index;
    StateExchange exchange;
    StateMachine machine;
    Raft raft;
    ClientLink link;
    PeerLink peers;
    SyncAgent sync;
    CheckpointAgent checkpointAgent;
    NodeCounters counters;
    SpaceGuard space;
    SpaceAgent spaceAgent;
    int frameLengthMax;
    long checkpointBytes;
    long bootId;
    String name;
    List<MemberRecord> hosts = List.of();
    List<String> clientUrls;
    MemberRules memberRules;
    long walRetainedBytes;
    long quotaBytes;
    WatchLimits watchLimits;
    long leaderlessNs;
    long electionTimeoutNs;
    AutoCompaction autoCompaction;
}
