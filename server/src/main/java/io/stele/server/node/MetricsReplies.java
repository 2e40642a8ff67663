package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;
import io.stele.server.machine.AlarmTable;
import io.stele.server.machine.OperationCounts;
import io.stele.server.watch.WatchHub;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.MetricsReplyEncoder;
import io.stele.transport.peer.PeerCounters;
import org.agrona.ExpandableDirectByteBuffer;

/** Answers what the node counts and measures, under etcd's names where the thing exists: {@code docs/metrics.md}. */
final class MetricsReplies {
    private final NodeState node;
    private final WatchHub watches;
    private final MetricsText page = new MetricsText();
    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(20 * 1024);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MetricsReplyEncoder encoder = new MetricsReplyEncoder();

    MetricsReplies(NodeState node, WatchHub watches) {
        this.node = node;
        this.watches = watches;
    }

    void send(long connectionId, long correlationId) {
        page.clear();
        server();
        store();
        requests();
        leases();
        network();
        latencies();
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(node.machine.revision())
                .raftTerm(node.raft.term());
        encoder.flags().clear();
        encoder.putPage(page.buffer(), 0, page.length());
        node.replies.send(connectionId, buffer, 0, encoder.limit());
    }

    private void server() {
        long memberId = node.identity.memberId();
        page.gauge("etcd_server_has_leader", "Whether a leader is known: 1 or 0.", node.raft.leaderId() == 0 ? 0 : 1);
        page.gauge("etcd_server_is_leader", "Whether this member leads.", node.raft.role() == Role.LEADER ? 1 : 0);
        boolean isLearner = node.raft.membership().isLearner(memberId);
        page.gauge("etcd_server_is_learner", "Whether this member is a learner.", isLearner ? 1 : 0);
        page.head("etcd_server_id", "Which member this is.", "gauge");
        page.labelled("etcd_server_id", "server_id", memberId, "", 1);
        NodeCounters counters = node.counters;
        page.counter("etcd_server_leader_changes_seen_total", "Leaders that were seen.", counters.leaderChangeCount());
        page.gauge("etcd_server_proposals_committed_total", "Log index committed.", node.raft.commitIndex());
        page.gauge("etcd_server_proposals_applied_total", "Log index applied.", node.machine.appliedIndex());
        page.gauge("etcd_server_proposals_pending", "Proposals not applied yet.", node.pending.count());
        page.counter(
                "etcd_server_proposals_failed_total",
                "Proposals whose fate was not learned.",
                counters.failedProposalCount());
        page.counter(
                "etcd_server_read_indexes_failed_total",
                "Linearizable reads that got no read index.",
                counters.failedReadIndexCount());
        page.gauge("etcd_server_quota_backend_bytes", "Bytes that data and history may take.", node.quota.quotaBytes());
        page.head("etcd_debugging_server_alarms", "Alarms that are raised: 1 for each.", "gauge");
        for (AlarmTable.Alarm alarm : node.machine.alarms().alarms()) {
            String type = alarm.alarm() == AlarmTable.NO_SPACE ? ",alarm_type=\"NOSPACE\"" : ",alarm_type=\"CORRUPT\"";
            page.labelled("etcd_debugging_server_alarms", "server_id", alarm.memberId(), type, 1);
        }
    }

    private void store() {
        page.gauge("etcd_mvcc_db_total_size_in_bytes", "Bytes of the page file.", node.store.fileLength());
        page.gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Bytes of it that hold data.", node.store.spaceUsed());
        page.gauge("etcd_debugging_mvcc_keys_total", "Keys.", node.machine.keyCount());
        page.gauge("etcd_debugging_mvcc_current_revision", "Newest revision.", node.machine.revision());
        page.gauge("etcd_debugging_mvcc_compact_revision", "Revision compacted last.", node.machine.compactRevision());
        page.gauge("etcd_disk_wal_write_bytes_total", "Bytes appended to the log since the start.", node.appendedBytes);
        page.durations("etcd_disk_wal_fsync_duration_seconds", "Forces of the log.", node.sync.durations());
        page.durations(
                "etcd_disk_backend_commit_duration_seconds",
                "Checkpoints of the page file, from begin to end; nothing waits for them.",
                node.counters.checkpoints());
    }

    private void requests() {
        OperationCounts counts = node.machine.counts();
        page.counter("etcd_mvcc_put_total", "Puts applied.", counts.puts());
        page.counter("etcd_mvcc_delete_total", "Keys deleted.", counts.deletes());
        page.counter("etcd_mvcc_range_total", "Ranges served by this member.", node.counters.rangeCount());
        page.counter("etcd_mvcc_txn_total", "Transactions applied.", counts.txns());
        page.gauge("etcd_debugging_mvcc_total_put_size_in_bytes", "Bytes of all puts applied.", counts.putBytes());
        page.gauge("etcd_debugging_mvcc_watcher_total", "Watches.", watches.watchCount());
        page.gauge("etcd_debugging_mvcc_watch_stream_total", "Connections with watches.", watches.sessionCount());
        page.gauge("etcd_debugging_mvcc_slow_watcher_total", "Those that are behind.", watches.sessionsBehind());
    }

    private void leases() {
        OperationCounts counts = node.machine.counts();
        page.counter("etcd_debugging_lease_granted_total", "Leases granted.", counts.leasesGranted());
        page.counter("etcd_debugging_lease_revoked_total", "Leases that ended.", counts.leasesRevoked());
        page.counter("etcd_debugging_lease_renewed_total", "Renewals here.", node.counters.leaseRenewalCount());
        page.counter("etcd_debugging_server_lease_expired_total", "Leases whose time was up.", counts.leasesExpired());
        page.gauge("stele_leases", "Leases.", node.machine.leaseCount());
    }

    private void network() {
        Membership membership = node.raft.membership();
        long known = 0;
        long active = 0;
        for (long memberId : membership.memberIds()) {
            if (memberId != node.identity.memberId()) {
                known++;
                active += node.peers.isConnected(memberId) ? 1 : 0;
            }
        }
        page.gauge("etcd_network_known_peers", "Other members.", known);
        page.gauge("etcd_network_active_peers", "Those that are connected.", active);
        PeerCounters peers = node.peers.counters();
        page.counter("etcd_network_peer_sent_bytes_total", "Bytes sent to other members.", peers.bytesSent());
        page.counter(
                "etcd_network_peer_received_bytes_total", "Bytes received from other members.", peers.bytesReceived());
        page.counter("stele_peer_sent_frames_total", "Frames sent to other members.", peers.framesSent());
        page.counter("stele_peer_received_frames_total", "Frames received from other members.", peers.framesReceived());
        page.counter("stele_peer_back_pressured_total", "Frames that had to wait.", peers.backPressured());
        page.gauge("stele_client_connections", "Connections to the node.", node.counters.connectionCount());
    }

    private void latencies() {
        page.latencies(
                "stele_proposal_duration_seconds",
                "Writes of this member's clients, from taken up to applied.",
                node.counters.proposals());
        page.latencies(
                "stele_cycle_duration_seconds", "From one duty cycle of the node to the next.", node.counters.cycles());
    }
}
