package io.stele.gateway.node;

/** Memory for requests that the node has no room for yet, of all its connections of one thread. Belongs to it. */
final class WaitingBudget {
    private final int bytesMax;
    private int bytes;

    WaitingBudget(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** So much has to wait; false: there is no memory for it. */
    boolean hold(int length) {
        if (length > bytesMax - bytes) {
            return false;
        }
        bytes += length;
        return true;
    }

    /** So much waits no more. */
    void release(int length) {
        bytes -= length;
        assert bytes >= 0;
    }
}
