package io.stele.storage.page;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Keys of the kinds that a tree meets: ascending, random, long, with shared prefixes, empty. */
final class KeySource {
    /** Ascending runs between what is there already. */
    private static final String[] INTERLEAVED = {"a", "z", "b", "y", "c", "bb", "x", "ab"};

    private final Random random;
    private final int lengthMax;
    private final int kind;
    private int sequence;

    KeySource(Random random, int lengthMax) {
        this.random = random;
        this.lengthMax = lengthMax;
        this.kind = random.nextInt(6);
    }

    byte[] next() {
        return switch (kind) {
            case 0 -> text("key-%08d", random.nextInt(20) == 0 ? random.nextInt(sequence + 1) : sequence++);
            case 1 -> text("/registry/pods/namespace-%02d/", random.nextInt(30), sequence++ % 97);
            case 2 -> bytes(random.nextInt(6));
            case 3 -> random.nextInt(40) == 0 ? bytes(random.nextInt(lengthMax + 1)) : bytes(1 + random.nextInt(20));
            case 4 -> text(INTERLEAVED[sequence / 300 % INTERLEAVED.length] + "/%06d", sequence++);
            default -> text("%d", random.nextInt(3000));
        };
    }

    private static byte[] text(String format, int number) {
        return String.format(format, number).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] text(String format, int number, int suffix) {
        return (String.format(format, number) + suffix).getBytes(StandardCharsets.UTF_8);
    }

    /** Few distinct values, with zeros among them: long common prefixes, and keys that are prefixes of others. */
    private byte[] bytes(int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(2));
        }
        return key;
    }
}
