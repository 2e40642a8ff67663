package io.stele.server.machine;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.storage.page.PageStore;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.AuthReadRequestDecoder;
import io.stele.transport.codec.CloseSessionRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import io.stele.transport.codec.LeaseCheckpointRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * The replicated state: keys with their history, leases, users and roles, and what clients' sessions remember. The
 * same entries in the same order make the same state and the same replies on every member: there is no clock here, no
 * thread, no randomness, no I/O but the page store's.
 *
 * <p>Called by one thread. An entry that cannot be applied as asked is answered with etcd's error and changes nothing
 * but the applied index. An exception out of {@link #apply} means that this member's data cannot be trusted to go on.
 */
public final class StateMachine {
    /** Type of the log entries that are requests. Those of unknown types only move the applied index. */
    public static final byte COMMAND = 1;

    /** Type of those that change the membership. */
    public static final byte MEMBERSHIP = 2;

    private static final int SPARE_SCANS_MAX = 16;

    private final PageStore store;
    private final KeyIndex index;
    private final MachineLimits limits;
    private final Stamp stamp;
    private final StateDigest digest = new StateDigest();
    private final LeaseTable leases;
    private final OperationCounts counts = new OperationCounts();
    private final LeaseOperations leaseOperations;
    private final MemberTable members;
    private final AuthOperations auth;
    private final AlarmTable alarms;
    private final AlarmRules alarmRules;
    private final DowngradeTarget downgrade;
    private final SystemOperations systemOperations;
    private final SessionTable sessions;
    private final KeySpace space;
    private final Operations operations;
    private final Txn txn;
    private final Compactor compactor;
    private final IndexWarmUp warmUp;
    private final RequestCheck requestCheck;
    private final SortRoom sortRoom;
    private final List<RangeScan> openScans = new ArrayList<>();
    private final List<RangeScan> spareScans = new ArrayList<>();

    private final MessageSequence sequence = new MessageSequence();
    private final CompactRequestDecoder compact = new CompactRequestDecoder();
    private final OpenSessionRequestDecoder openSession = new OpenSessionRequestDecoder();
    private final CloseSessionRequestDecoder closeSession = new CloseSessionRequestDecoder();

    /** For replies that a session remembers and nobody here waits for. */
    private final ReplyEncoder unsent = new ReplyEncoder();

    private final RemovalCount removals;
    private final RangeQuery pointQuery = new RangeQuery();
    private final KeyRecord record = new KeyRecord();
    private final RevisionView content = new RevisionView();

    /** Takes up the state in the store, which is an empty one in an empty store. */
    public StateMachine(PageStore store, KeyIndex index, MachineLimits limits) {
        this.store = store;
        this.index = index;
        this.limits = limits;
        stamp = new Stamp(store.stamp());
        digest.load(stamp.digestLow(), stamp.digestHigh());
        leases = new LeaseTable(store, stamp, digest);
        members = new MemberTable(store);
        alarms = new AlarmTable(store);
        alarmRules = new AlarmRules(alarms);
        downgrade = new DowngradeTarget(store);
        systemOperations = new SystemOperations(alarms, downgrade);
        sessions = new SessionTable(store, digest);
        space = new KeySpace(store, index, stamp, digest, leases);
        auth = new AuthOperations(store, digest, space);
        operations = new Operations(space, leases, counts);
        leaseOperations = new LeaseOperations(leases, space, operations, counts);
        sortRoom = new SortRoom(limits.sortedRowsMax());
        txn = new Txn(space, leases, operations, new RangeScan(space, limits, sortRoom));
        compactor = new Compactor(space, stamp);
        warmUp = new IndexWarmUp(space);
        removals = new RemovalCount(space, leases);
        requestCheck = new RequestCheck(limits, KeyDescriptor.keyLengthMax(store.keyLengthMax()));
    }

    public long appliedIndex() {
        return stamp.appliedIndex();
    }

    public OperationCounts counts() {
        return counts;
    }

    public long appliedTerm() {
        return stamp.appliedTerm();
    }

    /** The newest revision; 1 when nothing was ever written. */
    public long revision() {
        return stamp.revision();
    }

    /** The oldest readable revision; -1 before the first compaction. */
    public long compactRevision() {
        return stamp.compactRevision();
    }

    /** Whether what a compaction at this revision gave up has been removed. */
    public boolean isPhysicallyCompacted(long revision) {
        return compactor.isSwept(revision);
    }

    /** Who hears of every change from now on, while it is applied. */
    public void listener(ChangeListener listener) {
        space.listener(listener);
    }

    /** What goes on from now on while an entry takes long. */
    public void pulse(Pulse pulse) {
        operations.pulse(pulse);
    }

    /** For reading changes again. */
    public HistoryReader history() {
        return new HistoryReader(space);
    }

    public long keyCount() {
        return space.keys.countedEntries();
    }

    /** Low half of a digest of live keys, leases, members, alarms: equal on members with equal applied index. */
    public long digestLow() {
        return stamp.digestLow() + systemDigestLow();
    }

    public long digestHigh() {
        return stamp.digestHigh() + systemDigestHigh();
    }

    /** The part of the digest that is summed up anew whenever it changes. */
    long systemDigestLow() {
        return members.digestLow() + alarms.digestLow() + downgrade.digest();
    }

    long systemDigestHigh() {
        return members.digestHigh() + alarms.digestHigh() + downgrade.digest();
    }

    public long leaseCount() {
        return leases.count();
    }

    /** Client sessions that writes may name to be done exactly once. */
    public long sessionCount() {
        return sessions.count();
    }

    /** Seconds that a lease was granted for, or -1. */
    public long leaseTtl(long leaseId) {
        return leases.ttl(leaseId);
    }

    public void forEachLease(LeaseVisitor visitor) {
        leases.visit(0, Integer.MAX_VALUE, visitor);
    }

    /** Visits leases in order of their bits, from an id on, at most so many; returns how many. */
    public int visitLeases(long fromId, int limit, LeaseVisitor visitor) {
        return leases.visit(fromId, limit, visitor);
    }

    /** False if there is no such lease. */
    public boolean findLease(long leaseId, LeaseRecord into) {
        return leases.find(leaseId, into);
    }

    /** Who is told what becomes of leases from now on. */
    public void leaseObserver(LeaseObserver observer) {
        leaseOperations.observer(observer);
    }

    /** Marks the state in a store, which has come from another member as a whole. */
    public static void markInstalled(PageStore received) {
        new Stamp(received.stamp()).installed();
    }

    /** The applied index at which this state has come from another member; 0 if it has grown here. */
    public long installedIndex() {
        return stamp.installedIndex();
    }

    public MemberTable members() {
        return members;
    }

    public AlarmTable alarms() {
        return alarms;
    }

    /** The version that was announced to go back to. */
    public DowngradeTarget downgrade() {
        return downgrade;
    }

    /** Whether point reads need the page store only for their content. */
    public boolean isIndexComplete() {
        return space.isIndexComplete();
    }

    /** What must be refused before it is proposed or read, in etcd's order; null if nothing. */
    public ApiError validate(DirectBuffer request, int offset, int length) {
        return requestCheck.check(request, offset, length);
    }

    /** Why a request would be refused for an alarm, were it applied now; null if it would not. */
    public ApiError alarmRefusal(DirectBuffer request, int offset, int length) {
        return alarmRules.refusal(request, offset, length);
    }

    /** Keys that a request removes at most, as things are; -1 for one that may add data. */
    public long removalCount(DirectBuffer request, int offset, int length) {
        return removals.of(request, offset, length);
    }

    /** Executes the log entry that follows the last one applied. Without a reply encoder nobody waits for a reply. */
    public void apply(
            long logIndex, long term, byte entryType, DirectBuffer buffer, int offset, int length, ReplyEncoder reply) {
        if (logIndex != stamp.appliedIndex() + 1) {
            throw new IllegalStateException("entry " + logIndex + " after " + stamp.appliedIndex());
        }
        if (entryType == COMMAND) {
            if (reply != null) {
                reply.lengthMax(limits.replyLengthMax());
            }
            sequence.wrap(buffer, offset, length);
            sequence.next();
            space.begin();
            if (SessionTable.concerns(sequence)) {
                executeOnce(logIndex, term, length, reply);
            } else {
                execute(logIndex, term, length, reply);
            }
            space.end();
        } else if (entryType == MEMBERSHIP) {
            members.apply(buffer, offset, length);
        }
        stamp.applied(logIndex, term);
    }

    /**
     * Answers a read. The reply holds all of it, or its first slice: then the scan that goes on with it is returned,
     * and is to be closed by the caller.
     */
    public RangeScan read(DirectBuffer buffer, int offset, int length, int sliceBytes, ReplyEncoder reply) {
        sequence.wrap(buffer, offset, length);
        sequence.next();
        reply.lengthMax(limits.replyLengthMax());
        switch (sequence.templateId()) {
            case RangeRequestDecoder.TEMPLATE_ID -> {
                return readRange(sliceBytes, reply);
            }
            case TxnRequestDecoder.TEMPLATE_ID -> executeTxn(offset, length, reply);
            case LeaseTimeToLiveRequestDecoder.TEMPLATE_ID -> leaseOperations.readTimeToLive(sequence, -1, reply);
            case LeaseLeasesRequestDecoder.TEMPLATE_ID -> leaseOperations.readAll(sequence, reply);
            case AuthReadRequestDecoder.TEMPLATE_ID -> auth.read(sequence, reply);
            case AlarmRequestDecoder.TEMPLATE_ID -> systemOperations.alarm(sequence, space.revision(), reply);
            case DowngradeRequestDecoder.TEMPLATE_ID ->
                systemOperations.askDowngrade(sequence, limits.clusterVersion(), space.revision(), reply);
            default -> throw new IllegalArgumentException("not a read: " + sequence.templateId());
        }
        return null;
    }

    /** Answers how long a lease has to live: so many seconds, if there is such a lease. */
    public void readTimeToLive(DirectBuffer buffer, int offset, int length, long secondsLeft, ReplyEncoder reply) {
        sequence.wrap(buffer, offset, length);
        sequence.next();
        reply.lengthMax(limits.replyLengthMax());
        leaseOperations.readTimeToLive(sequence, secondsLeft, reply);
    }

    /**
     * Does some of what need not be done at once: filling the index, removing compacted versions. Returns the work
     * done, 0 when there is none.
     */
    public int doBackgroundWork(int budget) {
        int done = warmUpIndex(budget);
        done += compactor.sweep(budget, oldestScanRevision());
        return done;
    }

    /** Whether versions that a compaction gave up wait to be removed, and may be. */
    public boolean isCompacting() {
        return compactor.hasWork(oldestScanRevision());
    }

    /** The part of the background work that fills the key index; for checks, which wait for it. */
    public int warmUpIndex(int budget) {
        return warmUp.doWork(budget) + index.doWork(budget);
    }

    KeySpace space() {
        return space;
    }

    LeaseTable leases() {
        return leases;
    }

    SessionTable sessions() {
        return sessions;
    }

    PageStore store() {
        return store;
    }

    void release(RangeScan scan) {
        openScans.remove(scan);
        if (spareScans.size() < SPARE_SCANS_MAX) {
            spareScans.add(scan);
        }
    }

    /** What a session remembers is answered, not done again; what it does not is done and remembered. */
    private void executeOnce(long logIndex, long term, int length, ReplyEncoder reply) {
        long correlationId = correlationId();
        switch (sessions.look(sequence)) {
            case NEW -> {
                ReplyEncoder answer = reply;
                if (reply == null) { // all members remember the reply
                    answer = unsent;
                    answer.reset();
                    answer.lengthMax(limits.replyLengthMax());
                }
                execute(logIndex, term, length, answer);
                sessions.remember(logIndex, answer);
            }
            case REPEATED -> {
                if (reply != null) {
                    sessions.replay(correlationId, space.revision(), reply);
                }
            }
            case OVERTAKEN -> fail(ApiError.SEQUENCE_OVERTAKEN, correlationId, reply);
            case UNKNOWN_SESSION -> fail(ApiError.SESSION_NOT_FOUND, correlationId, reply);
        }
    }

    private void execute(long logIndex, long term, int length, ReplyEncoder reply) {
        ApiError refusal = alarmRules.refusal(sequence.buffer(), sequence.messageOffset(), length);
        if (refusal != null) {
            refuse(refusal, reply);
            return;
        }
        switch (sequence.templateId()) {
            case PutRequestDecoder.TEMPLATE_ID -> executePut(reply);
            case DeleteRangeRequestDecoder.TEMPLATE_ID -> operations.deleteRange(sequence, reply, false);
            case TxnRequestDecoder.TEMPLATE_ID -> {
                executeTxn(sequence.messageOffset(), length, reply);
                return;
            }
            case CompactRequestDecoder.TEMPLATE_ID -> executeCompact(reply);
            case LeaseGrantRequestDecoder.TEMPLATE_ID -> leaseOperations.grant(sequence, logIndex, reply);
            case LeaseRevokeRequestDecoder.TEMPLATE_ID -> leaseOperations.revoke(sequence, reply);
            case LeaseExpireRequestDecoder.TEMPLATE_ID -> leaseOperations.expire(sequence, term);
            case LeaseCheckpointRequestDecoder.TEMPLATE_ID -> leaseOperations.checkpoint(sequence, logIndex, term);
            case AuthChangeRequestDecoder.TEMPLATE_ID -> auth.change(sequence, reply);
            case OpenSessionRequestDecoder.TEMPLATE_ID -> executeOpenSession(logIndex, reply);
            case CloseSessionRequestDecoder.TEMPLATE_ID -> executeCloseSession(reply);
            case AlarmRequestDecoder.TEMPLATE_ID -> systemOperations.alarm(sequence, space.revision(), reply);
            case DowngradeRequestDecoder.TEMPLATE_ID ->
                systemOperations.downgrade(sequence, limits.clusterVersion(), space.revision(), reply);
            default -> fail(ApiError.UNIMPLEMENTED, correlationId(), reply);
        }
        if (reply != null) {
            reply.finish(correlationId(), space.revision());
        }
    }

    private void refuse(ApiError error, ReplyEncoder reply) {
        if (sequence.templateId() == LeaseExpireRequestDecoder.TEMPLATE_ID) {
            leaseOperations.refuseExpiry(sequence);
        } else {
            fail(error, correlationId(), reply);
        }
    }

    private void executePut(ReplyEncoder reply) {
        ApiError error = operations.checkPut(sequence);
        if (error == null) {
            operations.put(sequence, reply, false);
        } else {
            fail(error, correlationId(), reply);
        }
    }

    private void executeTxn(int offset, int length, ReplyEncoder reply) {
        ApiError error = txn.prepare(sequence.buffer(), offset, length);
        if (error == null) {
            txn.execute(offset, reply);
            counts.txns++;
        } else {
            fail(error, txn.correlationId(), reply);
        }
        if (reply != null) {
            reply.finish(txn.correlationId(), space.revision());
        }
    }

    private void executeCompact(ReplyEncoder reply) {
        compact.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        ApiError error = compactor.compact(compact.revision());
        if (error != null) {
            fail(error, compact.correlationId(), reply);
        } else if (reply != null) {
            reply.compact(compact.correlationId(), space.revision());
        }
    }

    private void executeOpenSession(long logIndex, ReplyEncoder reply) {
        openSession.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long sessionId = sessions.open(openSession.nonce(), logIndex, limits.sessionsMax());
        if (reply != null) {
            reply.openSession(openSession.correlationId(), space.revision(), sessionId, SessionDescriptor.SLOT_COUNT);
        }
    }

    private void executeCloseSession(ReplyEncoder reply) {
        closeSession.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        if (!sessions.close(closeSession.closedSessionId())) {
            fail(ApiError.SESSION_NOT_FOUND, closeSession.correlationId(), reply);
        } else if (reply != null) {
            reply.closeSession(closeSession.correlationId(), space.revision());
        }
    }

    private RangeScan readRange(int sliceBytes, ReplyEncoder reply) {
        pointQuery.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        if (pointQuery.range().isSingleKey()) {
            readPoint(reply);
            return null;
        }
        RangeScan scan = spareScans.isEmpty()
                ? new RangeScan(space, limits, sortRoom)
                : spareScans.remove(spareScans.size() - 1);
        scan.query().wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        scan.owner(this);
        openScans.add(scan);
        ApiError error = scan.open();
        if (error != null) {
            fail(error, scan.correlationId(), reply);
        } else if (scan.next(reply, sliceBytes)) {
            return scan;
        }
        scan.close();
        return null;
    }

    private void readPoint(ReplyEncoder reply) {
        RangeQuery query = pointQuery;
        long newest = space.revision();
        long revision = query.revision <= 0 ? newest : query.revision;
        if (revision > newest || revision < space.compactRevision()) {
            ApiError error = revision > newest ? ApiError.FUTURE_REVISION : ApiError.COMPACTED;
            fail(error, query.correlationId, reply);
            return;
        }
        KeyRange key = query.range();
        int at = reply.beginRange(query.correlationId, newest, false);
        boolean found = space.findAt(key.buffer(), key.keyOffset(), key.keyLength(), revision, record, content);
        boolean wanted = found && !query.countOnly && query.accepts(record.modRevision, record.createRevision);
        if (wanted && query.keysOnly) {
            reply.keyOnly(
                    key.buffer(),
                    key.keyOffset(),
                    key.keyLength(),
                    record.createRevision,
                    record.modRevision,
                    record.version,
                    query.omitsLease() ? 0 : record.lease);
        } else if (wanted) {
            reply.keyValue(space.content(record.modRevision, record.modSubRevision, content), record.modRevision);
        }
        reply.endRange(at, wanted ? 1 : 0, found ? 1 : 0, false, false);
    }

    private void fail(ApiError error, long correlationId, ReplyEncoder reply) {
        if (reply != null) {
            reply.error(error, correlationId, space.revision());
        }
    }

    /** The first field of every request. */
    private long correlationId() {
        return sequence.buffer().getLong(sequence.bodyOffset(), PutRequestDecoder.BYTE_ORDER);
    }

    private long oldestScanRevision() {
        long oldest = Long.MAX_VALUE;
        for (int i = 0; i < openScans.size(); i++) {
            oldest = Math.min(oldest, openScans.get(i).revision());
        }
        return oldest;
    }
}
