package io.stele.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    private final KeySpace keys = new KeySpace("k/", 8, 1000, 10, 1);

    private String key(long number) {
        byte[] key = keys.newKey();
        keys.number(key, number);
        return new String(key, StandardCharsets.US_ASCII);
    }

    @Test
    void shouldPadNumbersSoThatKeysSortAsNumbersDo() {
        assertEquals("k/000000", key(0));
        assertEquals("k/000042", key(42));
        assertEquals("k/000999", key(999));
    }

    @Test
    void shouldWriteAKeyOverTheOneBefore() {
        byte[] key = keys.newKey();
        keys.number(key, 999);
        keys.number(key, 7);
        assertEquals("k/000007", new String(key, StandardCharsets.US_ASCII));
    }

    @Test
    void shouldBoundItsRangeByItsPrefix() {
        assertEquals("k/", new String(keys.from(), StandardCharsets.US_ASCII));
        assertEquals("k0", new String(keys.to(), StandardCharsets.US_ASCII));
    }

    @Test
    void shouldOfferWholeValuesAtEveryOffset() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++) {
            int offset = keys.valueOffset(random.nextLong());
            assertTrue(offset >= 0 && offset + keys.valueLength() <= keys.values().length);
        }
        assertTrue(!Arrays.equals(Arrays.copyOfRange(keys.values(), 0, 10), Arrays.copyOfRange(keys.values(), 10, 20)));
    }

    @Test
    void shouldSplitIntoOneOfTenAndTheOthers() {
        KeySpace kept = keys.oneOf(10);
        KeySpace others = keys.allButOneOf(10);
        assertEquals(100, kept.keyCount());
        assertEquals(900, others.keyCount());
        Set<String> all = new HashSet<>();
        for (KeySpace part : List.of(kept, others)) {
            byte[] key = part.newKey();
            for (long n = 0; n < part.keyCount(); n++) {
                part.number(key, n);
                assertTrue(all.add(new String(key, StandardCharsets.US_ASCII)));
                assertEquals(part == kept, key[key.length - 1] == '0');
            }
        }
        assertEquals(1000, all.size());
        assertTrue(all.contains(key(0)) && all.contains(key(999)));
        assertThrows(IllegalArgumentException.class, () -> keys.oneOf(3));
    }

    @Test
    void shouldRefuseKeysTooShortForTheirNumbers() {
        assertEquals(5, KeySpace.lengthNeeded("k/", 1000));
        assertEquals(6, KeySpace.lengthNeeded("k/", 1001));
        assertThrows(IllegalArgumentException.class, () -> new KeySpace("k/", 4, 1000, 10, 1));
    }
}
