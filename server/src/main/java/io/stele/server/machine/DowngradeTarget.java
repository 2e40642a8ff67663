package io.stele.server.machine;

import io.stele.storage.page.BTree;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The earlier version that the members are to go back to, once an operator has announced it. It changes nothing here:
 * there is one layout of the data. In the {@code system} tree:
 *
 * <pre>
 *   'd'      major (1) minor (1)
 * </pre>
 */
public final class DowngradeTarget {
    private static final byte TARGET = 'd';
    private static final int NONE = 0;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,2})\\.(\\d{1,2})(\\.\\d+)?(-[0-9A-Za-z.-]+)?");

    private final BTree tree;
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[] {TARGET});
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[2]);
    private int target;

    DowngradeTarget(PageStore store) {
        tree = store.tree(TreeIds.SYSTEM);
        Slice found = new Slice();
        if (tree.get(key, 0, 1, found)) {
            target = number(
                    found.buffer().getByte(found.offset()), found.buffer().getByte(found.offset() + 1));
        }
    }

    /** The version that a text names, as one number to compare; negative where it names none. */
    public static int parse(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.matches() ? number(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))) : -1;
    }

    private static int number(int major, int minor) {
        return major << Byte.SIZE | minor;
    }

    /** Whether one is announced. */
    public boolean isSet() {
        return target != NONE;
    }

    /** 0: none. */
    public int major() {
        return target >>> Byte.SIZE;
    }

    public int minor() {
        return target & 0xFF;
    }

    void set(int version) {
        target = version;
        value.putByte(0, (byte) major());
        value.putByte(1, (byte) minor());
        tree.put(key, 0, 1, value, 0, 2, false);
    }

    void clear() {
        target = NONE;
        tree.remove(key, 0, 1);
    }

    long digest() {
        return (long) target << Integer.SIZE | target;
    }
}
