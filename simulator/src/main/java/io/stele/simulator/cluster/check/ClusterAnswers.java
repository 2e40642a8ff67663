package io.stele.simulator.cluster.check;

import io.stele.consensus.log.Entry;
import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.check.CommittedPrefix;
import io.stele.simulator.check.Reference;
import io.stele.simulator.check.Reference.Moment;
import io.stele.simulator.workload.Call;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.LeaseCheckpointRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Every answer of every member against the reference model, which is stepped in the order of the log: a white-box check
 * of strict serializability, complete because the order is known.
 *
 * <ul>
 *   <li>A write's answer is the model's at its entry. The entry comes behind all that anybody had applied when the
 *       write was sent: so what was answered before it was sent comes first.
 *   <li>A linearizable read shows the state after some entry between all that anybody had applied when it was sent, and
 *       what the member had applied when it answered.
 *   <li>A serializable read shows the state that the member was in.
 *   <li>No entry is a request that nobody made; no request becomes two entries; a write of which it was said that it
 *       had no effect never gets one; what was acknowledged is an entry.
 * </ul>
 */
public final class ClusterAnswers {
    /** Errors that say nothing about the keys. */
    private static final Set<ApiError> REFUSALS = EnumSet.of(
            ApiError.NO_LEADER,
            ApiError.LEADER_CHANGED,
            ApiError.NOT_LEADER,
            ApiError.TOO_MANY_REQUESTS,
            ApiError.NO_SPACE,
            ApiError.TIMEOUT,
            ApiError.TIMEOUT_LEADER_LOST,
            ApiError.TIMEOUT_CONNECTION_LOST,
            ApiError.STOPPED,
            ApiError.UNHEALTHY,
            ApiError.NOT_FOR_LEARNER);

    /** An answer may be on its way for seconds, while its member is paused. */
    private static final int MOMENTS_TRIED_MAX = 4096;

    private final Reference model;
    private final CommittedPrefix prefix;
    private final Coverage coverage;
    private final Long2ObjectHashMap<Call> calls = new Long2ObjectHashMap<>();

    private long lastCall;

    /** The state after each entry. */
    private final List<Moment> moments = new ArrayList<>();

    public ClusterAnswers(Reference model, CommittedPrefix prefix, Coverage coverage) {
        this.model = model;
        this.prefix = prefix;
        this.coverage = coverage;
        moments.add(model.moment());
    }

    public Reference model() {
        return model;
    }

    /** A client sends a request to a member, which has applied so much. */
    public void onInvoked(Call call, long memberApplied) {
        call.invokedAtIndex = prefix.lastIndex();
        call.invokedAtRevision = model.revision();
        call.memberAppliedThen = memberApplied;
        calls.put(call.correlationId, call);
        lastCall = call.correlationId;
    }

    /** A member begins to answer. */
    public void onAnswerBegun(long memberApplied, long correlationId, boolean isLate) {
        Call call = calls.get(correlationId);
        if (call != null) {
            call.answeredAtIndex = memberApplied;
            call.isLate = isLate;
        }
    }

    /** An entry is applied by anybody for the first time. */
    public void onApplied(long logIndex, CommittedPrefix.Applied applied) {
        if (applied.type() == Entry.COMMAND) {
            model.beginEntry(logIndex, applied.term());
            coverage.entry();
            if (isLeadersOwn(applied.payload())) {
                model.apply(applied.payload());
            } else {
                onCommand(logIndex, applied.payload());
            }
        }
        moments.add(model.moment());
    }

    /** Whether an entry is one that no client may ask for. */
    private static boolean isLeadersOwn(byte[] payload) {
        int templateId = RequestFrame.templateId(new UnsafeBuffer(payload), 0);
        return templateId == LeaseExpireRequestDecoder.TEMPLATE_ID
                || templateId == AlarmRequestDecoder.TEMPLATE_ID
                || templateId == LeaseCheckpointRequestDecoder.TEMPLATE_ID;
    }

    private void onCommand(long logIndex, byte[] payload) {
        Call call = calls.get(ReplySplitter.correlationId(new UnsafeBuffer(payload), 0));
        if (call == null || !Arrays.equals(call.request, payload)) {
            throw new Violation("no phantom", "entry " + logIndex + " is a request that no client made");
        }
        if (call.logIndex != 0) {
            throw new Violation(
                    "exactly once", call + " is entry " + logIndex + " and was entry " + call.logIndex + " before");
        }
        if (call.hasNoEffect) {
            throw new Violation("unknown outcome", call + " was said to have no effect, but becomes entry " + logIndex);
        }
        if (logIndex <= call.invokedAtIndex) {
            throw new Violation("real time", call + " became entry " + logIndex + " before it was sent");
        }
        call.logIndex = logIndex;
        call.expected = model.apply(call.request);
        if (call.outcome == Call.Outcome.UNKNOWN) {
            coverage.note(Sometimes.UNACKNOWLEDGED_WRITE_SURVIVED);
        }
    }

    /** A client has the whole answer. */
    public void onAnswered(Call call) {
        byte[] answer = Answer.canonical(call.frames);
        if (call.outcome == Call.Outcome.ANSWERED) {
            throw new Violation("answers", call + " was answered twice");
        }
        call.outcome = Call.Outcome.ANSWERED;
        coverage.answer();
        String error = Answer.errorText(answer);
        boolean isOfEntry = call.logIndex != 0 && Arrays.equals(answer, (byte[]) call.expected); // as for an alarm
        if (error != null && isRefusal(error) && !isOfEntry) {
            onRefused(call, error);
            return;
        }
        byte[] refusal = model.refusal(call.request);
        if (refusal != null) {
            compare(call, answer, refusal);
        } else if (model.isRead(call.request)) {
            onRead(call, answer, error);
        } else if (call.logIndex == 0) {
            throw new Violation("durability", call + " was answered" + Answer.text(answer) + "\n  but is no entry");
        } else {
            compare(call, answer, (byte[]) call.expected);
            nameSession(call);
        }
    }

    /** No two sessions have one id. */
    private void nameSession(Call call) {
        if (call.templateId == OpenSessionRequestDecoder.TEMPLATE_ID) {
            long id = Answer.openedSession(call.frames.get(0));
            if (!model.nameSession(call.logIndex, id)) {
                throw new Violation("exactly once", call + " has opened session " + id + ", which another one is");
            }
        }
    }

    private static boolean isRefusal(String error) {
        for (ApiError refusal : REFUSALS) {
            if (error.equals(refusal.text())) {
                return true;
            }
        }
        return false;
    }

    private void onRefused(Call call, String error) {
        call.wasRefused = true;
        if (call.mustSucceed) {
            throw new Violation("liveness", call + " was refused by a healthy cluster: " + error);
        }
        if (!Answer.saysNoEffect(call.frames.get(0))) {
            call.outcome = Call.Outcome.UNKNOWN;
            coverage.note(Sometimes.OUTCOME_SAID_TO_BE_UNKNOWN);
            return;
        }
        call.hasNoEffect = true;
        if (call.logIndex != 0) {
            throw new Violation(
                    "unknown outcome",
                    call + " is entry " + call.logIndex + ", but was said to have no effect: " + error);
        }
    }

    private void onRead(Call call, byte[] answer, String error) {
        // The time that a lease has left is the leader's to say, and to renew, wherever it is asked for.
        boolean isLeaders = call.templateId == LeaseTimeToLiveRequestDecoder.TEMPLATE_ID
                || call.templateId == LeaseKeepAliveRequestDecoder.TEMPLATE_ID;
        long to = isLeaders ? prefix.lastIndex() : call.answeredAtIndex;
        boolean isSerializable = model.isLocal(call.request);
        long from = isSerializable ? call.memberAppliedThen : call.invokedAtIndex;
        if (to < from) {
            throw new Violation(
                    "real time",
                    call + " was answered from the state of entry " + to + ", it was sent when entry " + from
                            + " had been applied");
        }
        coverage.note(isSerializable ? Sometimes.SERIALIZABLE_READ : Sometimes.LINEARIZABLE_READ);
        byte[] newest = model.readAt(call.request, moments.get((int) to));
        if (Arrays.equals(answer, newest)) {
            return;
        }
        // A long range shows the state in which it was begun.
        long revision = error == null ? Answer.revision(answer) : 0;
        int tried = 0;
        Moment last = moments.get((int) to);
        for (long at = to - 1; at >= from && tried < MOMENTS_TRIED_MAX; at--) {
            Moment moment = moments.get((int) at);
            boolean isCandidate = !moment.equals(last) && (error != null || isLeaders || moment.revision() == revision);
            last = moment;
            if (isCandidate) {
                tried++;
                if (Arrays.equals(answer, model.readAt(call.request, moment))) {
                    return;
                }
            }
        }
        compare(call, answer, newest);
    }

    private static void compare(Call call, byte[] answer, byte[] expected) {
        if (!Arrays.equals(answer, expected)) {
            throw new Violation(
                    "answers",
                    call + (call.logIndex == 0 ? "" : ", entry " + call.logIndex) + ", sent at entry "
                            + call.invokedAtIndex + ", answered at entry " + call.answeredAtIndex + "\n  was answered"
                            + Answer.text(answer) + "\n  expected" + Answer.text(expected));
        }
    }

    /** At the end of a run: what clients have seen, looked at from outside. */
    public void checkHistories() {
        RegisterHistories histories = new RegisterHistories();
        for (long id = 1; id <= lastCall; id++) {
            Call call = calls.get(id);
            if (call != null && !call.isOfOwnKey) {
                histories.add(call);
            }
        }
        if (histories.check() > 0) {
            coverage.note(Sometimes.HISTORY_FOUND_LINEARIZABLE);
        }
    }

    /** At the end of a run: writes that were neither acknowledged nor done. */
    public void noteLost() {
        for (Call call : calls.values()) {
            if (call.mayWrite() && call.outcome == Call.Outcome.UNKNOWN && call.logIndex == 0) {
                coverage.note(Sometimes.UNACKNOWLEDGED_WRITE_LOST);
            }
        }
    }
}
