package io.stele.simulator.cluster.check;

import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.workload.OnceWrite;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.DeleteRangeReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a client knows of a key that nobody else writes, from the answers to its writes alone. Each write tells what was
 * there before it, so each that was done twice, or was not done although it was said to be, shows in the next one.
 *
 * <p>A write that is given up may have been done or not: then the client knows nothing. It puts something else under
 * the next number of the same slot, and from when that is done the write before can no longer be; so it knows the
 * value, and with a look at the key its version.
 */
public final class OnceKey {
    private enum Knowledge {
        NOTHING,
        VALUE,
        ALL
    }

    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    private record Pair(byte[] value, long version) {}

    private final byte[] key;
    private Knowledge knowledge = Knowledge.NOTHING;
    private byte[] value;
    private long version;

    public OnceKey(String name) {
        key = name.getBytes(StandardCharsets.US_ASCII);
    }

    public byte[] key() {
        return key;
    }

    /** Whether only a write that asks for nothing can come next. */
    public boolean isUnknown() {
        return knowledge == Knowledge.NOTHING;
    }

    /** Whether the value and the version are known. */
    public boolean isKnown() {
        return knowledge == Knowledge.ALL;
    }

    public boolean exists() {
        return value != null;
    }

    public OnceWrite write(OnceWrite.Kind kind, byte[] newValue) {
        return new OnceWrite(kind, key, newValue, version);
    }

    /** A write may have been done, and will be no more once the next one is. */
    public void onGivenUp() {
        knowledge = Knowledge.NOTHING;
    }

    /** A write was done: so says this answer. */
    public void onDone(OnceWrite write, byte[] answer) {
        switch (write.kind()) {
            case SET -> {}
            case PUT -> expect(write, pair(answer), value, version);
            case ADVANCE -> {
                if (!Answer.isTxnThatSucceeded(answer)) {
                    throw violation(write, "found " + text(pair(answer)));
                }
            }
            case REMOVE -> {
                expect(write, pair(answer), value, version);
                if (deleted(answer) != (value == null ? 0 : 1)) {
                    throw violation(write, "removed " + deleted(answer) + " keys");
                }
            }
        }
        onDoneUnseen(write);
    }

    /** A write was done, but how is not known any more. */
    public void onDoneUnseen(OnceWrite write) {
        value = write.value();
        version = value == null ? 0 : version + 1;
        if (write.kind() == OnceWrite.Kind.SET) {
            knowledge = Knowledge.VALUE;
        }
    }

    /** The key was looked at, when no write was under way. */
    public void onLook(byte[] answer) {
        Pair found = pair(answer);
        if (knowledge == Knowledge.ALL) {
            expect(null, found, value, version);
        } else {
            expect(null, found, value, found == null ? 0 : found.version);
            version = found == null ? 0 : found.version;
            knowledge = Knowledge.ALL;
        }
    }

    private void expect(OnceWrite write, Pair found, byte[] expectedValue, long expectedVersion) {
        boolean isRight = found == null
                ? expectedValue == null
                : Arrays.equals(found.value, expectedValue) && found.version == expectedVersion;
        if (!isRight) {
            throw violation(write, "found " + text(found));
        }
    }

    private Violation violation(OnceWrite write, String what) {
        Pair known = value == null ? null : new Pair(value, version);
        return new Violation(
                "exactly once", (write == null ? "a look" : write) + " " + what + " where " + text(known) + " must be");
    }

    private static String text(Pair pair) {
        return pair == null
                ? "nothing"
                : "version " + pair.version + " with " + pair.value.length + " B (hash " + Arrays.hashCode(pair.value)
                        + ")";
    }

    private static Pair pair(byte[] answer) {
        MessageSequence m = new MessageSequence().wrap(new UnsafeBuffer(answer), 0, answer.length);
        while (m.next()) {
            if (m.templateId() == KeyValueDecoder.TEMPLATE_ID) {
                KeyValueDecoder pair = new KeyValueDecoder();
                pair.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                pair.skipKey();
                byte[] value = new byte[pair.valueLength()];
                pair.getValue(value, 0, value.length);
                return new Pair(value, pair.version());
            }
        }
        return null;
    }

    private static long deleted(byte[] answer) {
        MessageSequence m = new MessageSequence().wrap(new UnsafeBuffer(answer), 0, answer.length);
        m.next();
        DeleteRangeReplyDecoder reply = new DeleteRangeReplyDecoder();
        return reply.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                .deleted();
    }
}
