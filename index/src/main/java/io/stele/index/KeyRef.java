package io.stele.index;

/** Key bytes by address: how keys cross into Chronicle Map without a copy. Public only because its codecs are. */
public final class KeyRef {
    long address;
    int length;

    KeyRef set(long newAddress, int newLength) {
        address = newAddress;
        length = newLength;
        return this;
    }
}
