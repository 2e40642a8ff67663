package io.stele.client;

/** How to put. Immutable: each method returns changed options. */
public record PutOptions(long lease, boolean previous, boolean ignoreValue, boolean ignoreLease) {
    public static final PutOptions DEFAULT = new PutOptions(0, false, false, false);

    /** Attach the key to this lease; without one, it is detached. */
    public PutOptions withLease(long value) {
        return new PutOptions(value, previous, ignoreValue, ignoreLease);
    }

    /** Reply with the pair that was there before. */
    public PutOptions withPrevious() {
        return new PutOptions(lease, true, ignoreValue, ignoreLease);
    }

    /** Keep the value, as a change of the lease alone; the value given has to be empty. */
    public PutOptions withIgnoreValue() {
        return new PutOptions(lease, previous, true, ignoreLease);
    }

    /** Keep the lease. */
    public PutOptions withIgnoreLease() {
        return new PutOptions(lease, previous, ignoreValue, true);
    }
}
