package io.stele.simulator.check;

import io.stele.consensus.log.Entry;
import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.workload.Call;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.LeaseCheckpointRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Every answer against the reference model, which is stepped in the order in which entries are applied: a white-box
 * check of strict serializability, because the order is known.
 *
 * <ul>
 *   <li>The answer to a write is the model's answer at its entry; its entry came after all that was applied when it was
 *       invoked.
 *   <li>A linearizable read shows the state after all that was applied when it was answered, and so all that was
 *       acknowledged when it was invoked.
 *   <li>A serializable read may also show the state at the beginning of the duty cycle that answered it.
 *   <li>A write that was refused never becomes an entry, and no request becomes two.
 * </ul>
 */
public final class Answers {
    /** What an answer may be: one of these. */
    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    private record Expected(byte[] answer, byte[] alternative) {}

    private final Reference model;
    private final Coverage coverage;
    private final Long2ObjectHashMap<Call> calls = new Long2ObjectHashMap<>();
    private final List<Call> begun = new ArrayList<>();
    private final List<byte[]> answersBefore = new ArrayList<>();
    private boolean wasCurrent;

    public Answers(Reference model, Coverage coverage) {
        this.model = model;
        this.coverage = coverage;
    }

    public Reference model() {
        return model;
    }

    public Call call(long correlationId) {
        return calls.get(correlationId);
    }

    /** A client sends a request. */
    public void onInvoked(Call call, long appliedIndex) {
        call.invokedAtIndex = appliedIndex;
        call.invokedAtRevision = model.revision();
        calls.put(call.correlationId, call);
    }

    /**
     * A duty cycle begins. {@code isCurrent} is false as long as the node replays what it had applied in an earlier
     * life: what it shows then of its own accord is old, and not judged.
     */
    public void onCycleBegin(boolean isCurrent) {
        wasCurrent = isCurrent;
    }

    /** The node begins to answer: within a duty cycle, so the state is taken when the cycle is over. */
    public void onAnswerBegun(long correlationId, boolean isLate) {
        Call call = calls.get(correlationId);
        if (call == null) {
            throw new Violation("answers", "an answer to request " + correlationId + ", which was never made");
        }
        if (isLate) {
            call.isLate = true;
            return;
        }
        begun.add(call);
        answersBefore.add(isSerializable(call) ? model.read(call.request) : null);
    }

    /** An entry is applied for the first time. */
    public void onApplied(long logIndex, CommittedPrefix.Applied applied) {
        if (applied.type() != Entry.COMMAND) {
            return;
        }
        coverage.entry();
        model.beginEntry(logIndex, applied.term());
        if (isLeadersOwn(applied.payload())) {
            model.apply(applied.payload());
            return;
        }
        long correlationId = ReplySplitter.correlationId(new UnsafeBuffer(applied.payload()), 0);
        Call call = calls.get(correlationId);
        if (call == null || !Arrays.equals(call.request, applied.payload())) {
            throw new Violation("no phantom", "entry " + logIndex + " is a request that no client made");
        }
        if (call.logIndex != 0) {
            throw new Violation(
                    "at most once", call + " is entry " + logIndex + " and was entry " + call.logIndex + " before");
        }
        if (call.outcome == Call.Outcome.ANSWERED) {
            throw new Violation("answers", call + " was answered before it became entry " + logIndex);
        }
        if (logIndex <= call.invokedAtIndex) {
            throw new Violation("real time", call + " became entry " + logIndex + " before it was invoked");
        }
        call.logIndex = logIndex;
        call.expected = new Expected(model.apply(call.request), null);
        if (call.outcome == Call.Outcome.UNKNOWN) {
            coverage.note(Sometimes.UNACKNOWLEDGED_WRITE_SURVIVED);
        }
    }

    /** Whether an entry is one that no client may ask for. */
    private static boolean isLeadersOwn(byte[] payload) {
        int templateId = RequestFrame.templateId(new UnsafeBuffer(payload), 0);
        return templateId == LeaseExpireRequestDecoder.TEMPLATE_ID
                || templateId == AlarmRequestDecoder.TEMPLATE_ID
                || templateId == LeaseCheckpointRequestDecoder.TEMPLATE_ID;
    }

    /** The duty cycle is over and the model has been stepped. */
    public void onCycleEnd(boolean isCurrent) {
        for (int i = 0; i < begun.size(); i++) {
            Call call = begun.get(i);
            if (call.expected == null) {
                call.expected = expectation(call, answersBefore.get(i), isCurrent);
            }
        }
        begun.clear();
        answersBefore.clear();
    }

    private Expected expectation(Call call, byte[] before, boolean isCurrent) {
        byte[] refusal = model.refusal(call.request);
        if (refusal != null) {
            return new Expected(refusal, null);
        }
        if (!isCurrent || !model.isRead(call.request) || (before != null && !wasCurrent)) {
            return null;
        }
        return new Expected(model.read(call.request), before);
    }

    private boolean isSerializable(Call call) {
        return model.isRead(call.request)
                && model.refusal(call.request) == null
                && (call.templateId != RangeRequestDecoder.TEMPLATE_ID || isSerializableRange(call));
    }

    private static boolean isSerializableRange(Call call) {
        RangeRequestDecoder range = new RangeRequestDecoder();
        range.wrapAndApplyHeader(new UnsafeBuffer(call.request), 0, new MessageHeaderDecoder());
        return range.flags().serializable();
    }

    /** A client has the whole answer. */
    public void onAnswered(Call call) {
        byte[] answer = Answer.canonical(call.frames);
        if (call.outcome == Call.Outcome.ANSWERED) {
            throw new Violation("answers", call + " was answered twice");
        }
        call.outcome = Call.Outcome.ANSWERED;
        coverage.answer();
        noteShape(call, answer);
        if (call.isLate && call.logIndex == 0 && model.isRead(call.request) && model.refusal(call.request) == null) {
            checkLate(call, answer);
            return;
        }
        Expected expected = (Expected) call.expected;
        if (expected == null) {
            if (call.mayWrite() && !model.isRead(call.request) && Answer.errorText(answer) == null) {
                throw new Violation("durability", call + " was acknowledged but is no applied entry");
            }
            return;
        }
        boolean isRight = Arrays.equals(answer, expected.answer)
                || (expected.alternative != null && Arrays.equals(answer, expected.alternative))
                || (call.logIndex == 0 && isRefusalByNode(answer));
        if (!isRight) {
            throw new Violation(
                    "answers",
                    call + (call.logIndex == 0 ? "" : ", entry " + call.logIndex) + "\n  was answered"
                            + Answer.text(answer) + "\n  expected" + Answer.text(expected.answer));
        }
    }

    /** An answer that waited for others on its connection: given at any time since the request was made. */
    private void checkLate(Call call, byte[] answer) {
        long revision = Answer.revision(answer);
        boolean isError = Answer.errorText(answer) != null;
        if (isError
                || call.templateId == LeaseTimeToLiveRequestDecoder.TEMPLATE_ID
                || call.templateId == LeaseLeasesRequestDecoder.TEMPLATE_ID) {
            return;
        }
        if (revision > model.revision() || (revision < call.invokedAtRevision && !isSerializable(call))) {
            throw new Violation(
                    "real time",
                    call + " shows revision " + revision + ", it was made at " + call.invokedAtRevision
                            + ", the newest is " + model.revision());
        }
        byte[] then = model.readAsOf(call.request, revision);
        if (Answer.errorText(then) == null && !Arrays.equals(answer, then)) {
            throw new Violation(
                    "answers", call + "\n  was answered" + Answer.text(answer) + "\n  expected" + Answer.text(then));
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

    /** What a node may say to any request that it does not carry out. */
    private static boolean isRefusalByNode(byte[] answer) {
        String text = Answer.errorText(answer);
        return text != null
                && (text.endsWith("no leader")
                        || text.endsWith("leader changed")
                        || text.endsWith("too many requests")
                        || text.endsWith("database space exceeded"));
    }

    private void noteShape(Call call, byte[] answer) {
        String error = Answer.errorText(answer);
        if (call.frames.size() > 1) {
            coverage.note(Sometimes.RANGE_IN_SEVERAL_FRAMES);
        }
        if (error == null) {
            if (call.text.startsWith("txn")) {
                coverage.note(Answer.isTxnThatSucceeded(answer) ? Sometimes.TXN_SUCCEEDED : Sometimes.TXN_FAILED);
                if (call.text.contains("with txn")) {
                    coverage.note(Sometimes.TXN_NESTED);
                }
            } else if (call.text.startsWith("revoke")) {
                coverage.note(Sometimes.LEASE_REVOKED);
            }
        } else if (call.text.startsWith("ill-formed")) {
            coverage.note(Sometimes.ILL_FORMED_REFUSED);
        } else if (error.endsWith("compacted")) {
            coverage.note(Sometimes.COMPACTED_READ_REFUSED);
        } else if (error.endsWith("future revision")) {
            coverage.note(Sometimes.FUTURE_READ_REFUSED);
        } else if (error.endsWith("space exceeded")) {
            coverage.note(Sometimes.NO_SPACE_REFUSED_WRITE);
        }
    }
}
