package io.stele.client;

/** Which keys are meant, seen from the one that is given. */
enum KeyRange {
    ONE,
    /** All that start with the key; all keys if it is empty. */
    PREFIX,
    /** The key and all behind it; all keys if it is empty. */
    FROM,
    /** From the key up to, and without, an end. */
    UNTIL;

    Bytes start(Bytes key) {
        return key.isEmpty() && (this == PREFIX || this == FROM) ? Bytes.ZERO : key;
    }

    Bytes end(Bytes key, Bytes end) {
        return switch (this) {
            case ONE -> Bytes.EMPTY;
            case PREFIX -> key.prefixEnd();
            case FROM -> Bytes.ZERO;
            case UNTIL -> end;
        };
    }
}
