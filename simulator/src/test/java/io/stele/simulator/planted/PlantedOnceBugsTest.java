package io.stele.simulator.planted;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.stele.simulator.Ports;
import io.stele.simulator.Verdict;
import io.stele.simulator.cluster.ClusterPorts;
import io.stele.simulator.cluster.ClusterSimulation;
import io.stele.simulator.planted.PlantedNodeBugs.PassingHandler;
import io.stele.simulator.planted.PlantedNodeBugs.PassingLink;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.OpenSessionReplyDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What can go wrong with writes that are to be done exactly once, and is to be found by the check that is for it. */
class PlantedOnceBugsTest {
    private static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int SESSION_AT = BODY + PutRequestDecoder.sessionIdEncodingOffset();
    private static final int SEQUENCE_AT = BODY + PutRequestDecoder.sequenceEncodingOffset();
    private static final int REVISION_AT = BODY + PutReplyDecoder.revisionEncodingOffset();
    private static final int OPENED_AT = BODY + OpenSessionReplyDecoder.sessionIdEncodingOffset();

    static Stream<Arguments> bugs() {
        return Stream.of(
                bug("writes that are sent again have no numbers", 10, PlantedOnceBugsTest::tellsNoNumbers),
                bug(
                        "a repeated put shows another revision",
                        10,
                        PlantedOnceBugsTest::answersRepetitionsAnew,
                        "answers"),
                bug("sessions have the same id", 10, PlantedOnceBugsTest::givesIdsTwice));
    }

    private static Arguments bug(String name, int seedsMax, Supplier<ClusterPorts> ports, String... checks) {
        return Arguments.of(name, seedsMax, ports, checks.length == 0 ? List.of("exactly once") : List.of(checks));
    }

    /** As it would be without sessions: this is what they are for. */
    private static ClusterPorts tellsNoNumbers() {
        return new ClusterPorts() {
            @Override
            public boolean writesAreNumbered() {
                return false;
            }
        };
    }

    /** A write whose number was seen before is answered with the revision after the one it had. */
    private static ClusterPorts answersRepetitionsAnew() {
        Set<String> numbers = new HashSet<>();
        Set<Long> repetitions = new HashSet<>();
        return onClients(new Flaw() {
            @Override
            public void onRequest(UnsafeBuffer frame) {
                boolean isPut = RequestFrame.templateId(frame, 0) == PutRequestDecoder.TEMPLATE_ID;
                long sessionId = isPut ? frame.getLong(SESSION_AT, LITTLE_ENDIAN) : 0;
                if (sessionId != 0 && !numbers.add(sessionId + "/" + frame.getLong(SEQUENCE_AT, LITTLE_ENDIAN))) {
                    repetitions.add(ReplySplitter.correlationId(frame, 0));
                }
            }

            @Override
            public void onReply(UnsafeBuffer frame) {
                boolean isPut = RequestFrame.templateId(frame, 0) == PutReplyDecoder.TEMPLATE_ID;
                if (isPut && repetitions.contains(ReplySplitter.correlationId(frame, 0))) {
                    frame.putLong(REVISION_AT, frame.getLong(REVISION_AT, LITTLE_ENDIAN) + 1, LITTLE_ENDIAN);
                }
            }
        });
    }

    private static ClusterPorts givesIdsTwice() {
        return onClients(new Flaw() {
            @Override
            public void onRequest(UnsafeBuffer frame) {
                // as it is
            }

            @Override
            public void onReply(UnsafeBuffer frame) {
                if (RequestFrame.templateId(frame, 0) == OpenSessionReplyDecoder.TEMPLATE_ID) {
                    frame.putLong(OPENED_AT, 77, LITTLE_ENDIAN);
                }
            }
        });
    }

    /** Sees copies of all frames, and may change those of replies. */
    private interface Flaw {
        void onRequest(UnsafeBuffer frame);

        void onReply(UnsafeBuffer frame);
    }

    private static ClusterPorts onClients(Flaw flaw) {
        return ClusterBug.inAll(new Ports() {
            @Override
            public ClientLink clients(ClientLink link) {
                return new FlawedLink(link, flaw);
            }
        });
    }

    private static final class FlawedLink extends PassingLink {
        private final Flaw flaw;

        FlawedLink(ClientLink link, Flaw flaw) {
            super(link);
            this.flaw = flaw;
        }

        @Override
        public int poll(ClientHandler handler, int limit) {
            return link.poll(
                    new PassingHandler(handler) {
                        @Override
                        public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
                            flaw.onRequest(copy(buffer, offset, length));
                            handler.onRequest(connectionId, buffer, offset, length);
                        }
                    },
                    limit);
        }

        @Override
        public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
            UnsafeBuffer frame = copy(buffer, offset, length);
            flaw.onReply(frame);
            return link.send(connectionId, frame, 0, length);
        }
    }

    private static UnsafeBuffer copy(DirectBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new UnsafeBuffer(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bugs")
    void shouldFind(String name, int seedsMax, Supplier<ClusterPorts> ports, List<String> checks) {
        for (int i = 0; i < seedsMax; i++) {
            Verdict verdict = ClusterSimulation.run(ClusterSimulation.FIRST_SEED_WITH_ALL + i, ports.get(), null);
            if (!verdict.isGood()) {
                String check = verdict.violation().check();
                assertTrue(checks.contains(check), verdict.name() + ": " + verdict.violation());
                return;
            }
        }
        fail("not found within " + seedsMax + " seeds: " + name);
    }
}
