package io.stele.client.cli;

/** One request on keys, alone or within a transaction. Keys and values are octet strings. */
sealed interface Operation {
    /** An end that means "no end": every key from the first on. */
    String NO_END = "\0";

    /** Sets a key. */
    record Put(String key, String value, long lease, boolean previous, boolean ignoreValue, boolean ignoreLease)
            implements Operation {}

    /** Deletes a key or a range of them; an empty end: the one key. */
    record Delete(String key, String end, boolean previous) implements Operation {}

    /** Reads a key or a range of them. */
    record Range(
            String key, String end, long revision, long limit, Order order, Target target, Bounds bounds, Form form)
            implements Operation {}

    /** Wants to be told of changes of a key or a range of them, from a revision on; 0: the next one. */
    record Watch(String key, String end, long revision, boolean previous, boolean progressNotify)
            implements Operation {}

    /** Direction of a range. */
    enum Order {
        NONE,
        ASCEND,
        DESCEND
    }

    /** Field that a range is sorted by. */
    enum Target {
        KEY,
        VERSION,
        CREATE,
        MODIFY,
        VALUE
    }

    /** Revisions that a range's pairs must have, 0: any. */
    record Bounds(long minCreate, long maxCreate, long minModify, long maxModify) {}

    /** What of the pairs a range returns, and from where. */
    record Form(boolean keysOnly, boolean countOnly, boolean serializable) {}

    /** The end of the range of all keys that start so. */
    static String prefixEnd(String prefix) {
        for (int i = prefix.length() - 1; i >= 0; i--) {
            char c = prefix.charAt(i);
            if (c < 0xff) {
                return prefix.substring(0, i) + (char) (c + 1);
            }
        }
        return NO_END;
    }
}
