package io.stele.gateway.v2;

/** What was done to a node, in the words of version 2. The codes are in values that are kept. */
enum Action {
    /** A directory that came to be because something in it did: nobody is told. */
    IMPLIED(0, ""),
    GET(1, "get"),
    SET(2, "set"),
    CREATE(3, "create"),
    UPDATE(4, "update"),
    COMPARE_AND_SWAP(5, "compareAndSwap"),
    DELETE(6, "delete"),
    COMPARE_AND_DELETE(7, "compareAndDelete"),
    EXPIRE(8, "expire");

    private static final Action[] ALL = values();

    final int code;
    final String text;

    Action(int code, String text) {
        this.code = code;
        this.text = text;
    }

    static Action of(int code) {
        if (code < 0 || code >= ALL.length) {
            throw new IllegalArgumentException("no action has the code " + code);
        }
        return ALL[code];
    }
}
