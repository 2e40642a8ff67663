package io.stele.server.node;

import io.stele.consensus.membership.Membership;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.machine.MemberRecord;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.wal.Wal;
import io.stele.storage.wal.WalContext;
import io.stele.storage.wal.WalSalvage;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens log and state. Where one of them is damaged and there are other members, the node starts nevertheless, without
 * what is damaged, and without forgetting what it has promised:
 *
 * <ul>
 *   <li>Damaged log: its whole beginning is kept. Up to where it went is remembered first, as a pledge: until the log
 *       has got there again, with entries from a leader, the member helps nobody to be elected who has less, and does
 *       not campaign ({@link io.stele.consensus.Raft#pledge}).
 *   <li>Damaged pages: the state is lost, as if the others had found it wrong, see {@link Soundness}. Who the others
 *       are is then known from the configuration.
 * </ul>
 *
 * A node that is alone, or the only voter, stops: nobody has what it has lost.
 */
final class DurableParts {
    private static final Logger LOG = LoggerFactory.getLogger(DurableParts.class);

    private final NodeContext context;
    private final NodeParts parts;
    private final FileStore files;
    private final WalContext walContext;

    DurableParts(NodeContext context, NodeParts parts, FileStore files, WalContext walContext) {
        this.context = context;
        this.parts = parts;
        this.files = files;
        this.walContext = walContext;
    }

    /** Sets log, store, index and machine of the parts, and the hosts where the members are not known otherwise. */
    void open() {
        StorageException logDamage = openLog();
        StateExchange.clean(files);
        StorageException stateDamage = openState();
        boolean isFromAnotherTime = false;
        if (logDamage == null && stateDamage == null) {
            logDamage = gap();
            isFromAnotherTime = logDamage != null;
        }
        StorageException damage = stateDamage == null ? logDamage : stateDamage;
        if (damage == null) {
            return;
        }
        if (!hasOthers()) {
            throw damage;
        }
        if (stateDamage != null) {
            LOG.error("the pages of this member are damaged: {}", stateDamage.getMessage());
            parts.superblock.saveStateLost(true);
            parts.hosts = hosts();
            parts.store = parts.exchange.openPlaceholder();
            openMachine();
        }
        if (logDamage != null) {
            salvageLog(logDamage, isFromAnotherTime);
        }
    }

    private StorageException openLog() {
        try {
            parts.wal = Wal.open(files, walContext);
            return null;
        } catch (StorageException e) {
            return ifDamage(e);
        }
    }

    private StorageException openState() {
        try {
            parts.store = parts.exchange.openPages();
            openMachine();
            return null;
        } catch (StorageException e) {
            CloseHelper.closeAll(parts.index, parts.store);
            parts.index = null;
            parts.store = null;
            return ifDamage(e);
        }
    }

    private void openMachine() {
        parts.index = parts.exchange.newIndex();
        parts.machine = parts.exchange.newMachine(parts.store, parts.index);
    }

    private static StorageException ifDamage(StorageException e) {
        if (e.kind() != StorageException.Kind.CORRUPT) {
            throw e;
        }
        return e;
    }

    /** Rule R4: the page store says what it has applied; the log must go on from there without a gap. */
    private StorageException gap() {
        long applied = parts.machine.appliedIndex();
        if (StateExchange.logStartsOver(parts.machine, parts.wal.lastIndex(), parts.wal.term(applied))) {
            startOver();
        }
        return continuesState()
                ? null
                : new StorageException(
                        StorageException.Kind.CORRUPT,
                        "the log holds entries " + parts.wal.firstIndex() + " to " + parts.wal.lastIndex()
                                + " but the pages hold the state after entry " + applied
                                + ": one of them is from another time");
    }

    private boolean continuesState() {
        long applied = parts.machine.appliedIndex();
        return parts.wal.firstIndex() <= applied + 1 && parts.wal.lastIndex() >= applied;
    }

    private void startOver() {
        parts.wal.reset(parts.machine.appliedIndex(), parts.machine.appliedTerm());
        parts.wal.sync();
    }

    private boolean hasOthers() {
        Membership membership =
                parts.machine == null ? null : parts.machine.members().membership();
        if (membership == null || membership.isEmpty()) {
            return context.config.cluster().hasPeers();
        }
        return !membership.isSoleVoter(parts.identity.memberId());
    }

    private List<MemberRecord> hosts() {
        ClusterConfig cluster = context.config.cluster();
        return cluster.existing() ? context.joining.get().members() : initialMembers(cluster, parts.identity);
    }

    /** Those that the flags name. */
    static List<MemberRecord> initialMembers(ClusterConfig cluster, NodeIdentity own) {
        List<MemberRecord> members = new ArrayList<>();
        for (InitialMember member : cluster.members()) {
            long memberId = cluster.hasPeers() ? NodeIdentity.memberId(cluster.token(), member) : own.memberId();
            List<String> urls =
                    member.peerUrls().stream().map(ListenUrl::toString).toList();
            members.add(new MemberRecord(memberId, member.name(), urls, List.of()));
        }
        return members;
    }

    private void salvageLog(StorageException damage, boolean isFromAnotherTime) {
        CloseHelper.close(parts.wal);
        parts.wal = null;
        WalSalvage salvage = WalSalvage.examine(files);
        boolean isEndKnown = salvage.lastIndex() != WalSalvage.UNKNOWN && !isFromAnotherTime;
        pledge(
                isEndKnown ? salvage.lastIndex() : WalSalvage.UNKNOWN,
                isEndKnown ? salvage.lastTerm() : parts.superblock.term());
        salvage.cut();
        parts.wal = Wal.open(files, walContext);
        if (!parts.superblock.isStateLost() && !continuesState()) {
            startOver();
        }
        LOG.error(
                "the log of this member was damaged: {}. It goes on after entry {}; others have the rest, up to entry"
                        + " {} at least",
                damage.getMessage(),
                parts.wal.lastIndex(),
                isEndKnown ? Long.toString(salvage.lastIndex()) : "?");
    }

    /** Durable before anything is thrown away. */
    private void pledge(long logIndex, long logTerm) {
        long term = parts.superblock.pledgeTerm();
        if (logTerm > term || (logTerm == term && logIndex > parts.superblock.pledgeIndex())) {
            parts.superblock.savePledge(logIndex, logTerm);
        }
    }

    /** What the consensus core takes for applied: without a state, all that the log has released, for it was. */
    long appliedIndex() {
        long applied = parts.machine.appliedIndex();
        assert applied >= parts.wal.firstIndex() - 1 || parts.superblock.isStateLost() : applied;
        return Math.max(applied, parts.wal.firstIndex() - 1);
    }
}
