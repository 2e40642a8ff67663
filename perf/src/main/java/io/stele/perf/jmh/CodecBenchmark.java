package io.stele.perf.jmh;

import io.stele.transport.RequestFrame;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.PutRequestEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A put request on its way: written by the client, checked by the network thread, read by the state machine. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
    @Param({"256", "3072"})
    private int valueLength;

    private final BenchKeys keys = new BenchKeys();
    private final MutableDirectBuffer frame = new UnsafeBuffer(new byte[8192]);
    private final MutableDirectBuffer value = new UnsafeBuffer(new byte[4096]);
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final PutRequestEncoder encoder = new PutRequestEncoder();
    private final PutRequestDecoder decoder = new PutRequestDecoder();
    private long number;
    private int frameLength;

    @Setup
    public void setUp() {
        frameLength = encode();
    }

    @Benchmark
    public int encode() {
        encoder.wrapAndApplyHeader(frame, 0, headerEncoder)
                .correlationId(number)
                .sessionId(0)
                .sequence(0)
                .lease(0);
        encoder.flags().clear();
        encoder.putKey(keys.key(number++), 0, BenchKeys.KEY_LENGTH).putValue(value, 0, valueLength);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    @Benchmark
    public GoodbyeReason check() {
        return RequestFrame.check(frame, 0, frameLength);
    }

    @Benchmark
    public long decode() {
        decoder.wrapAndApplyHeader(frame, 0, headerDecoder);
        long sum = decoder.correlationId() + decoder.lease();
        decoder.wrapKey(view);
        sum += view.capacity();
        decoder.wrapValue(view);
        return sum + view.capacity();
    }
}
