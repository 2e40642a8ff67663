package io.stele.transport.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.Requests;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngressTest {
    private final Ingress ingress = new Ingress(8 * 1024);
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final ClientLinkContract.Recorder recorder = new ClientLinkContract.Recorder();

    @AfterEach
    void free() {
        ingress.free();
    }

    @Test
    void shouldYieldNothingOnlyWhenItIsEmpty() {
        recorder.connected.add(1L);
        Random random = new Random(3);
        int offered = 0;
        for (int round = 0; round < 10_000; round++) {
            // Mostly one event alone: then the ring's end often holds nothing but padding.
            for (int i = random.nextInt(4) == 0 ? 3 : 1; i > 0; i--) {
                int length = Requests.put(buffer, 0, offered, "key", new byte[random.nextInt(900)]);
                offered += ingress.offerRequest(1, buffer, 0, length) ? 1 : 0;
            }
            while (ingress.poll(recorder, 10) > 0) {
                assertTrue(recorder.correlationIds.size() <= offered);
            }
            assertEquals(offered, recorder.correlationIds.size());
        }
    }

    @Test
    void shouldRefuseWhenFullAndKeepTheOrder() {
        int length = Requests.put(buffer, 0, 1, "key", new byte[500]);
        recorder.connected.add(1L);
        int offered = 0;
        while (ingress.offerRequest(1, buffer, 0, length)) {
            offered++;
            assertTrue(offered < 100);
        }
        assertTrue(ingress.poll(recorder, 1) == 1);
        assertTrue(ingress.offer(Ingress.DISCONNECTED, 1));
        while (ingress.poll(recorder, 10) > 0) {
            assertFalse(recorder.correlationIds.isEmpty());
        }
        assertEquals(offered, recorder.correlationIds.size());
        assertEquals(1, recorder.disconnected.size());
    }
}
