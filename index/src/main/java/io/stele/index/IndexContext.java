package io.stele.index;

import java.util.function.Consumer;

/** How a key index is built. The defaults suit a node whose number of keys nobody knows in advance. */
public final class IndexContext {
    /** The longest key that may be asked to be indexed; longer ones are looked up in the page store. */
    public static final int KEY_LENGTH_MAX = 4 * 1024;

    private long firstCapacity = 1 << 21;
    private int growthFactor = 8;
    private int keyLengthMax = 1024;
    private int averageKeyLength = 48;
    private boolean buildInBackground = true;
    private Consumer<String> notices = text -> {};

    /** Entries that the first map is laid out for; it grows beyond by itself. */
    public IndexContext firstCapacity(long entries) {
        firstCapacity = entries;
        return this;
    }

    /** How many times larger each next map is. */
    public IndexContext growthFactor(int factor) {
        growthFactor = factor;
        return this;
    }

    public IndexContext keyLengthMax(int length) {
        keyLengthMax = length;
        return this;
    }

    public IndexContext averageKeyLength(int length) {
        averageKeyLength = length;
        return this;
    }

    /** Whether maps are laid out on a thread of their own (0.6 s for the first) while the owner does without. */
    public IndexContext buildInBackground(boolean background) {
        buildInBackground = background;
        return this;
    }

    /** Told, in one line each, what an operator should know; called on any thread. */
    public IndexContext notices(Consumer<String> consumer) {
        notices = consumer;
        return this;
    }

    public long firstCapacity() {
        return firstCapacity;
    }

    public int growthFactor() {
        return growthFactor;
    }

    public int keyLengthMax() {
        return keyLengthMax;
    }

    public int averageKeyLength() {
        return averageKeyLength;
    }

    public boolean buildInBackground() {
        return buildInBackground;
    }

    public Consumer<String> notices() {
        return notices;
    }

    /** Refuses what cannot work, once. */
    public IndexContext conclude() {
        if (firstCapacity < 1 || growthFactor < 2 || averageKeyLength < 1) {
            throw new IllegalArgumentException("capacity and key length must be >= 1, the growth factor >= 2");
        }
        if (keyLengthMax < 1 || keyLengthMax > KEY_LENGTH_MAX) {
            throw new IllegalArgumentException("longest indexed key must be 1.." + KEY_LENGTH_MAX + " bytes");
        }
        return this;
    }
}
