package io.stele.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GoodbyeLogTest {
    private final List<String> lines = new ArrayList<>();
    private long nowNs;
    private final GoodbyeLog log = new GoodbyeLog(() -> nowNs, lines::add);

    @Test
    void shouldWriteOneLineForManyOfAKind() {
        for (int i = 0; i < 1000; i++) {
            log.onGoodbye(GoodbyeReason.BAD_LENGTH, null, "length " + i);
            log.onGoodbye(GoodbyeReason.BAD_PREFACE, null, "bytes");
            log.onGoodbye(GoodbyeReason.CLOSING, null, "");
        }
        assertEquals(2, lines.size());
        nowNs = TimeUnit.SECONDS.toNanos(10);
        log.onGoodbye(GoodbyeReason.BAD_LENGTH, null, "length 7");
        assertEquals(3, lines.size());
        assertTrue(lines.get(2).contains("BAD_LENGTH: length 7 (and 999 more"), lines.get(2));
    }
}
